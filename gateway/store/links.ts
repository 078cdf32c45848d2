import type { Kysely, Selectable } from 'kysely'
import type { Database, UserLinks } from './schema.ts'

export type LinkRow = Selectable<UserLinks>

export async function insertLink(trx: Kysely<Database>, row: LinkRow): Promise<void> {
  await trx.insertInto('user_links').values(row).execute()
}

export async function findLink(db: Kysely<Database>, hash: string): Promise<LinkRow | undefined> {
  return await db.selectFrom('user_links').selectAll().where('hash', '=', hash).executeTakeFirst()
}

/** Uses a link up: of several who try at once, one gets it. */
export async function takeLink(trx: Kysely<Database>, hash: string): Promise<LinkRow | undefined> {
  return await trx.deleteFrom('user_links').where('hash', '=', hash).returningAll().executeTakeFirst()
}

/** How many links for that purpose a person has that were made since. */
export async function countLinks(
  db: Kysely<Database>,
  userId: string,
  purpose: LinkRow['purpose'],
  since: number,
): Promise<number> {
  const row = await db
    .selectFrom('user_links')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('created_at', '>', since)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** Any change of password, address or state kills all links of a person. */
export async function deleteLinksOf(
  trx: Kysely<Database>,
  userId: string,
  purpose: LinkRow['purpose'] | 'all' = 'all',
): Promise<void> {
  let erase = trx.deleteFrom('user_links').where('user_id', '=', userId)
  if (purpose !== 'all') erase = erase.where('purpose', '=', purpose)
  await erase.execute()
}

export async function deleteEndedLinks(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('user_links').where('ends_at', '<=', now).execute()
}
