import type { Connection, PreflightCheck } from '@lockstep/shared/contract/connection'
import type { Licence } from '@lockstep/shared/contract/licence'
import type { Command } from 'commander'
import { addCredential, credentialOf } from './credential.ts'
import { all, connect, dataOption, findConnection } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { type Column, plain, print, printJson } from './table.ts'
import { addTakeover } from './takeover.ts'

const columns: Column<Connection>[] = [
  { title: 'Name', of: (connection) => connection.name },
  { title: 'Tenant', of: (connection) => connection.tenantName },
  { title: 'Domain', of: (connection) => connection.defaultDomain },
  { title: 'State', of: (connection) => connection.state },
  { title: 'Mode', of: (connection) => connection.settings.mode },
  { title: 'Bound', of: (connection) => connection.counts.bound },
  { title: 'In sync', of: (connection) => connection.counts.inSync },
  { title: 'Failed', of: (connection) => connection.counts.failed },
  { title: 'Last cycle', of: (connection) => connection.lastCycle?.at },
]

const checks: Column<PreflightCheck>[] = [
  { title: 'Check', of: ({ check }) => check },
  { title: 'Result', of: ({ ok, level }) => (ok ? 'ok' : level) },
  { title: 'What was found', of: ({ detail }) => detail },
  { title: 'What to do', of: ({ ok, remedy }) => (ok ? '' : remedy) },
]

const licences: Column<Licence>[] = [
  { title: 'Licence', of: ({ name }) => name },
  { title: 'Total', of: ({ total }) => total },
  { title: 'Used', of: ({ used }) => used },
  { title: 'Free', of: ({ free }) => free },
  { title: 'Wanted here', of: ({ wanted }) => wanted },
  { title: 'Waiting', of: ({ waiting }) => waiting },
  { title: 'Id', of: ({ sku }) => sku },
]

type Json = { json?: boolean }
type CreateOptions = Json & {
  name: string
  tenant: string
  client: string
  secretStdin?: boolean
  certificate?: string
  privateKey?: string
  cloud: string
  graph?: string
  login?: string
  apply?: boolean
}

/** `lockstep connections …` */
export function addConnections(program: Command, shell: Shell): void {
  const connections = program.command('connections').description('the Microsoft 365 tenants that follow the directory')

  connections
    .command('list')
    .description('list connections')
    .option('--json', 'print JSON')
    .action(async (options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const found = await all((cursor) =>
        client.call('GET /connections', { query: { limit: 500, ...(cursor !== undefined && { cursor }) } }),
      )
      print(shell, options.json, found, columns)
    })

  connections
    .command('show')
    .description('show one connection')
    .argument('[connection]', 'name or id')
    .option('--json', 'print JSON')
    .action(async (named: string | undefined, options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const connection = await findConnection(client, named)
      if (options.json) return printJson(shell, connection)
      print(shell, false, [connection], columns)
      if (connection.error) shell.out(`\n${plain(connection.error.detail)}\n${plain(connection.error.remedy)}\n`)
      if (connection.brake) shell.out(`\n${brakeSentence(connection.brake)}\n`)
    })

  addCreate(connections, shell)
  addCredential(connections, shell)
  addChanges(connections, shell)
  addTakeover(connections, shell)
}

function addCreate(connections: Command, shell: Shell): void {
  connections
    .command('create')
    .description('connect a tenant by an app registration, after checking it')
    .requiredOption('--name <name>', 'name of the connection')
    .requiredOption('--tenant <id>', 'tenant id')
    .requiredOption('--client <id>', 'application (client) id')
    .option('--secret-stdin', 'read the client secret from standard input')
    .option('--certificate <file>', 'certificate of the app registration, PEM')
    .option('--private-key <file>', 'private key of the certificate, PEM')
    .option('--cloud <cloud>', 'global, usgov, usgovdod or china', 'global')
    .option('--graph <origin>', 'origin of an own Graph endpoint')
    .option('--login <origin>', 'origin of an own sign-in endpoint')
    .option('--apply', 'write to the tenant at once; otherwise the connection only observes at first')
    .option('--json', 'print JSON')
    .action(async (options: CreateOptions, command: Command) => {
      const credential = await credentialOf(options, shell)
      const { client } = await connect(shell, dataOption(command))
      const connection = await client.call('POST /connections', {
        body: {
          name: options.name,
          tenantId: options.tenant,
          clientId: options.client,
          cloud: cloudOf(options),
          ...credential,
          ...(options.apply && { settings: { mode: 'apply' } }),
        },
      })
      if (options.json) return printJson(shell, connection)
      print(shell, false, [connection], columns)
      if (connection.settings.mode === 'observe') {
        shell.out('\nNothing is written to the tenant yet. Look at "lockstep plan", then: lockstep connections apply\n')
      }
    })
}

