import { ProblemError } from '@lockstep/shared/client/client'
import type { DriftAction, DriftRow } from '@lockstep/shared/contract/drift'
import type { Command } from 'commander'
import { type Result, report, results } from './bindings.ts'
import { all, connect, dataOption, findConnection, findUser, finish, type Remote } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { type Column, print } from './table.ts'

type Common = { connection?: string; json?: boolean }
type ResolveOptions = Common & { attribute?: string[]; all?: boolean }

const which = ['--connection <connection>', 'name or id; not needed when there is only one'] as const

const columns: Column<DriftRow>[] = [
  { title: 'Person', of: ({ displayName }) => displayName },
  { title: 'Attribute', of: ({ attribute }) => attribute },
  { title: 'Directory', of: ({ ours }) => ours },
  { title: 'Microsoft 365', of: ({ theirs }) => theirs },
  { title: 'Seen', of: ({ seenAt }) => seenAt },
  { title: 'Id', of: ({ userId }) => userId },
]

/** `lockstep drift …` */
export function addDrift(program: Command, shell: Shell): void {
  const drift = program.command('drift').description('what somebody changed at Microsoft 365')

  drift
    .command('list')
    .description('where accounts differ from the directory, attribute by attribute')
    .option(...which)
    .option('--attribute <attribute>', 'only this one')
    .option('--json', 'print JSON')
    .action(async (options: Common & { attribute?: string }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const filter = options.attribute === undefined ? {} : { attribute: options.attribute }
      const rows = await all((cursor) =>
        client.call('GET /connections/{id}/drift', {
          params: { id },
          query: { limit: 500, ...filter, ...(cursor !== undefined && { cursor }) },
        }),
      )
      print(shell, options.json, rows, columns)
    })

  for (const action of ['adopt', 'repair'] as const) {
    drift
      .command(action)
      .description(
        action === 'adopt' ? 'take over the values of the accounts' : 'send the values of the directory again',
      )
      .argument('[user...]', 'emails or ids')
      .option(...which)
      .option('--attribute <attribute...>', 'only these; with --all only one')
      .option('--all', 'everybody')
      .option('--json', 'print JSON')
      .action(async (named: string[], options: ResolveOptions, command: Command) => {
        if (options.all ? named.length > 0 : named.length === 0)
          throw new CommandError('Name people by email or id, or give --all.', 2)
        if (options.all && (options.attribute?.length ?? 0) > 1)
          throw new CommandError('With --all give one --attribute, or none for all of them.', 2)
        const remote = await connect(shell, dataOption(command))
        if (options.all) return await resolveAll(shell, remote, action, options)
        await resolveNamed(shell, remote, action, named, options)
      })
  }
}

async function resolveAll(
  shell: Shell,
  { client }: Remote,
  action: DriftAction,
  options: ResolveOptions,
): Promise<void> {
  const { id } = await findConnection(client, options.connection)
  const [attribute] = options.attribute ?? []
  const { job } = await client.call('POST /connections/{id}/drift', {
    params: { id },
    body: { action, ...(attribute !== undefined && { attribute }) },
  })
  report(shell, options, await finish(shell, client, job, action === 'adopt' ? 'Adopting' : 'Repairing'))
}

async function resolveNamed(
  shell: Shell,
  { client }: Remote,
  action: DriftAction,
  named: string[],
  options: ResolveOptions,
): Promise<void> {
  const { id } = await findConnection(client, options.connection)
  const rows: Result[] = []
  for (const name of named) {
    try {
      const user = await findUser(client, name)
      const { drift } = await client.call('POST /connections/{id}/bindings/{userId}/drift', {
        params: { id, userId: user.id },
        body: { action, ...(options.attribute && { attributes: options.attribute }) },
      })
      const rest = drift.map(({ attribute }) => attribute).join(', ')
      const done = action === 'adopt' ? 'adopted' : 'repaired'
      rows.push({ user: user.email, result: done, ...(rest !== '' && { reason: `Still differs: ${rest}.` }) })
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof CommandError)) throw error
      rows.push({ user: name, result: 'failed', reason: error.message })
    }
  }
  print(shell, options.json, rows, results)
  const failed = rows.filter(({ result }) => result === 'failed').length
  shell.exitCode = failed === 0 ? 0 : failed === rows.length ? 1 : 3
}
