import type { Kysely, Selectable } from 'kysely'
import type { Database, LinkRequests } from './schema.ts'

export type LinkRequestRow = Selectable<LinkRequests>

export async function insertLinkRequest(trx: Kysely<Database>, row: LinkRequestRow): Promise<void> {
  await trx.insertInto('link_requests').values(row).execute()
}

/** The oldest first. */
export async function listLinkRequests(db: Kysely<Database>, limit: number): Promise<LinkRequestRow[]> {
  return await db.selectFrom('link_requests').selectAll().orderBy('created_at').limit(limit).execute()
}

/** False when somebody else has answered it. */
export async function takeLinkRequest(trx: Kysely<Database>, id: string): Promise<boolean> {
  const row = await trx.deleteFrom('link_requests').where('id', '=', id).returning('id').executeTakeFirst()
  return row !== undefined
}
