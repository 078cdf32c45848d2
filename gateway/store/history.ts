import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

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
