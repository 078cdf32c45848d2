import type { Kysely, Selectable } from 'kysely'
import type { Database, Sessions } from './schema.ts'

export type SessionRow = Selectable<Sessions>

export async function insertSession(trx: Kysely<Database>, row: SessionRow): Promise<void> {
  await trx.insertInto('sessions').values(row).execute()
}

export async function findSession(db: Kysely<Database>, idHash: string): Promise<SessionRow | undefined> {
  return await db.selectFrom('sessions').selectAll().where('id_hash', '=', idHash).executeTakeFirst()
}

export async function touchSession(trx: Kysely<Database>, idHash: string, now: number): Promise<void> {
  await trx.updateTable('sessions').set({ seen_at: now }).where('id_hash', '=', idHash).execute()
}

export async function listSessions(db: Kysely<Database>, userId: string): Promise<SessionRow[]> {
  return await db.selectFrom('sessions').selectAll().where('user_id', '=', userId).orderBy('seen_at', 'desc').execute()
}

/** The user's id, or undefined when there was no such session. */
export async function deleteSession(trx: Kysely<Database>, idHash: string): Promise<string | undefined> {
  const row = await trx.deleteFrom('sessions').where('id_hash', '=', idHash).returning('user_id').executeTakeFirst()
  return row?.user_id
}

/** Ends the sessions of a person, apart from the one given, and what browsers and programs got by signing in. */
export async function deleteSessionsOf(trx: Kysely<Database>, userId: string, exceptIdHash?: string): Promise<void> {
  await trx.deleteFrom('oauth_entries').where('user_id', '=', userId).execute()
  await trx.deleteFrom('programs').where('user_id', '=', userId).execute()
  await trx.deleteFrom('half_sign_ins').where('user_id', '=', userId).execute()
  let erase = trx.deleteFrom('sessions').where('user_id', '=', userId)
  if (exceptIdHash !== undefined) erase = erase.where('id_hash', '!=', exceptIdHash)
  await erase.execute()
}

export async function deleteEndedSessions(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('sessions').where('ends_at', '<=', now).execute()
}
