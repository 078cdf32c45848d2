import { weightOf } from '../domain/brake.ts'
import type { Baseline } from '../domain/desire.ts'
import type { Outcome } from '../domain/failure.ts'
import { skusOf } from '../domain/licence-operation.ts'
import type { Operation } from '../domain/operation.ts'
import type { Write } from '../graph/tenant.ts'
import { findAccount } from '../store/accounts.ts'
import { markUndone } from '../store/before-images.ts'
import { deleteBinding, findBinding, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { erasePending } from '../store/pending-passwords.ts'
import type { Change } from '../store/store.ts'
import { purgeLetGo } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { gateKey } from './gates.ts'
import type { JobRun } from './jobs.ts'
import { remember } from './observe.ts'
import { readProtection } from './protection.ts'
import { recordOperation } from './record.ts'
import { requireConnection } from './require-connection.ts'
import { assertUsable, brakeFor } from './sync-bindings.ts'
import { planUndo, sentenceOf, type UndoInput, type UndoOfAccount } from './undo.ts'

/** Undoes account by account: each is read anew before, so that nothing which others changed since is overwritten. */
export async function runUndo(context: SyncContext, run: JobRun, connectionId: string | null): Promise<void> {
  const input = run.input as UndoInput & { plan?: string }
  const connection = await requireConnection(context, connectionId ?? '')
  assertUsable(connection)
  if (!(await context.claims.ours(connection))) assertUsable(await requireConnection(context, connection.id))
  await readProtection(context, connection)
  const accounts = (await planUndo(context, connection, input)).filter(({ accountId }) => !run.finished.has(accountId))
  await run.total(run.finished.size + accounts.length)
  for (const { userId, accountId } of accounts) {
    const leave = await context.gates.enter(gateKey(connection.id, userId))
    try {
      const read = await context.tenants.of(connection).readAccounts([accountId])
      await remember(context, connection.id, [...read.values()])
      const planned = await planUndo(context, connection, input)
      const now = planned.find((each) => each.accountId === accountId)
      const result = now === undefined ? skipped([]) : await undoOne(context, run, connection, now, input.plan)
      await run.report([{ item: accountId, ok: result.result !== 'failed', result: { userId, accountId, ...result } }])
    } finally {
      leave()
    }
  }
}

type Result = { result: 'undone' | 'skipped' | 'held' | 'failed'; reason?: string }

const skipped = (reasons: readonly string[]): Result => ({
  result: 'skipped',
  ...(reasons.length > 0 && { reason: reasons.join(' ') }),
})

async function undoOne(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  planned: UndoOfAccount,
  approved: string | undefined,
): Promise<Result> {
  const { operations, skipped: left } = planned.undo
  const reasons = [...new Set(left.map(({ obstacle }) => sentenceOf[obstacle]))]
  const counted = operations.filter((operation) => weightOf(operation) > 0)
  if (approved === undefined && (await brakeFor(context, connection, counted)) !== null)
    return { result: 'held', reason: 'The brake holds it back. Look at the plan of the undo and approve it by its id.' }
  const failure = await apply(context, run, connection, planned)
  if (failure !== null) return { result: 'failed', reason: failure }
  await context.store.change(run.actor, async (change) => {
    await settle(change, connection, planned)
    change.event({
      type: 'account_undo',
      user: planned.userId,
      connection: connection.id,
      account: planned.accountId,
      detail: reasons.length > 0 ? reasons.join(' ') : null,
    })
  })
  if (operations.length === 0 && reasons.length > 0) return skipped(reasons)
  return { result: 'undone', ...(reasons.length > 0 && { reason: reasons.join(' ') }) }
}

/** Sends the writes; null when all succeeded, otherwise the sentence of the one that did not. */
export async function apply(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  { userId, undo: { operations } }: Pick<UndoOfAccount, 'userId' | 'undo'>,
): Promise<string | null> {
  const writes = operations.map((operation) => writeOf(operation, context.runtime.newId()))
  let failure: string | null = null
  await context.tenants.of(connection).writeAll(writes, 'bulk', async (index, outcome) => {
    const [operation, write] = [operations[index], writes[index]]
    if (operation === undefined || write === undefined) return
    failure ??= sentenceOfOutcome(outcome)
    await context.store.change(run.actor, async (change) => {
      const applied = { operation, eventId: write.eventId, outcome }
      await recordOperation(context, change, connection, { user: { id: userId } }, applied)
    })
  })
  return failure
}

function writeOf(operation: Operation, eventId: string): Write {
  switch (operation.kind) {
    case 'update': {
      const changes = Object.fromEntries(operation.changes.map((change) => [change.attribute, change.after]))
      return { eventId, kind: 'update', accountId: operation.accountId, changes }
    }
    case 'reprovision':
      return { eventId, kind: 'enable', accountId: operation.accountId }
    case 'deprovision':
      return { eventId, kind: 'block', accountId: operation.accountId }
    case 'licence':
      return { eventId, kind: 'licence', accountId: operation.accountId, ...skusOf(operation.changes) }
    default:
      throw new Error('An undo updates, enables, blocks, or changes licences.')
  }
}

function sentenceOfOutcome(outcome: Outcome<unknown>): string | null {
  if (outcome.kind === 'done') return null
  return outcome.kind === 'failed' ? outcome.failure.detail : outcome.detail
}

/** What was undone is undone once. A binding that goes on accepts the restored values as a difference between the sides. */
async function settle(change: Change, connection: ConnectionRow, planned: UndoOfAccount): Promise<void> {
  const { trx } = change
  await markUndone(trx, planned.eventIds, change.now)
  const binding = await findBinding(trx, connection.id, planned.userId)
  if (binding === undefined) return
  if (planned.ends) {
    await erasePending(trx, { connectionId: connection.id, userId: planned.userId })
    await deleteBinding(trx, binding)
    await purgeLetGo(trx)
    change.event({
      type: 'binding_end',
      cause: 'undone',
      user: planned.userId,
      connection: connection.id,
      account: planned.accountId,
    })
    return
  }
  const stored = await findAccount(trx, connection.id, planned.accountId)
  if (stored === undefined || binding.baseline === null) return
  const baseline = { ...(JSON.parse(binding.baseline) as Baseline) } as Record<string, Baseline[keyof Baseline]>
  for (const { attribute, after } of planned.undo.operations.flatMap(({ changes }) => changes)) {
    const before = baseline[attribute]
    if (before !== undefined) baseline[attribute] = { ours: before.ours, theirs: after }
  }
  await updateBinding(trx, binding, { baseline: JSON.stringify(baseline), dirty: binding.dirty + 1 })
}
