import { system } from '../domain/actor.ts'
import type { Tenant } from '../graph/tenant.ts'
import { updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { bindingsThatWait, endLicences, licencesIn } from '../store/licences.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import { freshStock, seatsOf } from './licence-stock.ts'

const dayMs = 86_400_000
/** At most this many who wait are looked at in one cycle. */
const atOnce = 1_000

/** What time and stock change by themselves: licences of blocked people that end, and seats for those who wait. */
export async function licenceTurns(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<void> {
  const blockedUntil = blockedUntilOf(context, connection)
  if (blockedUntil !== null)
    await context.store.change(system, async (change) => {
      change.quiet('what follows has its own events')
      await endLicences(change.trx, connection.id, blockedUntil)
    })
  await seatThoseWhoWait(context, connection, tenant)
}

/** Whoever was blocked then or before gives the licences back; null where nobody ever does. */
export function blockedUntilOf({ runtime }: SyncContext, connection: ConnectionRow): number | null {
  const { removeAfterDays } = settingsOf(connection).licences
  return removeAfterDays === null ? null : runtime.now() - removeAfterDays * dayMs
}

/** Marks as many of those who wait as there are seats now, the longest waiting first. */
async function seatThoseWhoWait(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<void> {
  const waiting = await bindingsThatWait(context.store.db, connection.id, atOnce)
  if (waiting.length === 0) return
  const seats = new Map(seatsOf(await freshStock(context, connection.id, tenant, { believedMs: 0 })))
  const turns = waiting.filter((binding) => {
    const skus = licencesIn(binding).filter(({ state }) => state === 'waiting')
    const free = skus.filter(({ sku }) => (seats.get(sku) ?? 0) > 0)
    for (const { sku } of free) seats.set(sku, (seats.get(sku) ?? 0) - 1)
    return free.length > 0
  })
  if (turns.length === 0) return
  await context.store.change(system, async (change) => {
    change.quiet('what follows has its own events')
    for (const { user_id } of turns) {
      const { dirty } = await change.trx
        .selectFrom('bindings')
        .select('dirty')
        .where('connection_id', '=', connection.id)
        .where('user_id', '=', user_id)
        .executeTakeFirstOrThrow()
      await updateBinding(change.trx, { connection_id: connection.id, user_id }, { dirty: dirty + 1 })
    }
  })
}
