import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** Creates, blocks, and what was taken from people that succeeded at a connection since then: what the brake counts on top of the present cycle. */
export async function countRecentWrites(db: Kysely<Database>, connectionId: string, since: number): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('connection_id', '=', connectionId)
    .where('type', 'in', [
      'user_create_provision',
      'user_deprovision',
      'user_licence_remove_provision',
      'group_member_remove_provision',
    ])
    // A leaver's groups go with the block, which was counted.
    .where((e) => e.not(e.and([e('type', '=', 'group_member_remove_provision'), e('cause', '=', 'suspended')])))
    .where('outcome', '=', 'success')
    .where('at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
