import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** Accounts whose last observation was taken for a late answer, and that would tell the truth by now. */
export async function doubtedAccounts(
  db: Kysely<Database>,
  connectionId: string,
  now: number,
  limit: number,
): Promise<AccountId[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('connection_id', '=', connectionId)
    .where('doubt_until', '<=', now)
    .orderBy('doubt_until')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id as AccountId)
}

/** They are gone: what a delta says of them counts. */
export async function endDoubts(trx: Kysely<Database>, connectionId: string, ids: readonly AccountId[]): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ doubt_until: null })
    .where('connection_id', '=', connectionId)
    .where('id', 'in', ids)
    .execute()
}
