import { createHash, hkdfSync } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Runtime } from '../domain/runtime.ts'
import { box, nonceBytes, unbox } from './box.ts'
import type { Database, Programs } from './schema.ts'

export type ProgramRow = Selectable<Programs>

/** How long the last renewal may be asked for again: its answer may have been lost on the way. */
const repeatMs = 10_000

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** True when the program is new; otherwise it was seen again. */
export async function putProgram(
  trx: Kysely<Database>,
  row: Omit<ProgramRow, 'renewed_with' | 'answer'>,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('programs')
    .set({ seen_at: row.seen_at })
    .where('id', '=', row.id)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return false
  await trx
    .insertInto('programs')
    .values({ ...row, renewed_with: null, answer: null })
    .execute()
  return true
}

export async function listPrograms(db: Kysely<Database>, userId: string, now: number): Promise<ProgramRow[]> {
  return await db
    .selectFrom('programs')
    .selectAll()
    .where('user_id', '=', userId)
    .where('ends_at', '>', now)
    .orderBy('seen_at', 'desc')
    .execute()
}

/** Ends a program with everything that it holds; undefined when there is none. */
export async function deleteProgram(trx: Kysely<Database>, id: string): Promise<ProgramRow | undefined> {
  await trx.deleteFrom('oauth_entries').where('grant_id', '=', id).execute()
  return await trx.deleteFrom('programs').where('id', '=', id).returningAll().executeTakeFirst()
}

export async function deleteEndedPrograms(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('programs').where('ends_at', '<=', now).execute()
}

/** Keeps what a renewal was answered with, sealed so that only the token that was renewed opens it. */
export async function keepRenewal(
  trx: Kysely<Database>,
  runtime: Pick<Runtime, 'randomBytes'>,
  id: string,
  renewal: { token: string; answer: string },
): Promise<void> {
  const { token, answer } = renewal
  const sealed = box(keyOf(token), runtime.randomBytes(nonceBytes), Buffer.from(answer), id).toString('base64url')
  await trx
    .updateTable('programs')
    .set({ renewed_with: hashOf(token), answer: sealed })
    .where('id', '=', id)
    .execute()
}

/** The answer again, for whoever brings the last token a second time within ten seconds; null: that is too late. */
export async function findRenewal(
  db: Kysely<Database>,
  token: string,
  client: string,
  now: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('programs')
    .select(['id', 'answer'])
    .where('renewed_with', '=', hashOf(token))
    .where('client', '=', client as ProgramRow['client'])
    .where('seen_at', '>', now - repeatMs)
    .executeTakeFirst()
  if (row === undefined || row.answer === null) return null
  return unbox(keyOf(token), Buffer.from(row.answer, 'base64url'), row.id).toString('utf8')
}

const keyOf = (token: string) => new Uint8Array(hkdfSync('sha256', token, new Uint8Array(0), 'lockstep/v1/renewal', 32))
