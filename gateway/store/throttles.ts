import type { Kysely } from 'kysely'
import { type Attempts, offAfter } from '../domain/throttle.ts'
import type { Database } from './schema.ts'

export async function findAttempts(db: Kysely<Database>, key: string): Promise<Attempts | undefined> {
  const row = await db.selectFrom('throttles').selectAll().where('key', '=', key).executeTakeFirst()
  return row && { failures: row.failures, untilAt: row.until_at, updatedAt: row.updated_at }
}

export async function putAttempts(trx: Kysely<Database>, key: string, attempts: Attempts): Promise<void> {
  const values = { failures: attempts.failures, until_at: attempts.untilAt, updated_at: attempts.updatedAt }
  await trx
    .insertInto('throttles')
    .values({ key, ...values })
    .onConflict((c) => c.column('key').doUpdateSet(values))
    .execute()
}

export async function clearAttempts(trx: Kysely<Database>, key: string): Promise<void> {
  await trx.deleteFrom('throttles').where('key', '=', key).execute()
}

/**
 * Forgets who has not failed since; addresses sooner than accounts, or a slow guesser would begin anew each day. What was
 * ended stays so.
 */
export async function expireAttempts(
  trx: Kysely<Database>,
  since: { addresses: number; accounts: number },
): Promise<void> {
  await trx
    .deleteFrom('throttles')
    .where('updated_at', '<', since.addresses)
    .where((e) => e.or([e('key', 'like', 'address %'), e('key', '=', 'all')]))
    .execute()
  await trx.deleteFrom('throttles').where('updated_at', '<', since.accounts).where('failures', '<', offAfter).execute()
}