function addChanges(connections: Command, shell: Shell): void {
  for (const [verb, description] of [
    ['pause', 'stop writing to the tenant'],
    ['resume', 'write to the tenant again'],
  ] as const) {
    connections
      .command(verb)
      .description(description)
      .argument('[connection]', 'name or id')
      .option('--json', 'print JSON')
      .action(async (named: string | undefined, options: Json, command: Command) => {
        const { client } = await connect(shell, dataOption(command))
        const { id } = await findConnection(client, named)
        const connection = await client.call(`POST /connections/{id}/${verb}`, { params: { id } })
        if (options.json) return printJson(shell, connection)
        print(shell, false, [connection], columns)
      })
  }

  for (const [verb, description] of [
    ['apply', 'let the connection write what it has only planned so far'],
    ['observe', 'go on reading and planning, but write nothing'],
  ] as const) {
    connections
      .command(verb)
      .description(description)
      .argument('[connection]', 'name or id')
      .option('--json', 'print JSON')
      .action(async (named: string | undefined, options: Json, command: Command) => {
        const { client } = await connect(shell, dataOption(command))
        const { id } = await findConnection(client, named)
        const connection = await client.call('PATCH /connections/{id}', {
          params: { id },
          body: { settings: { mode: verb } },
        })
        if (options.json) return printJson(shell, connection)
        print(shell, false, [connection], columns)
      })
  }

  connections
    .command('preflight')
    .description('check the tenant, the permissions and the domains')
    .argument('[connection]', 'name or id')
    .option('--json', 'print JSON')
    .action(async (named: string | undefined, options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, named)
      const found = await client.call('GET /connections/{id}/preflight', { params: { id } })
      print(shell, options.json, found, checks)
      if (found.some(({ ok, level }) => !ok && level === 'error')) shell.exitCode = 1
    })

  connections
    .command('licences')
    .description('the licences of the tenant, how many are free, and how many a rule wants')
    .argument('[connection]', 'name or id')
    .option('--json', 'print JSON')
    .action(async (named: string | undefined, options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, named)
      const { items } = await client.call('GET /connections/{id}/licences', { params: { id } })
      print(shell, options.json, items, licences)
    })

  connections
    .command('remove')
    .description('deactivate a connection: accounts stay as they are, secrets are erased at once')
    .argument('<connection>', 'name or id')
    .requiredOption('--confirm <name>', 'the name of the connection once more')
    .option('--purge', 'erase the bindings as well instead of keeping them for 30 days')
    .action(async (named: string, options: { confirm: string; purge?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id, name } = await findConnection(client, named)
      await client.call('DELETE /connections/{id}', {
        params: { id },
        query: { confirm: options.confirm, ...(options.purge && { purge: 'now' }) },
      })
      shell.out(`${name} is no longer connected. Its accounts stay as they are.\n`)
    })
}

export function brakeSentence(brake: { operations: number; threshold: number; planId: string }): string {
  return `The brake is engaged: ${brake.operations} operations are held, from ${brake.threshold} on an admin has to approve. Look at "lockstep plan"; an admin releases it with: lockstep plan --approve ${brake.planId}`
}

function cloudOf({ cloud, graph, login }: CreateOptions) {
  if (graph !== undefined && login !== undefined) return { graph, login }
  if (graph !== undefined || login !== undefined) throw new CommandError('Give --graph and --login together.', 2)
  if (cloud === 'global' || cloud === 'usgov' || cloud === 'usgovdod' || cloud === 'china') return cloud
  throw new CommandError('--cloud is one of global, usgov, usgovdod, china.', 2)
}
