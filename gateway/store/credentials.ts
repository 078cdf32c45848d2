import type { Kysely, Selectable } from 'kysely'
import { z } from 'zod'
import type { Database, UserCredentials } from './schema.ts'
import type { Vault } from './vault.ts'

export type CredentialRow = Selectable<UserCredentials>

/** How many former passwords are remembered. */
export const historyLength = 5

export const History = z.array(z.object({ version: z.number().int(), wrapped: z.string() }))

export async function findCredential(db: Kysely<Database>, userId: string): Promise<CredentialRow | undefined> {
  return await db.selectFrom('user_credentials').selectAll().where('user_id', '=', userId).executeTakeFirst()
}

export async function findCredentials(
  db: Kysely<Database>,
  userIds: readonly string[],
): Promise<Map<string, CredentialRow>> {
  const found = new Map<string, CredentialRow>()
  for (let start = 0; start < userIds.length; start += 500) {
    const rows = await db
      .selectFrom('user_credentials')
      .selectAll()
      .where('user_id', 'in', userIds.slice(start, start + 500))
      .execute()
    for (const row of rows) found.set(row.user_id, row)
  }
  return found
}

/** The hash of the password in force, as PHC string. `SealRejected` when the row was tampered with. */
export function openHash(vault: Vault, row: CredentialRow): string {
  return vault.unwrapHash(row.wrapped_hash, { userId: row.user_id, version: row.version })
}

/** Hashes of former passwords, newest first. */
export function openHistory(vault: Vault, row: CredentialRow): string[] {
  return History.parse(JSON.parse(row.history)).map(({ version, wrapped }) =>
    vault.unwrapHash(wrapped, { userId: row.user_id, version }),
  )
}

/**
 * Puts a new version in force if the one in force is still `expected` (0: there is none). The former hash goes to the
 * history. False when somebody else was faster.
 */
export async function commitCredential(
  trx: Kysely<Database>,
  next: {
    userId: string
    expected: number
    version: number
    wrappedHash: string
    mustChange: boolean
    changedAt: number
  },
): Promise<boolean> {
  const before = await findCredential(trx, next.userId)
  if ((before?.version ?? 0) !== next.expected || next.version <= next.expected) return false
  const values = {
    version: next.version,
    wrapped_hash: next.wrappedHash,
    must_change: next.mustChange ? 1 : 0,
    changed_at: next.changedAt,
    history: JSON.stringify(before === undefined ? [] : olderWith(before)),
    expiry_looked_at: null,
    expiry_told_at: null,
  }
  if (before === undefined) {
    await trx
      .insertInto('user_credentials')
      .values({ user_id: next.userId, ...values })
      .execute()
    return true
  }
  const result = await trx
    .updateTable('user_credentials')
    .set(values)
    .where('user_id', '=', next.userId)
    .where('version', '=', next.expected)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

function olderWith(row: CredentialRow) {
  const former = { version: row.version, wrapped: row.wrapped_hash }
  return [former, ...History.parse(JSON.parse(row.history))].slice(0, historyLength)
}

/** The same password hashed anew. False when another version is in force by now. */
export async function replaceHash(
  trx: Kysely<Database>,
  userId: string,
  version: number,
  wrappedHash: string,
): Promise<boolean> {
  const result = await trx
    .updateTable('user_credentials')
    .set({ wrapped_hash: wrappedHash })
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
