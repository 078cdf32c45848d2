import type { Kysely, Selectable } from 'kysely'
import type { Bindings, Database } from './schema.ts'

export type AwaitingRow = Pick<Selectable<Bindings>, 'connection_id' | 'user_id'> & { since: number; lookedAt: number }

/** Notes whose sign-in is awaited from now on, and whose is not any more. */
export async function noteAwaiting(trx: Kysely<Database>, now: number): Promise<void> {
  await trx
    .updateTable('bindings')
    .set({ awaiting_since: null, awaiting_looked_at: null })
    .where('awaiting_looked_at', 'is not', null)
    .where('password_state', '!=', 'awaiting_login')
    .execute()
  await trx
    .updateTable('bindings')
    .set({ awaiting_since: now, awaiting_looked_at: now })
    .where('password_state', '=', 'awaiting_login')
    .where('awaiting_since', 'is', null)
    .execute()
}

/** Those that nobody has looked at since, of people who may sign in, at connections that work; the longest ago first. */
export async function awaitingUnseen(db: Kysely<Database>, before: number, limit: number): Promise<AwaitingRow[]> {
  const rows = await db
    .selectFrom('bindings')
    .innerJoin('users', 'users.id', 'bindings.user_id')
    .innerJoin('connections', 'connections.id', 'bindings.connection_id')
    .select(['connection_id', 'user_id', 'awaiting_since', 'awaiting_looked_at'])
    .where('awaiting_looked_at', '<=', before)
    .where('unbind', 'is', null)
    .where('bindings.state', '!=', 'out_of_scope')
    .where('users.state', '=', 'active')
    .where('users.deleted_at', 'is', null)
    .where('connections.state', '=', 'active')
    .orderBy('awaiting_looked_at')
    .orderBy('user_id')
    .limit(limit)
    .execute()
  return rows.map(({ awaiting_since, awaiting_looked_at, ...key }) => ({
    ...key,
    since: awaiting_since ?? 0,
    lookedAt: awaiting_looked_at ?? 0,
  }))
}
