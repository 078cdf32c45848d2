// The directions of import: an arrow goes from left to right only.
//   main, cli -> portal, admin -> directory, sync -> store, graph, mail, http -> domain -> shared
const rule = (name, from, to, pathNot) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: to, ...(pathNot && { pathNot }) },
})
const tests = '[.]test[.]tsx?$'

module.exports = {
  forbidden: [
    rule('shared-stands-alone', '^shared/', '^(gateway|extension|test)/'),
    rule('gateway-alone', '^gateway/', '^(extension|test)/'),
    rule('extension-alone', '^extension/', '^(gateway|test)/'),
    rule('contract-knows-zod-only', '^shared/contract/', '.', '^shared/contract/|node_modules/(zod|vitest)'),
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^gateway/domain/', pathNot: tests },
      to: { path: '.', pathNot: '^(gateway/domain|shared/contract)/|node_modules/zod' },
    },
    rule('adapters-do-not-meet', '^gateway/(store|graph|mail|http)/', '^gateway/', '^gateway/($1|domain)/'),
    rule('use-cases-do-not-meet', '^gateway/(directory|sync)/', '^gateway/', '^gateway/($1|domain|store|graph|mail)/'),
    rule(
      'faces-do-not-meet',
      '^gateway/(portal|admin)/',
      '^gateway/',
      '^gateway/($1|domain|store|http|directory|sync)/',
    ),
    {
      name: 'redirect-and-views-know-no-browser',
      severity: 'error',
      from: { path: '^extension/(redirect|views)/', pathNot: tests },
      to: { path: 'webextension-polyfill|wxt/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|[.]output|[.]wxt|artifacts)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'types', 'default'] },
  },
}
