import type { ImportInput, ImportUndoResult } from '@lockstep/shared/contract/connection'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Job } from '@lockstep/shared/contract/job'
import type { Actor } from '../domain/actor.ts'
import { undoableForMs, whyKept } from '../domain/import-undo.ts'
import { Problem } from '../domain/problem.ts'
import { listBeforeImages } from '../store/before-images.ts'
import { type BindingRow, bindingOfAccount, bindingsOfUser, deleteBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { actsOn } from '../store/history.ts'
import { dropImportLink } from '../store/import-links.ts'
import { findJob, jobInput, jobResultPage } from '../store/jobs.ts'
import { erasePending } from '../store/pending-passwords.ts'
import type { Change as StoreChange } from '../store/store.ts'
import { findUser, removeUser, type UserRow } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { gateKey } from './gates.ts'
import { putBack } from './import-restore.ts'
import { undoGroup } from './import-undo-groups.ts'
import type { ItemResult, JobRun, Jobs } from './jobs.ts'
import { requireConnection } from './require-connection.ts'

/** How many people are worked on between two records. */
const chunkSize = 50

type Input = { jobId: string; since: number }
type Done = { accountId: AccountId; userId: string; created: boolean; bound: boolean }

/** Problems `job_not_found`, `import_not_undoable`, `import_too_old`, `connection_not_found`. */
export async function startImportUndo(context: SyncContext, jobs: Jobs, actor: Actor, jobId: string): Promise<Job> {
  const { db } = context.store
  const row = await findJob(db, jobId)
  if (row === undefined) throw new Problem('job_not_found', 'There is no job with this id.')
  if (row.kind !== 'import')
    throw new Problem('import_not_undoable', 'Only an import can be undone like this. Give the id of its job.')
  if (row.state === 'queued' || row.state === 'running')
    throw new Problem('import_not_undoable', 'The import is still running. Wait for its end, then undo it.')
  const { dryRun } = JSON.parse(await jobInput(db, jobId)) as ImportInput
  if (dryRun) throw new Problem('import_not_undoable', 'It was a dry run and has changed nothing.')
  if (context.runtime.now() - (row.ended_at ?? row.created_at) > undoableForMs)
    throw new Problem(
      'import_too_old',
      'An import can be undone for 48 hours. Now delete the people whom you do not want, one by one or by a filter.',
    )
  const connection = await requireConnection(context, row.connection_id ?? '')
  let total = 0
  for await (const page of done(context, jobId)) total += page.length
  for await (const page of groupsDone(context, jobId)) total += page.length
  return await jobs.start('import_undo', connection.id, actor, { jobId, since: row.created_at } satisfies Input, total)
}

export async function runImportUndo(context: SyncContext, run: JobRun, connectionId: string | null): Promise<void> {
  const input = run.input as Input
  const connection = await requireConnection(context, connectionId ?? '')
  for await (const page of done(context, input.jobId)) {
    await run.breathe()
    const todo = page.filter(({ accountId }) => !run.finished.has(accountId))
    const results: ItemResult[] = []
    for (const item of todo) {
      const result = await undoOne(context, run, connection, input, item)
      results.push({ item: item.accountId, ok: result.result !== 'failed', result })
    }
    await run.report(results)
  }
  // After the people, so that nobody is taken out of a group in the tenant.
  for await (const page of groupsDone(context, input.jobId)) {
    await run.breathe()
    for (const remoteId of page.filter((each) => !run.finished.has(each))) {
      const result = await undoGroup(context, run, connection, input.since, remoteId)
      await run.report([{ item: remoteId, ok: true, result }])
    }
  }
}

/** Whom the import has imported or linked, page by page. */
async function* done(context: SyncContext, jobId: string): AsyncGenerator<Done[]> {
  for await (const page of resultsOf(context, jobId))
    yield page.flatMap(({ accountId, userId, result, bound }) =>
      typeof accountId === 'string' && typeof userId === 'string' && (result === 'imported' || result === 'linked')
        ? [{ accountId: accountId as AccountId, userId, created: result === 'imported', bound: bound === true }]
        : [],
    )
}

/** Object ids of the groups that the import has made ours, page by page. */
async function* groupsDone(context: SyncContext, jobId: string): AsyncGenerator<string[]> {
  for await (const page of resultsOf(context, jobId))
    yield page.flatMap(({ groupId, result }) => (typeof groupId === 'string' && result === 'imported' ? [groupId] : []))
}

async function* resultsOf(context: SyncContext, jobId: string): AsyncGenerator<Record<string, unknown>[]> {
  for (let after = ''; ; ) {
    const page = await jobResultPage(context.store.db, jobId, { after, limit: chunkSize })
    const last = page.at(-1)
    if (last === undefined) return
    after = last.item
    yield page.map(({ result }) => result)
  }
}

async function undoOne(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  input: Input,
  item: Done,
): Promise<ImportUndoResult> {
  const { accountId, userId } = item
  const told = (result: ImportUndoResult['result'], reason?: string, restored?: string[]): ImportUndoResult => ({
    accountId,
    userId,
    result,
    ...(reason !== undefined && { reason }),
    ...(restored !== undefined && restored.length > 0 && { restored }),
  })
  const leave = await context.gates.enter(gateKey(connection.id, userId))
  try {
    const obstacle = await obstacleTo(context, connection, input, item)
    if (obstacle !== null) return told('skipped', obstacle)
    const images = (await listBeforeImages(context.store.db, connection.id, { userId }, input.since)).filter(
      (image) => image.account_id === accountId,
    )
    if (images.length > 0 && !mayWrite(connection))
      return told('failed', `The account was written to, and "${connection.name}" does not write now. Resume it first.`)
    await context.store.change(run.actor, (change) => release(change, connection, input, item))
    const { restored, reasons, failure } = await putBack(context, run, connection, item, images)
    if (failure !== null) return told('failed', failure)
    return told(item.created ? 'removed' : 'released', reasons.length > 0 ? reasons.join(' ') : undefined, restored)
  } finally {
    leave()
  }
}

function mayWrite(connection: ConnectionRow): boolean {
  const { mode } = JSON.parse(connection.settings) as { mode: string }
  return connection.state === 'active' && mode === 'apply'
}

async function obstacleTo(
  context: SyncContext,
  connection: ConnectionRow,
  { jobId, since }: Input,
  { accountId, userId, created, bound }: Done,
): Promise<string | null> {
  const { db } = context.store
  const user = await findUser(db, userId)
  if (user === undefined) return null
  const bindings = await bindingsOfUser(db, userId)
  const ours = (binding: BindingRow) =>
    bound && binding.connection_id === connection.id && binding.account_id === accountId
  if (!created) {
    const linked = await db
      .selectFrom('import_links')
      .select('job_id')
      .where('connection_id', '=', connection.id)
      .where('account_id', '=', accountId)
      .where('job_id', '=', jobId)
      .executeTakeFirst()
    return linked === undefined && !bindings.some(ours) ? 'The import changed nothing about this person.' : null
  }
  const credential = await db
    .selectFrom('user_credentials')
    .select('version')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return whyKept({
    hasPassword: credential !== undefined,
    role: user.role,
    acts: await actsOn(db, userId, since, changingActs),
    bindings: bindings.map((binding) => ({ ours: ours(binding), leaving: binding.unbind !== null })),
  })
}

/** Acts of people that make something of somebody; activating alone does not. */
const changingActs = ['user_update', 'user_suspend', 'user_resume', 'binding_delete', 'group_member_add'] as const

/** The binding ends and the account stays as it is; whom the import created is gone. */
async function release(
  change: StoreChange,
  connection: ConnectionRow,
  { jobId }: Input,
  { accountId, userId, created, bound }: Done,
): Promise<void> {
  const { trx } = change
  change.quiet('what changed something has its own event')
  const binding = bound ? await bindingOfAccount(trx, connection.id, accountId) : undefined
  if (binding !== undefined && binding.user_id === userId) {
    await erasePending(trx, { connectionId: connection.id, userId })
    await deleteBinding(trx, binding)
    change.event({
      type: 'binding_end',
      cause: 'import_undo',
      user: userId,
      connection: connection.id,
      account: accountId,
    })
  }
  await dropImportLink(trx, { connectionId: connection.id, accountId, jobId })
  const user: UserRow | undefined = await findUser(trx, userId)
  const about = { user: userId, connection: connection.id, account: accountId }
  if (user === undefined) return
  if (created) {
    await removeUser(trx, userId, change.now)
    change.event({
      type: 'user_delete',
      cause: 'import_undo',
      ...about,
      detail: `${user.display_name} (${user.email})`,
    })
  } else change.event({ type: 'import_unlink', cause: 'import_undo', ...about })
}
