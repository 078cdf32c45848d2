import type { Kysely, Selectable } from 'kysely'
import type { Database, UserLinks } from './schema.ts'

export type LinkRow = Selectable<UserLinks>

export async function insertLink(trx: Kysely<Database>, row: LinkRow): Promise<void> {
  await trx.insertInto('user_links').values(row).execute()
}

export async function findLink(db: Kysely<Database>, hash: string): Promise<LinkRow | undefined> {
  return await db.selectFrom('user_links').selectAll().where('hash', '=', hash).executeTakeFirst()
}

/** Any change of password, address or state kills all links of a person. */
export async function deleteLinksOf(trx: Kysely<Database>, userId: string): Promise<void> {
  await trx.deleteFrom('user_links').where('user_id', '=', userId).execute()
}

export async function deleteEndedLinks(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('user_links').where('ends_at', '<=', now).execute()
}
