import { ProblemError } from '@lockstep/shared/client/client'
import type { Job } from '@lockstep/shared/contract/job'
import type { GroupOperation, Operation, PlannedChange } from '@lockstep/shared/contract/plan'
import type { Command } from 'commander'
import { brakeSentence } from './connections.ts'
import { connect, dataOption, exitCodeOf, findConnection, findUser, finish, type Remote } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { type Column, plain, print, printJson } from './table.ts'

type Common = { connection?: string; json?: boolean }
export type Result = { user?: string; accountId?: string; result?: unknown; reason?: string }

export const results: Column<Result>[] = [
  { title: 'Who', of: ({ user, accountId }) => user ?? accountId },
  { title: 'Result', of: ({ result }) => String(result ?? '') },
  { title: 'Reason', of: ({ reason }) => reason },
]

export const operations: Column<Operation>[] = [
  { title: 'Operation', of: ({ kind }) => kind },
  { title: 'User', of: ({ userId }) => userId },
  { title: 'Account', of: ({ accountId }) => accountId },
  { title: 'Reason', of: ({ reason }) => reason },
  { title: 'Changes', of: ({ changes }) => changesText(changes) },
]

const groupOperations: Column<GroupOperation>[] = [
  { title: 'Operation', of: ({ kind }) => kind },
  { title: 'Group', of: ({ groupId }) => groupId },
  { title: 'Group there', of: ({ remoteId }) => remoteId },
  { title: 'Changes', of: ({ changes }) => changesText(changes) },
]

const changesText = (changes: readonly PlannedChange[]) =>
  changes.map(({ attribute, before, after }) => `${attribute}: ${before ?? '–'} → ${after ?? '–'}`).join('; ')

const which = ['--connection <connection>', 'name or id; not needed when there is only one'] as const

/** `lockstep bind`, `unbind`, `plan`, `sync` and `end-old-password`. */
export function addBindings(program: Command, shell: Shell): void {
  addBind(program, shell)
  addPlan(program, shell)
  addSync(program, shell)
  addEndOldPassword(program, shell)
}

function addBind(program: Command, shell: Shell): void {
  type Options = Common & { dryRun?: boolean; mail?: boolean; oursWin?: boolean; keep?: boolean }
  program
    .command('bind')
    .description('let accounts follow people: takes over the account that matches, or makes one')
    .argument('<user...>', 'emails or ids')
    .option(...which)
    .option('--ours-win', 'overwrite what the account holds; otherwise only what is empty is filled')
    .option('--dry-run', 'show what would happen')
    .option('--mail', 'tell people by mail, those who may not sign in yet, too')
    .option('--no-mail', 'send no mail')
    .option('--json', 'print JSON')
    .action(async (named: string[], options: Options, command: Command) => {
      const remote = await connect(shell, dataOption(command))
      const attributes = options.oursWin ? 'ours_win' : 'fill_empty'
      await change(shell, remote, named, options, 'Binding', (bind) => ({ bind, attributes }))
    })

  program
    .command('unbind')
    .description('end the binding: the account is blocked, or kept enabled')
    .argument('<user...>', 'emails or ids')
    .option(...which)
    .option('--keep', 'leave the account enabled')
    .option('--dry-run', 'show what would happen')
    .option('--mail', 'tell people by mail, those who may not sign in yet, too')
    .option('--no-mail', 'send no mail')
    .option('--json', 'print JSON')
    .action(async (named: string[], options: Options, command: Command) => {
      const remote = await connect(shell, dataOption(command))
      if (options.keep) return await unbindKeeping(shell, remote, named, options)
      await change(shell, remote, named, options, 'Unbinding', (unbind) => ({ unbind }))
    })
}

/** Binds or unbinds the people named, in one job that counts them as named by a person. */
async function change(
  shell: Shell,
  { client }: Remote,
  named: string[],
  options: Common & { dryRun?: boolean; mail?: boolean },
  label: string,
  body: (ids: string[]) => { bind?: string[]; unbind?: string[]; attributes?: 'fill_empty' | 'ours_win' },
): Promise<void> {
  const { id } = await findConnection(client, options.connection)
  const users = new Map<string, string>()
  for (const name of named) {
    const user = await findUser(client, name)
    users.set(user.id, user.email)
  }
  const { job } = await client.call('POST /connections/{id}/bindings/bulk', {
    params: { id },
    body: {
      ...body([...users.keys()]),
      ...(options.mail !== undefined && { notify: options.mail }),
      dryRun: options.dryRun ?? false,
      confirm: users.size,
    },
  })
  report(shell, options, await finish(shell, client, job, label), users)
}

