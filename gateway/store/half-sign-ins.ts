import type { Kysely, Selectable } from 'kysely'
import type { Ceremonies, Database, HalfSignIns } from './schema.ts'

export type HalfSignInRow = Selectable<HalfSignIns>
export type Purpose = Ceremonies['purpose']

export async function insertHalf(trx: Kysely<Database>, row: HalfSignInRow): Promise<void> {
  await trx.insertInto('half_sign_ins').values(row).execute()
}

export async function findHalf(db: Kysely<Database>, idHash: string): Promise<HalfSignInRow | undefined> {
  return await db.selectFrom('half_sign_ins').selectAll().where('id_hash', '=', idHash).executeTakeFirst()
}

/** Counts a wrong code; returns how many there were. */
export async function countTry(trx: Kysely<Database>, idHash: string): Promise<number> {
  const row = await trx
    .updateTable('half_sign_ins')
    .set((e) => ({ tries: e('tries', '+', 1) }))
    .where('id_hash', '=', idHash)
    .returning('tries')
    .executeTakeFirst()
  return row?.tries ?? 0
}

/** True for the one who ended it. */
export async function deleteHalf(trx: Kysely<Database>, idHash: string): Promise<boolean> {
  const row = await trx
    .deleteFrom('half_sign_ins')
    .where('id_hash', '=', idHash)
    .returning('id_hash')
    .executeTakeFirst()
  return row !== undefined
}

/** At most one of each purpose for a holder: a new one replaces the one before. */
export async function putCeremony(
  trx: Kysely<Database>,
  row: { holder: string; purpose: Purpose; content: string; ends_at: number },
): Promise<void> {
  const { content, ends_at } = row
  await trx
    .insertInto('ceremonies')
    .values(row)
    .onConflict((c) => c.columns(['holder', 'purpose']).doUpdateSet({ content, ends_at }))
    .execute()
}

export async function findCeremony(
  db: Kysely<Database>,
  holder: string,
  purpose: Purpose,
  now: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('ceremonies')
    .select('content')
    .where('holder', '=', holder)
    .where('purpose', '=', purpose)
    .where('ends_at', '>', now)
    .executeTakeFirst()
  return row?.content
}

/** What was handed out, for the one who takes it first. */
export async function takeCeremony(
  trx: Kysely<Database>,
  holder: string,
  purpose: Purpose,
  now: number,
): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('ceremonies')
    .where('holder', '=', holder)
    .where('purpose', '=', purpose)
    .returning(['content', 'ends_at'])
    .executeTakeFirst()
  return row !== undefined && row.ends_at > now ? row.content : undefined
}

export async function deleteEndedSteps(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('half_sign_ins').where('ends_at', '<=', now).execute()
  await trx.deleteFrom('ceremonies').where('ends_at', '<=', now).execute()
}
