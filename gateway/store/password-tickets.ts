import type { Kysely } from 'kysely'
import { againAt, lateForMs, ownUntil } from '../domain/late-password.ts'
import { erasePending } from './pending-passwords.ts'
import type { Database } from './schema.ts'

type Key = { connectionId: string; userId: string }

/** Stored before a password leaves: from here on the tenant may have it, whatever becomes of us. */
export async function putTicket(
  trx: Kysely<Database>,
  { connectionId, userId }: Key,
  ticket: { eventId: string; version: number; now: number },
): Promise<void> {
  const { eventId, version, now } = ticket
  await trx
    .insertInto('password_tickets')
    .values({ event_id: eventId, connection_id: connectionId, user_id: userId, version, at: now })
    .execute()
}

/** It is known what became of it. */
export async function dropTicket(trx: Kysely<Database>, eventId: string): Promise<void> {
  await trx.deleteFrom('password_tickets').where('event_id', '=', eventId).execute()
}

/**
 * A version has arrived: its sealed copy goes, or stays until an older one cannot land after it any more. Returns until when
 * a copy that we sent may land.
 */
export async function erasePendingArrived(
  trx: Kysely<Database>,
  key: Key,
  version: number,
  now: number,
): Promise<number | null> {
  const tickets = await trx
    .selectFrom('password_tickets')
    .select(['version', 'at'])
    .where('connection_id', '=', key.connectionId)
    .where('user_id', '=', key.userId)
    .execute()
  const again_at = againAt(tickets, version, now)
  if (again_at === null) await erasePending(trx, key, { version })
  else
    await trx
      .updateTable('pending_passwords')
      .set({ again_at })
      .where('connection_id', '=', key.connectionId)
      .where('user_id', '=', key.userId)
      .where('version', '=', version)
      .execute()
  return ownUntil(tickets)
}

/** Marks the bindings whose password is due once more, and forgets tickets of what cannot land any more. */
export async function markDueAgain(trx: Kysely<Database>, connectionId: string, now: number): Promise<void> {
  await trx
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .where('dirty', '=', 0)
    .where('user_id', 'in', (e) =>
      e
        .selectFrom('pending_passwords')
        .select('user_id')
        .where('connection_id', '=', connectionId)
        .where('again_at', '<=', now),
    )
    .execute()
  await trx
    .deleteFrom('password_tickets')
    .where('connection_id', '=', connectionId)
    .where('at', '<=', now - lateForMs)
    .execute()
}

export async function hasTickets(db: Kysely<Database>, connectionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('password_tickets')
    .select('event_id')
    .where('connection_id', '=', connectionId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
