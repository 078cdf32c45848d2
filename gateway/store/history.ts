import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

type Changes = { attribute: string; before: string | null; after: string | null }[]

/** What we wrote to the attributes of an account since, in the order in which it happened. */
export async function writesTo(
  db: Kysely<Database>,
  connectionId: string,
  accountId: string,
  since: number,
): Promise<Changes[]> {
  const rows = await db
    .selectFrom('events')
    .select('changes')
    .where('connection_id', '=', connectionId)
    .where('account_id', '=', accountId)
    .where('type', '=', 'user_update_provision')
    .where('outcome', '=', 'success')
    .where('at', '>=', since)
    .orderBy('seq')
    .execute()
  return rows.map((row) => JSON.parse(row.changes) as Changes)
}

/** Types of the events since by which a person, not Lockstep itself, did one of these to somebody. */
export async function actsOn(
  db: Kysely<Database>,
  userId: string,
  since: number,
  types: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('events')
    .select('type')
    .where('user_id', '=', userId)
    .where('type', 'in', types)
    .where('actor_kind', '<>', 'system')
    .where('at', '>=', since)
    .orderBy('seq')
    .execute()
  return rows.map(({ type }) => type)
}
