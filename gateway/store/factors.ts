import type { Kysely, Selectable } from 'kysely'
import type { Database, Passkeys, TotpFactors } from './schema.ts'

export type TotpRow = Selectable<TotpFactors>
export type PasskeyRow = Selectable<Passkeys>

export async function insertTotp(trx: Kysely<Database>, row: TotpRow): Promise<void> {
  await trx.insertInto('totp_factors').values(row).execute()
}

export async function insertPasskey(trx: Kysely<Database>, row: PasskeyRow): Promise<void> {
  await trx.insertInto('passkeys').values(row).execute()
}

/** In the order in which they were added. */
export async function totpOf(db: Kysely<Database>, userId: string): Promise<TotpRow[]> {
  return await db
    .selectFrom('totp_factors')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

export async function passkeysOf(db: Kysely<Database>, userId: string): Promise<PasskeyRow[]> {
  return await db
    .selectFrom('passkeys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

export async function findPasskey(db: Kysely<Database>, credentialId: string): Promise<PasskeyRow | undefined> {
  return await db.selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId).executeTakeFirst()
}

/** How many of each kind these people have; who has none is not in it. */
export async function countFactors(
  db: Kysely<Database>,
  userIds: readonly string[],
): Promise<Map<string, { totp: number; passkeys: number }>> {
  const counts = new Map<string, { totp: number; passkeys: number }>()
  for (let start = 0; start < userIds.length; start += 500) {
    const ids = userIds.slice(start, start + 500)
    for (const [kind, table] of [
      ['totp', 'totp_factors'],
      ['passkeys', 'passkeys'],
    ] as const) {
      const rows = await db.selectFrom(table).select('user_id').where('user_id', 'in', ids).execute()
      for (const { user_id: id } of rows) {
        const before = counts.get(id) ?? { totp: 0, passkeys: 0 }
        counts.set(id, { ...before, [kind]: before[kind] + 1 })
      }
    }
  }
  return counts
}

/** Marks a time step as used; false when it, or a later one, was used already. */
export async function markStep(trx: Kysely<Database>, id: string, step: number, now: number): Promise<boolean> {
  const result = await trx
    .updateTable('totp_factors')
    .set({ last_step: step, used_at: now })
    .where('id', '=', id)
    .where('last_step', '<', step)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function markPasskeyUsed(trx: Kysely<Database>, id: string, counter: number, now: number): Promise<void> {
  await trx.updateTable('passkeys').set({ counter, used_at: now }).where('id', '=', id).execute()
}

/** False when the person has no factor of that id. */
export async function renameFactorRow(
  trx: Kysely<Database>,
  owned: { id: string; userId: string },
  name: string,
): Promise<boolean> {
  for (const table of ['totp_factors', 'passkeys'] as const) {
    const result = await trx
      .updateTable(table)
      .set({ name })
      .where('id', '=', owned.id)
      .where('user_id', '=', owned.userId)
      .executeTakeFirst()
    if (result.numUpdatedRows === 1n) return true
  }
  return false
}

/** The name that it had; undefined when the person has no factor of that id. */
export async function deleteFactorRow(
  trx: Kysely<Database>,
  owned: { id: string; userId: string },
): Promise<string | undefined> {
  for (const table of ['totp_factors', 'passkeys'] as const) {
    const row = await trx
      .deleteFrom(table)
      .where('id', '=', owned.id)
      .where('user_id', '=', owned.userId)
      .returning('name')
      .executeTakeFirst()
    if (row !== undefined) return row.name
  }
  return undefined
}

/** Everything of a person, recovery codes too. Returns how many factors there were. */
export async function deleteFactorsOf(trx: Kysely<Database>, userId: string): Promise<number> {
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  const totp = await trx.deleteFrom('totp_factors').where('user_id', '=', userId).returning('id').execute()
  const passkeys = await trx.deleteFrom('passkeys').where('user_id', '=', userId).returning('id').execute()
  return totp.length + passkeys.length
}

export async function replaceRecoveryCodes(
  trx: Kysely<Database>,
  userId: string,
  hashes: readonly string[],
  now: number,
): Promise<void> {
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  if (hashes.length === 0) return
  await trx
    .insertInto('recovery_codes')
    .values(hashes.map((hash) => ({ hash, user_id: userId, created_at: now })))
    .execute()
}

/** Each works once: true for the one who deleted it. */
export async function takeRecoveryCode(trx: Kysely<Database>, userId: string, hash: string): Promise<boolean> {
  const row = await trx
    .deleteFrom('recovery_codes')
    .where('hash', '=', hash)
    .where('user_id', '=', userId)
    .returning('hash')
    .executeTakeFirst()
  return row !== undefined
}

export async function countRecoveryCodes(db: Kysely<Database>, userId: string): Promise<number> {
  const row = await db
    .selectFrom('recovery_codes')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
