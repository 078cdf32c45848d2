// Bundles what browsers load into dist/assets: the portal's scripts and styles, and the console.
import { cp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const outdir = here('dist/assets')

await rm(outdir, { recursive: true, force: true })
await build({
  entryPoints: {
    portal: here('portal/browser/portal.ts'),
    strength: here('domain/password-strength.ts'),
    passkeys: here('portal/browser/passkeys.ts'),
    'portal-styles': here('portal/portal.css'),
    console: here('admin/console/main.tsx'),
    'console-styles': here('admin/console/console.css'),
  },
  outdir,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome120', 'firefox128', 'safari17'],
  conditions: ['source'],
  tsconfig: here('tsconfig.browser.json'),
  legalComments: 'none',
  logLevel: 'warning',
})
await cp(here('portal/icon.svg'), `${outdir}/icon.svg`)
