import type { Undoable, UndoPlan } from '@lockstep/shared/contract/undo'
import type { Command } from 'commander'
import { operations, report } from './bindings.ts'
import { all, connect, dataOption, findConnection, findUser, finish, type Remote } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { type Column, plain, print, printJson } from './table.ts'

type Common = { connection?: string; json?: boolean }
type Options = Common & { user?: string; job?: string; cycle?: string; dryRun?: boolean; approve?: string }

const which = ['--connection <connection>', 'name or id; not needed when there is only one'] as const

const runs: Column<Undoable>[] = [
  { title: 'What', of: ({ kind, job }) => job ?? kind },
  { title: 'Last write', of: ({ at }) => at },
  { title: 'Accounts', of: ({ accounts }) => accounts },
  { title: 'Undo with', of: ({ kind, id }) => `--${kind} ${id}` },
]

const stays: Column<UndoPlan['skipped'][number]>[] = [
  { title: 'User', of: ({ userId }) => userId },
  { title: 'Stays', of: ({ attribute }) => attribute },
  { title: 'Reason', of: ({ reason }) => reason },
]

/** `lockstep undo` */
export function addUndo(program: Command, shell: Shell): void {
  const undo = program
    .command('undo')
    .description('put accounts back to what they were before, within 30 days')
    .option(...which)
    .option('--user <user>', 'what was written to this person: email or id')
    .option('--job <job>', 'what this job wrote')
    .option('--cycle <cycle>', 'what this cycle wrote')
    .option('--dry-run', 'show the plan; nothing is applied')
    .option('--approve <plan>', 'undo exactly this plan, though the brake would hold it')
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      if ([options.user, options.job, options.cycle].filter((each) => each !== undefined).length !== 1)
        throw new CommandError('Give one of --user, --job and --cycle. "lockstep undo list" shows jobs and cycles.', 2)
      const remote = await connect(shell, dataOption(command))
      const { id } = await findConnection(remote.client, options.connection)
      const selection = await selectionOf(remote, options)
      if (options.dryRun) return await show(shell, remote, id, selection, options)
      const { job } = await remote.client.call('POST /connections/{id}/undo', {
        params: { id },
        body: { ...selection, ...(options.approve !== undefined && { plan: options.approve }) },
      })
      report(shell, options, await finish(shell, remote.client, job, 'Undoing'))
    })

  undo
    .command('list')
    .description('jobs and cycles that can be undone')
    .option(...which)
    .option('--json', 'print JSON')
    .action(async (_: Common, command: Command) => {
      // `undo` itself has options of the same names, and gets them wherever they stand.
      const options = command.optsWithGlobals<Common>()
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const found = await all((cursor) =>
        client.call('GET /connections/{id}/undoable', {
          params: { id },
          query: { limit: 500, ...(cursor !== undefined && { cursor }) },
        }),
      )
      print(shell, options.json, found, runs)
    })
}

type Selection = { user: string } | { job: string } | { cycle: string }

async function selectionOf({ client }: Remote, { user, job, cycle }: Options): Promise<Selection> {
  if (user !== undefined) return { user: (await findUser(client, user)).id }
  return job !== undefined ? { job } : { cycle: cycle ?? '' }
}

async function show(shell: Shell, { client }: Remote, id: string, query: Selection, { json }: Common): Promise<void> {
  const plan = await client.call('GET /connections/{id}/undo', { params: { id }, query })
  if (json) return printJson(shell, plan)
  if (plan.operations.length > 0) print(shell, false, plan.operations, operations)
  else shell.out('Nothing goes back.\n')
  if (plan.skipped.length > 0) {
    shell.out('\n')
    print(shell, false, plan.skipped, stays)
  }
  if (plan.ends.length > 0) shell.out(`\nThe binding ends of: ${plan.ends.map(plain).join(', ')}\n`)
  if (plan.brake)
    shell.out(
      `\nThe brake holds this: ${plan.brake.operations} operations, from ${plan.brake.threshold} on they have to be approved.\n`,
    )
  shell.out(`\nTo undo exactly this, give --approve ${plan.id}\n`)
}
