import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** How long a key answers the same, in ms. */
export const idempotencyLifeMs = 24 * 3_600_000

export type Begun =
  | { kind: 'new' }
  | { kind: 'in_flight' }
  | { kind: 'other_request' }
  | { kind: 'answered'; status: number; answer: string }

/** Claims a key for a request. `fingerprint` is keyed (`vault.mac`), since a body may hold a password. */
export async function beginIdempotent(
  trx: Kysely<Database>,
  given: { scope: string; key: string; fingerprint: string; now: number },
): Promise<Begun> {
  await trx
    .deleteFrom('idempotency_keys')
    .where('scope', '=', given.scope)
    .where('key', '=', given.key)
    .where('created_at', '<', given.now - idempotencyLifeMs)
    .execute()
  const inserted = await trx
    .insertInto('idempotency_keys')
    .values({
      scope: given.scope,
      key: given.key,
      fingerprint: given.fingerprint,
      status: null,
      answer: null,
      created_at: given.now,
    })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 1n) return { kind: 'new' }
  const row = await trx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('scope', '=', given.scope)
    .where('key', '=', given.key)
    .executeTakeFirstOrThrow()
  if (row.fingerprint !== given.fingerprint) return { kind: 'other_request' }
  if (row.status === null || row.answer === null) return { kind: 'in_flight' }
  return { kind: 'answered', status: row.status, answer: row.answer }
}

export async function finishIdempotent(
  trx: Kysely<Database>,
  done: { scope: string; key: string; status: number; answer: string },
): Promise<void> {
  await trx
    .updateTable('idempotency_keys')
    .set({ status: done.status, answer: done.answer })
    .where('scope', '=', done.scope)
    .where('key', '=', done.key)
    .execute()
}

/** After an answer that is not to be repeated: the next request with the key runs anew. */
export async function dropIdempotent(trx: Kysely<Database>, given: { scope: string; key: string }): Promise<void> {
  await trx.deleteFrom('idempotency_keys').where('scope', '=', given.scope).where('key', '=', given.key).execute()
}

/** Forgets old keys, and at a start (`inFlightToo`) those whose request died with the process. */
export async function expireIdempotent(trx: Kysely<Database>, now: number, inFlightToo = false): Promise<void> {
  await trx
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', now - idempotencyLifeMs)
    .execute()
  if (inFlightToo) await trx.deleteFrom('idempotency_keys').where('status', 'is', null).execute()
}
