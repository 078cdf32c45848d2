import type { Updateable } from 'kysely'
import { hasLeft } from '../domain/desire.ts'
import { skusOf } from '../domain/licence-operation.ts'
import { type LicenceOutcome, type LicenceState, licencesAfter, staysWithLicence } from '../domain/licences.ts'
import type { Operation } from '../domain/operation.ts'
import { findAccount, recordWrite } from '../store/accounts.ts'
import type { BindingRow } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { licencesIn, type NamedLicence, putLeaver } from '../store/licences.ts'
import type { Bindings } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'
import { namesIn, noteTaken, storedStock } from './licence-stock.ts'
import type { Applied, Planned } from './planned.ts'

/** What the account holds and the stock is after our own write, before the tenant tells it. */
export async function recordLicences(
  change: Change,
  connection: ConnectionRow,
  operation: Extract<Operation, { kind: 'licence' }>,
  { outcome }: Pick<Applied, 'outcome'>,
  now: number,
): Promise<void> {
  if (outcome.kind === 'failed' && outcome.failure.kind === 'no_seat') await noteTaken(change, connection.id, null)
  if (outcome.kind !== 'done') return
  const { add, remove } = skusOf(operation.changes)
  const stored = await findAccount(change.trx, connection.id, operation.accountId)
  const held = new Set([...(stored?.account.licences ?? []), ...add])
  for (const sku of remove) held.delete(sku)
  await recordWrite(change.trx, connection.id, operation.accountId, { licences: [...held].sort().join(',') }, now)
  await noteTaken(change, connection.id, { add, remove })
}

/** A licence that was refused for good is told beside the licence; the binding itself goes on. */
export const isLicenceRefused = ({ operation, outcome }: Applied, attempt: number): boolean =>
  operation.kind === 'licence' && outcome.kind === 'failed' && staysWithLicence(outcome.failure, attempt)

/** What a binding remembers of its licences, and of being blocked, once its plan was carried out. */
export async function licenceColumns(
  context: SyncContext,
  change: Change,
  connection: ConnectionRow,
  { unit, plan }: Planned,
  applied: readonly Applied[],
): Promise<Updateable<Bindings>> {
  const { binding, desired, target } = unit
  const now = context.runtime.now()
  const blocked = hasLeft(desired.presence) || desired.outOfScope === 'block'
  const block = { blocked_at: blocked ? (binding.blocked_at ?? now) : null, ...(!blocked && { licences_end: 0 }) }
  const wish = desired.licences
  const before = licencesIn(binding)
  if (plan.licences === undefined || (wish.ours.length === 0 && before.length === 0)) return block
  const held = target.kind === 'bound' || target.kind === 'matched' ? (target.account.licences ?? []) : []
  const after = licencesAfter(wish, plan.licences, held, outcomeOf(applied), before)
  const waits = after.some(({ state }) => state === 'waiting')
  return {
    ...block,
    licences: JSON.stringify(await withNames(change, connection, after)),
    licences_wait_since: waits ? (binding.licences_wait_since ?? now) : null,
  }
}

function outcomeOf(applied: readonly Applied[]): LicenceOutcome {
  const outcome = applied.find(({ operation }) => operation.kind === 'licence')?.outcome
  if (outcome === undefined || outcome.kind === 'unknown') return 'unsaid'
  return outcome.kind === 'done' ? 'done' : outcome.failure
}

async function withNames(
  change: Change,
  connection: ConnectionRow,
  states: readonly LicenceState[],
): Promise<NamedLicence[]> {
  if (states.length === 0) return []
  const nameOf = namesIn(await storedStock(change.trx, connection.id))
  return states.map(({ sku, state, reason }) => ({ sku, name: nameOf(sku), state, reason }))
}

/** A person is let go and the account blocked: what we gave it is taken back when its time has come. */
export async function noteLeaver({ trx, now }: Change, binding: BindingRow): Promise<void> {
  const skus = licencesIn(binding).flatMap(({ sku, state }) => (state === 'assigned' ? [sku] : []))
  if (skus.length === 0 || binding.account_id === null) return
  const { connection_id, account_id, user_id } = binding
  const blocked_at = binding.blocked_at ?? now
  await putLeaver(trx, {
    connection_id,
    account_id,
    user_id,
    skus: JSON.stringify(skus),
    blocked_at,
    next_attempt_at: null,
  })
}
