import type { AccountId } from '@lockstep/shared/contract/ids'
import { system } from '../domain/actor.ts'
import { match } from '../domain/match.ts'
import { restorable } from '../domain/restorable.ts'
import type { FoundObject, Tenant } from '../graph/tenant.ts'
import { findAccount, putAccounts } from '../store/accounts.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'
import { held, type Unit } from './load.ts'

/** At most this many questions to the tenant at a time. */
const lookUpsAtOnce = 8

/**
 * Asks the tenant what the store cannot know: before anything is created, whether it is there already among users, groups
 * and deleted items; and whether an account that somebody wants back can still be restored.
 */
export async function lookUp(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  units: readonly Unit[],
): Promise<Unit[]> {
  const found = new Map<Unit, Unit>()
  const queue = units.filter(({ desired, target }) => {
    return target.kind === 'none' && desired.leaving === null && desired.presence.kind === 'enabled'
  })
  const ask = async () => {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      found.set(unit, await lookUpOne(context, connection, tenant, unit))
    }
  }
  await Promise.all(Array.from({ length: Math.min(lookUpsAtOnce, queue.length) }, ask))
  for (const unit of await findDeleted(tenant, units)) found.set(unit.before, unit.after)
  return units.map((unit) => found.get(unit) ?? unit)
}

async function lookUpOne(context: SyncContext, connection: ConnectionRow, tenant: Tenant, unit: Unit): Promise<Unit> {
  const { desired } = unit
  const objects = await tenant.find({ immutableId: desired.immutableId, addresses: [desired.email] })
  const accounts = objects.flatMap((object) => (object.kind === 'user' ? [object.account] : []))
  const hit = match(desired, accounts)
  if (hit.kind === 'none') return await withoutAccount(context, connection, unit, objects)
  if (hit.kind === 'conflict') return { ...unit, target: hit }
  if (await isOthers(context, connection, unit, hit.account.id))
    return { ...unit, target: { kind: 'conflict', accountIds: [hit.account.id] } }
  const { account } = hit
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    await putAccounts(change.trx, connection.id, [account], context.runtime.now())
  })
  const stored = await findAccount(context.store.db, connection.id, account.id)
  return stored === undefined ? unit : { ...unit, stored, target: held('matched', stored) }
}

/** No account is there: a deleted one comes back rather than a second one is made; a group in the way is for a person. */
async function withoutAccount(
  context: SyncContext,
  connection: ConnectionRow,
  unit: Unit,
  objects: readonly FoundObject[],
): Promise<Unit> {
  const conflict: Unit = { ...unit, target: { kind: 'conflict', accountIds: [] } }
  if (objects.some(({ kind }) => kind === 'group')) return conflict
  const deleted = objects.flatMap((object) => (object.kind === 'deleted' ? [object] : []))
  const accountId = restorable(unit.desired.immutableId, deleted)
  if (accountId === null) return unit
  if (accountId === 'conflict' || (await isOthers(context, connection, unit, accountId))) return conflict
  return { ...unit, target: { kind: 'deleted', accountId } }
}

async function isOthers(context: SyncContext, { id }: ConnectionRow, unit: Unit, accountId: AccountId) {
  const owner = await bindingOfAccount(context.store.db, id, accountId)
  return owner !== undefined && owner.user_id !== unit.user.id
}

/** Which of the accounts that somebody wants back are still among the deleted users. */
async function findDeleted(tenant: Tenant, units: readonly Unit[]): Promise<{ before: Unit; after: Unit }[]> {
  const wanted = units.flatMap((unit) => {
    const { accountId } = unit.desired
    const wants = unit.target.kind === 'missing' && unit.binding.recover === 'restore' && accountId !== null
    return wants ? [{ unit, accountId }] : []
  })
  if (wanted.length === 0) return []
  const deleted = await tenant.readDeleted(wanted.map(({ accountId }) => accountId))
  return wanted
    .filter(({ accountId }) => deleted.has(accountId))
    .map(({ unit, accountId }) => ({ before: unit, after: { ...unit, target: { kind: 'deleted', accountId } } }))
}
