import type { Kysely, Updateable } from 'kysely'
import type { PasswordAge } from '../domain/password-age.ts'
import type { Database, UserCredentials } from './schema.ts'

export type Ageing = { userId: string } & PasswordAge

/**
 * Passwords that are old enough to be looked at, and those whose people are blocked, that nobody has looked at lately.
 * `changedBefore` null: only the blocked ones.
 */
export async function ageingUnseen(
  db: Kysely<Database>,
  { changedBefore, lookedBefore, limit }: { changedBefore: number | null; lookedBefore: number; limit: number },
): Promise<Ageing[]> {
  const rows = await db
    .selectFrom('user_credentials')
    .innerJoin('users', 'users.id', 'user_credentials.user_id')
    .select(['user_id', 'changed_at', 'expiry_looked_at', 'expiry_told_at', 'expiry_blocked_at', 'state'])
    .where('users.deleted_at', 'is', null)
    .where((e) => e.or([e('changed_at', '<=', changedBefore ?? -1), e('expiry_blocked_at', 'is not', null)]))
    .where((e) => e.or([e('expiry_looked_at', 'is', null), e('expiry_looked_at', '<=', lookedBefore)]))
    .orderBy('changed_at')
    .orderBy('user_id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    userId: row.user_id,
    changedAt: row.changed_at,
    lookedAt: row.expiry_looked_at,
    toldAt: row.expiry_told_at,
    isBlocked: row.expiry_blocked_at !== null,
    isActive: row.state === 'active',
  }))
}

export async function updateAge(
  trx: Kysely<Database>,
  userId: string,
  seen: Pick<Updateable<UserCredentials>, 'expiry_looked_at' | 'expiry_told_at'>,
): Promise<void> {
  await trx.updateTable('user_credentials').set(seen).where('user_id', '=', userId).execute()
}
