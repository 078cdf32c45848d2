import type { AccountId } from '@lockstep/shared/contract/ids'
import { match } from '../domain/match.ts'
import { restorable } from '../domain/restorable.ts'
import type { FoundObject, Tenant } from '../graph/tenant.ts'
import { findAccount } from '../store/accounts.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'
import { held, type Unit } from './load.ts'
import { remember } from './observe.ts'

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
    if (target.kind !== 'none') return false
    return desired.accountId !== null || (desired.leaving === null && desired.presence.kind === 'enabled')
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
  if (desired.accountId !== null) return await readKnown(context, connection, tenant, unit, desired.accountId)
  const objects = await tenant.find({ immutableId: desired.immutableId, addresses: [desired.email] })
  const accounts = objects.flatMap((object) => (object.kind === 'user' ? [object.account] : []))
  const hit = match(desired, accounts)
  if (hit.kind === 'none') return await withoutAccount(context, connection, unit, objects)
  if (hit.kind === 'conflict') return { ...unit, target: hit }
  if (await isOthers(context, connection, unit, hit.account.id))
    return { ...unit, target: { kind: 'conflict', accountIds: [hit.account.id] } }
  const { account } = hit
  await remember(context, connection.id, [account])
  const stored = await findAccount(context.store.db, connection.id, account.id)
  return stored === undefined ? unit : { ...unit, stored, target: held('matched', stored) }
}

/** The account of a binding that was not observed yet, as after a connection came back. */
async function readKnown(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  unit: Unit,
  accountId: AccountId,
): Promise<Unit> {
  const account = (await tenant.readAccounts([accountId])).get(accountId)
  if (account === undefined) return unit
  await remember(context, connection.id, [account])
  const stored = await findAccount(context.store.db, connection.id, accountId)
  return stored === undefined ? unit : { ...unit, stored, target: held('bound', stored) }
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
  const stored = await findAccount(context.store.db, connection.id, accountId)
  return { ...unit, target: { kind: 'deleted', accountId, protection: stored?.protection ?? null } }
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
    .map(({ unit, accountId }) => {
      const protection = unit.stored?.protection ?? null
      return { before: unit, after: { ...unit, target: { kind: 'deleted', accountId, protection } } }
    })
}
