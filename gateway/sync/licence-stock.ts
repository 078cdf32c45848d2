import type { Kysely } from 'kysely'
import { system } from '../domain/actor.ts'
import type { Seats } from '../domain/licences.ts'
import type { Lane } from '../graph/governor.ts'
import type { SkuStock, Tenant } from '../graph/tenant.ts'
import { findConnection, updateConnection } from '../store/connections.ts'
import type { Database } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'

/** The licences of a tenant as last read; null where we may not read them. */
export type LicenceStock = { readAt: number; skus: SkuStock[] | null }

/** How long what was read of the stock is believed, in ms: as long as a cycle may take to come to its last page. */
const believedForMs = 30_000

export async function storedStock(db: Kysely<Database>, connectionId: string): Promise<LicenceStock | null> {
  const stored = (await findConnection(db, connectionId))?.licence_stock ?? null
  return stored === null ? null : (JSON.parse(stored) as LicenceStock)
}

/** The stock as the tenant tells it, read anew only when it was not just read. */
export async function freshStock(
  context: SyncContext,
  connectionId: string,
  tenant: Tenant,
  { believedMs = believedForMs, lane = 'bulk' }: { believedMs?: number; lane?: Lane } = {},
): Promise<LicenceStock> {
  const now = context.runtime.now()
  const stored = await storedStock(context.store.db, connectionId)
  if (stored !== null && now - stored.readAt < believedMs) return stored
  const read: LicenceStock = { readAt: now, skus: await tenant.licenceStock(lane) }
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    await updateConnection(change.trx, connectionId, { licence_stock: JSON.stringify(read) })
  })
  return read
}

export const seatsOf = ({ skus }: LicenceStock): Seats =>
  skus === null ? null : new Map(skus.map(({ sku, total, used }) => [sku, total - used]))

/** What our own write did to the stock, before the tenant tells it. Null: it said that there was no seat after all. */
export async function noteTaken(
  { trx }: Pick<Change, 'trx'>,
  connectionId: string,
  by: { add: readonly string[]; remove: readonly string[] } | null,
): Promise<void> {
  const stock = await storedStock(trx, connectionId)
  if (stock === null) return
  const skus = (stock.skus ?? []).map((each) => {
    const taken = Number(by?.add.includes(each.sku) ?? false) - Number(by?.remove.includes(each.sku) ?? false)
    return { ...each, used: each.used + taken }
  })
  const after = by === null ? { ...stock, readAt: 0 } : { ...stock, ...(stock.skus !== null && { skus }) }
  await updateConnection(trx, connectionId, { licence_stock: JSON.stringify(after) })
}

/** How the tenant calls a licence; its id where it has not told. */
export function namesIn(stock: LicenceStock | null): (sku: string) => string {
  const names = new Map((stock?.skus ?? []).map(({ sku, name }) => [sku, name]))
  return (sku) => names.get(sku) ?? sku
}

/** Changes as people read them: licences by their names. */
export function named<C extends { attribute: string; before: string | null; after: string | null }>(
  nameOf: (sku: string) => string,
  changes: readonly C[],
): C[] {
  const word = (sku: string | null) => (sku === null ? null : nameOf(sku))
  return changes.map((change) =>
    change.attribute === 'licence' ? { ...change, before: word(change.before), after: word(change.after) } : change,
  )
}
