import type { Kysely, Selectable } from 'kysely'
import type { Database, Tokens } from './schema.ts'

export type TokenRow = Selectable<Tokens>

export async function insertToken(trx: Kysely<Database>, row: TokenRow): Promise<void> {
  await trx.insertInto('tokens').values(row).execute()
}

export async function findTokenByHash(db: Kysely<Database>, hash: string): Promise<TokenRow | undefined> {
  return await db.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
}

export async function listTokens(db: Kysely<Database>): Promise<TokenRow[]> {
  return await db.selectFrom('tokens').selectAll().orderBy('created_at').execute()
}

export async function touchToken(trx: Kysely<Database>, id: string, now: number): Promise<void> {
  await trx.updateTable('tokens').set({ used_at: now }).where('id', '=', id).execute()
}

export async function deleteToken(trx: Kysely<Database>, id: string): Promise<TokenRow | undefined> {
  return await trx.deleteFrom('tokens').where('id', '=', id).returningAll().executeTakeFirst()
}