async function unbindKeeping(
  shell: Shell,
  { client }: Remote,
  named: string[],
  options: Common & { dryRun?: boolean },
): Promise<void> {
  if (options.dryRun) throw new CommandError('--keep has no dry run: nothing happens to the account.', 2)
  const { id } = await findConnection(client, options.connection)
  const rows: Result[] = []
  for (const name of named) {
    try {
      const user = await findUser(client, name)
      await client.call('DELETE /connections/{id}/bindings/{userId}', {
        params: { id, userId: user.id },
        query: { account: 'keep' },
      })
      rows.push({ user: user.email, result: 'unbound' })
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof CommandError)) throw error
      rows.push({ user: name, result: 'failed', reason: error.message })
    }
  }
  print(shell, options.json, rows, results)
  const failed = rows.filter(({ result }) => result === 'failed').length
  shell.exitCode = failed === 0 ? 0 : failed === rows.length ? 1 : 3
}

/** How a job ended, as a table of its results or as JSON, and as the exit code. */
export function report(
  shell: Shell,
  { json }: { json?: boolean },
  job: Job,
  users?: ReadonlyMap<string, string>,
): void {
  shell.exitCode = exitCodeOf(job)
  if (json) {
    printJson(shell, job)
    return
  }
  const rows = (job.results ?? []).map((row) => resultOf(row, users))
  if (rows.length > 0) print(shell, false, rows, results)
  shell.out(`${job.done} of ${job.total} done${job.failed > 0 ? `, ${job.failed} failed` : ''}.\n`)
  if (job.detail !== null) shell.out(`${plain(job.detail)}\n`)
}

function resultOf(row: Record<string, unknown>, users: ReadonlyMap<string, string> | undefined): Result {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  const error = row['error']
  const detail = typeof error === 'object' && error !== null && 'detail' in error ? text(error.detail) : undefined
  const userId = text(row['userId'])
  const user = text(row['email']) ?? (userId === undefined ? undefined : (users?.get(userId) ?? userId))
  const accountId = text(row['accountId'])
  const reason = text(row['reason']) ?? detail
  return {
    ...(accountId !== undefined ? { accountId } : user !== undefined && { user }),
    result: row['result'],
    ...(reason !== undefined && { reason }),
  }
}

function addPlan(program: Command, shell: Shell): void {
  type Options = Common & { user?: string; approve?: string }
  program
    .command('plan')
    .description('what the next cycle would do; nothing is applied')
    .option(...which)
    .option('--user <user>', 'only this person: email or id')
    .option('--approve <plan>', 'release the brake for exactly this plan')
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      if (options.approve !== undefined) {
        const released = await client.call('POST /connections/{id}/plan/{planId}/approve', {
          params: { id, planId: options.approve },
        })
        if (options.json) return printJson(shell, released)
        const count = released.operations.length + released.groups.length
        return shell.out(`Released: ${count} operations will be applied.\n`)
      }
      const user = options.user === undefined ? undefined : (await findUser(client, options.user)).id
      const plan = await client.call('GET /connections/{id}/plan', { params: { id }, query: { ...(user && { user }) } })
      if (options.json) return printJson(shell, plan)
      if (plan.operations.length + plan.groups.length === 0)
        return shell.out('Nothing to do: the tenant is as the directory wants it.\n')
      if (plan.operations.length > 0) print(shell, false, plan.operations, operations)
      if (plan.groups.length > 0) print(shell, false, plan.groups, groupOperations)
      if (plan.brake) shell.out(`\n${brakeSentence(plan.brake)}\n`)
    })
}

function addSync(program: Command, shell: Shell): void {
  type Options = Common & { user?: string }
  program
    .command('sync')
    .description('one cycle now')
    .option(...which)
    .option('--user <user>', 'only this person: email or id')
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      if (options.user === undefined) {
        const { job } = await client.call('POST /connections/{id}/sync', { params: { id } })
        return report(shell, options, await finish(shell, client, job, 'Syncing'))
      }
      const { id: userId } = await findUser(client, options.user)
      const done = await client.call('POST /connections/{id}/bindings/{userId}/sync', { params: { id, userId } })
      const failed = done.operations.filter(({ result }) => result.outcome !== 'success').length
      shell.exitCode = failed === 0 ? 0 : failed === done.operations.length ? 1 : 3
      if (options.json) return printJson(shell, done)
      if (done.operations.length === 0) return shell.out(`Nothing to do: ${done.binding.state}.\n`)
      print(shell, false, done.operations, [
        ...operations,
        { title: 'Outcome', of: ({ result }) => result.detail ?? result.outcome },
      ])
    })
}

function addEndOldPassword(program: Command, shell: Shell): void {
  program
    .command('end-old-password')
    .description('end the Microsoft password from before the binding: the account gets one that nobody knows')
    .argument('<user>', 'email or id')
    .option(...which)
    .option('--json', 'print JSON')
    .action(async (named: string, options: Common, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const { id: userId, displayName } = await findUser(client, named)
      const path = 'POST /connections/{id}/bindings/{userId}/old-password/end'
      const binding = await client.call(path, { params: { id, userId } })
      if (options.json) return printJson(shell, binding)
      shell.out(
        binding.password.old === null
          ? `The old password of ${displayName} has ended.\n`
          : `The old password of ${displayName} ends as soon as the connection writes.\n`,
      )
    })
}
