import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

export type NewsRow = { connection_id: string; name: string; at: number }

/** Accounts of a person that got the password of here since they were bound, and the person was not told so yet. */
export async function untoldNews(db: Kysely<Database>, userId: string): Promise<NewsRow[]> {
  const rows = await db
    .selectFrom('bindings')
    .innerJoin('connections', 'connections.id', 'bindings.connection_id')
    .select(['connection_id', 'name', 'password_synced_at'])
    .where('user_id', '=', userId)
    .where('password_state', '=', 'in_sync')
    .where('told_at', 'is', null)
    .orderBy('connection_id')
    .execute()
  return rows.map(({ password_synced_at, ...row }) => ({ ...row, at: password_synced_at ?? 0 }))
}

export async function noteTold(trx: Kysely<Database>, userId: string, now: number): Promise<void> {
  await trx
    .updateTable('bindings')
    .set({ told_at: now })
    .where('user_id', '=', userId)
    .where('password_state', '=', 'in_sync')
    .where('told_at', 'is', null)
    .execute()
}
