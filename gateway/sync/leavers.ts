import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import { system } from '../domain/actor.ts'
import { licenceChanges } from '../domain/licence-operation.ts'
import type { Operation } from '../domain/operation.ts'
import type { Tenant, WriteOutcome } from '../graph/tenant.ts'
import { findAccounts, type StoredAccount } from '../store/accounts.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { dueLeavers, eraseLeaver, type LeaverRow, retryLeaver } from '../store/licences.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import { blockedUntilOf } from './licence-turns.ts'
import { readProtection } from './protection.ts'
import { recordBeforeImage, recordOperation } from './record.ts'
import { heldByBrake } from './sync-bindings.ts'

/** At most this many are dealt with in one cycle. */
const atOnce = 400
/** How soon one whose licences could not be taken back is tried again, in ms. */
const againMs = 60 * 60_000

type LicenceOperation = Extract<Operation, { kind: 'licence' }>
type Leaver = { row: LeaverRow; operation: LicenceOperation | null }

/** What leavers are to give back now; null for one who has nothing to give any more. */
export async function planLeavers(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<Leaver[]> {
  const { db } = context.store
  const blockedUntil = blockedUntilOf(context, connection)
  if (blockedUntil === null) return []
  const rows = await dueLeavers(db, connection.id, { blockedUntil, now: context.runtime.now(), limit: atOnce })
  if (rows.length === 0) return []
  const ids = rows.map(({ account_id }) => account_id as AccountId)
  const accounts = await findAccounts(db, connection.id, ids)
  const blocked = ids.filter((id) => isOursAndBlocked(accounts.get(id)))
  const inherited = await tenant.inheritedLicences(blocked)
  const ours = new Set(settingsOf(connection).licences.rules.flatMap(({ skus }) => skus))
  const leavers: Leaver[] = []
  for (const row of rows) {
    const account = accounts.get(row.account_id)
    const id = row.account_id as AccountId
    const bound = (await bindingOfAccount(db, connection.id, id)) !== undefined
    const kept = new Set(inherited.get(id) ?? [])
    const held = bound || !isOursAndBlocked(account) ? [] : (account?.account.licences ?? [])
    const given = JSON.parse(row.skus) as string[]
    const remove = given.filter((sku) => ours.has(sku) && held.includes(sku) && !kept.has(sku))
    leavers.push({ row, operation: remove.length === 0 ? null : takeBack(row, remove) })
  }
  return leavers
}

/** Whom somebody else has let in again, or who has become protected, is left alone. */
const isOursAndBlocked = (stored: StoredAccount | undefined): boolean =>
  stored !== undefined &&
  stored.deletedAt === null &&
  stored.protection === null &&
  stored.blockedBy !== null &&
  !stored.account.enabled

const takeBack = ({ user_id, account_id }: LeaverRow, remove: readonly string[]): LicenceOperation => ({
  kind: 'licence',
  userId: user_id as UserId,
  accountId: account_id as AccountId,
  reason: 'unbound',
  changes: licenceChanges({ add: [], remove }),
})

/** Takes back the licences of accounts that were let go blocked so many days ago. Returns what the brake holds back. */
export async function takeBackFromLeavers(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  cycleId: string,
): Promise<{ held: Operation[]; outcomes: WriteOutcome[] }> {
  const none = { held: [], outcomes: [] }
  if ((await planLeavers(context, connection, tenant)).length === 0) return none
  await readProtection(context, connection)
  const leavers = await planLeavers(context, connection, tenant)
  await forget(context, leavers)
  const due = leavers.flatMap(({ row, operation }) => (operation === null ? [] : [{ row, operation }]))
  const held = await heldByBrake(
    context,
    connection,
    due.map(({ operation }) => operation),
  )
  if (due.length === 0 || held.length > 0 || !(await context.claims.ours(connection))) return { held, outcomes: [] }
  const outcomes: WriteOutcome[] = []
  const sends = due.map(({ row, operation }) => ({ row, operation, eventId: context.runtime.newId() }))
  const writes = sends.map(({ eventId, operation, row }) => {
    const remove = operation.changes.flatMap(({ before }) => before ?? [])
    return { eventId, kind: 'licence' as const, accountId: row.account_id as AccountId, add: [], remove }
  })
  await tenant.writeAll(writes, 'bulk', async (index, outcome) => {
    const send = sends[index]
    if (send === undefined) return
    outcomes.push(outcome)
    await context.store.change(system, async (change) => {
      const applied = { ...send, outcome }
      const userId = send.row.user_id
      await recordOperation(context, change, connection, { user: { id: userId } }, applied)
      await recordBeforeImage(change, connection, { userId, jobId: null, cycleId }, applied)
      if (outcome.kind === 'done') await eraseLeaver(change.trx, send.row)
      else await retryLeaver(change.trx, send.row, change.now + againMs)
    })
  })
  return { held, outcomes }
}

async function forget(context: SyncContext, leavers: readonly Leaver[]): Promise<void> {
  const done = leavers.filter(({ operation }) => operation === null)
  if (done.length === 0) return
  await context.store.change(system, async (change) => {
    change.quiet('they have nothing to give back')
    for (const { row } of done) await eraseLeaver(change.trx, row)
  })
}
