import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** Keeps the photo of a person: a JPEG without metadata. */
export async function putPhoto(trx: Kysely<Database>, userId: string, jpeg: Uint8Array, now: number): Promise<void> {
  const row = { content: Buffer.from(jpeg).toString('base64'), at: now }
  await trx
    .insertInto('user_photos')
    .values({ user_id: userId, ...row })
    .onConflict((c) => c.column('user_id').doUpdateSet(row))
    .execute()
}

/** The photo of a person who is not deleted. */
export async function findPhoto(db: Kysely<Database>, userId: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const row = await db
    .selectFrom('user_photos as p')
    .innerJoin('users as u', 'u.id', 'p.user_id')
    .select('p.content')
    .where('p.user_id', '=', userId)
    .where('u.deleted_at', 'is', null)
    .executeTakeFirst()
  return row && Buffer.from(row.content, 'base64')
}

/** Who among these has a photo. At most 500 at a time. */
export async function havePhotos(db: Kysely<Database>, userIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.selectFrom('user_photos').select('user_id').where('user_id', 'in', userIds).execute()
  return new Set(rows.map((row) => row.user_id))
}
