import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { Job } from '@lockstep/shared/contract/job'
import type { Undoable, UndoPlan } from '@lockstep/shared/contract/undo'
import type { Actor } from '../domain/actor.ts'
import { weightOf } from '../domain/brake.ts'
import { type Desired, presenceOf } from '../domain/desire.ts'
import type { BlockCause, Change, Operation, OperationKind } from '../domain/operation.ts'
import { Problem } from '../domain/problem.ts'
import { type BeforeImage, type Obstacle, type Undo, undo } from '../domain/undo.ts'
import { findAccounts } from '../store/accounts.ts'
import { type BeforeImageRow, type ImageSelection, keptForMs, listBeforeImages } from '../store/before-images.ts'
import { type BindingRow, findBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { findJob } from '../store/jobs.ts'
import type { Page } from '../store/page.ts'
import { listUndoable as listUndoableRuns } from '../store/undoable.ts'
import { findUsersEvenDeleted } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import type { Jobs } from './jobs.ts'
import { licenceWishes } from './licence-wish.ts'
import { planIdOf } from './plan-id.ts'
import { presentAll } from './preview.ts'
import { requireConnection } from './require-connection.ts'
import { assertUsable, brakeFor } from './sync-bindings.ts'

export type UndoInput = { user?: string | undefined; job?: string | undefined; cycle?: string | undefined }

/** Everything that undoing does to the account of one person. */
export type UndoOfAccount = {
  userId: UserId
  accountId: AccountId
  eventIds: string[]
  undo: Undo
  /** The binding began with what is undone. */
  ends: boolean
}

/** What can be undone at once: by job, and by cycle. */
export async function listUndoable(
  context: SyncContext,
  id: string,
  query: Parameters<typeof listUndoableRuns>[3],
): Promise<Page<Undoable>> {
  await requireConnection(context, id)
  const { db } = context.store
  const page = await listUndoableRuns(db, id, context.runtime.now() - keptForMs, query)
  const items: Undoable[] = []
  for (const run of page.items) {
    const job = run.kind === 'job' ? await findJob(db, run.id) : undefined
    items.push({ ...run, job: job?.kind ?? null, at: new Date(run.at).toISOString() })
  }
  return { ...page, items }
}

/** What undoing these writes would do, account by account, from what was observed last. */
export async function planUndo(
  context: SyncContext,
  connection: ConnectionRow,
  input: UndoInput,
): Promise<UndoOfAccount[]> {
  const { db } = context.store
  const since = context.runtime.now() - keptForMs
  const rows = await listBeforeImages(db, connection.id, selectionOf(input), since)
  const accounts = await findAccounts(
    db,
    connection.id,
    rows.map((row) => row.account_id),
  )
  const users = await findUsersEvenDeleted(
    db,
    rows.map((row) => row.user_id),
  )
  const wantedOf = async (binding: BindingRow) =>
    (await licenceWishes(db, settingsOf(connection), [binding], users))(binding, false).wanted
  const planned: UndoOfAccount[] = []
  for (const [accountId, images] of byAccount(rows)) {
    const [first] = images
    if (first === undefined) continue
    const stored = accounts.get(accountId)
    const user = users.get(first.user_id)
    const binding = await findBinding(db, connection.id, first.user_id)
    const bound = binding !== undefined && binding.unbind === null
    const presence = user === undefined ? null : presenceOf(user)
    const ends = bound && images.some(({ kind }) => kind === 'take_over' || kind === 'provision')
    planned.push({
      userId: first.user_id as UserId,
      accountId: accountId as AccountId,
      eventIds: images.map(({ event_id }) => event_id),
      ends,
      undo: undo(images.map(imageOf), {
        account: stored === undefined || stored.deletedAt !== null ? null : stored.account,
        protected: stored?.protection != null && binding?.override_protected !== 1,
        blockedBy: stored?.blockedBy ?? null,
        licencesWanted: bound && !ends ? await wantedOf(binding) : [],
        blockWanted: bound && !ends ? wantedBlock(binding, presence) : null,
      }),
    })
  }
  return planned
}

const wantedBlock = ({ state }: BindingRow, presence: Desired['presence'] | null): BlockCause | null =>
  presence?.kind === 'blocked' ? presence.cause : state === 'out_of_scope' ? state : null

function selectionOf({ user, job, cycle }: UndoInput): ImageSelection {
  const given = [user, job, cycle].filter((each) => each !== undefined)
  if (given.length !== 1) throw new Problem('validation_failed', 'Give exactly one of user, job and cycle.')
  if (user !== undefined) return { userId: user }
  return job !== undefined ? { jobId: job } : { cycleId: cycle ?? '' }
}

function byAccount(rows: readonly BeforeImageRow[]): Map<string, BeforeImageRow[]> {
  const grouped = new Map<string, BeforeImageRow[]>()
  for (const row of rows) grouped.set(row.account_id, [...(grouped.get(row.account_id) ?? []), row])
  return grouped
}

export const imageOf = (row: BeforeImageRow): BeforeImage => ({
  userId: row.user_id as UserId,
  accountId: row.account_id as AccountId,
  kind: row.kind as OperationKind,
  changes: JSON.parse(row.changes) as Change[],
})

export const sentenceOf: Record<Obstacle, string> = {
  account_gone: 'The account was deleted in Microsoft 365. Restore it there first.',
  account_protected: 'The account is protected by now and left alone.',
  changed_since: 'Somebody has changed this in Microsoft 365 since; it stays as they left it.',
  licence_wanted: 'A group of the person gives this licence. Take the person out of the group instead.',
  still_wanted:
    'The directory wants the account blocked: the person is suspended, the password has expired, or the connection is not for them. Change that instead.',
  not_undoable: 'This leaves nothing to go back to.',
}

const operationsOf = (planned: readonly UndoOfAccount[]): Operation[] => planned.flatMap((each) => each.undo.operations)

/** The plan of an undo, as it is shown before it happens. */
export async function previewUndo(context: SyncContext, id: string, input: UndoInput): Promise<UndoPlan> {
  const connection = await requireConnection(context, id)
  const planned = await requireSome(context, connection, input)
  const operations = operationsOf(planned)
  return {
    id: planIdOf(operations),
    operations: await presentAll(context, connection, operations),
    groups: [],
    brake: await brakeFor(
      context,
      connection,
      operations.filter((operation) => weightOf(operation) > 0),
    ),
    skipped: planned.flatMap(({ userId, accountId, undo: { skipped } }) =>
      skipped.map(({ attribute, obstacle }) => ({ userId, accountId, attribute, reason: sentenceOf[obstacle] })),
    ),
    ends: planned.filter(({ ends }) => ends).map(({ userId }) => userId),
  }
}

async function requireSome(context: SyncContext, connection: ConnectionRow, input: UndoInput) {
  const planned = await planUndo(context, connection, input)
  if (planned.length > 0) return planned
  throw new Problem(
    'nothing_to_undo',
    'No write of the last 30 days fits that has not been undone yet. Look at the events for what was written.',
  )
}

/** Undoing is a plan like any other: what the brake counts has to be approved by the id of the plan that was shown. */
export async function startUndo(
  context: SyncContext,
  jobs: Jobs,
  actor: Actor,
  id: string,
  input: UndoInput & { plan?: string | undefined },
): Promise<Job> {
  const connection = await requireConnection(context, id)
  assertUsable(connection)
  const planned = await requireSome(context, connection, input)
  const operations = operationsOf(planned)
  if (input.plan !== undefined) {
    if (actor.kind === 'token' && !actor.allow.includes('approve'))
      throw new Problem('forbidden', 'This token cannot approve a plan. Make one with --allow approve.')
    if (input.plan !== planIdOf(operations))
      throw new Problem('plan_changed', 'What would be undone is not what was shown any more. Look at it again.')
  } else {
    const counted = operations.filter((operation) => weightOf(operation) > 0)
    const brake = await brakeFor(context, connection, counted)
    if (brake !== null)
      throw new Problem(
        'brake_engaged',
        `Undoing would block or empty ${brake.operations} accounts; from ${brake.threshold} on a person has to approve it. Look at the plan and give its id, ${planIdOf(operations)}, as "plan".`,
      )
  }
  return await jobs.start('undo', connection.id, actor, input, planned.length)
}
