import type { Kysely, Selectable } from 'kysely'
import type { Secret } from '../domain/secret.ts'
import type { Database, PendingPasswords } from './schema.ts'
import { type PendingOwner, SealRejected, type Vault } from './vault.ts'

export type PendingRow = Selectable<PendingPasswords>
type Key = { connectionId: string; userId: string }

/** After it a password that could not be delivered is forgotten, in ms. */
export const pendingLifeMs = 72 * 3_600_000

/**
 * Seals a password for one binding. A version in force replaces the older ones in the same transaction; one that is
 * only proposed leaves them, since it may yet be refused.
 */
export async function putPending(
  trx: Kysely<Database>,
  vault: Vault,
  pending: Key & {
    tenantId: string
    accountId: string | null
    version: number
    password: Secret
    proposed: boolean
    now: number
  },
): Promise<void> {
  const { connectionId, userId, version } = pending
  const accountId = pending.accountId ?? ''
  const owner = { userId, connectionId, accountId, tenantId: pending.tenantId, version }
  const values = {
    account_id: accountId,
    sealed: vault.sealPending(pending.password, owner),
    created_at: pending.now,
    again_at: null,
  }
  await trx
    .insertInto('pending_passwords')
    .values({ connection_id: connectionId, user_id: userId, version, ...values })
    .onConflict((c) => c.columns(['connection_id', 'user_id', 'version']).doUpdateSet(values))
    .execute()
  if (!pending.proposed) await erasePending(trx, pending, { below: version })
}

/** The exact version, proposed or in force. */
export async function findPending(
  db: Kysely<Database>,
  { connectionId, userId }: Key,
  version: number,
): Promise<PendingRow | undefined> {
  return await db
    .selectFrom('pending_passwords')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .executeTakeFirst()
}

/**
 * By user: the newest version in force that waits at a connection. What is only proposed is not among them, nor what has
 * arrived and waits for its second time; and once a tenant may have a proposed one, an older one must not come after it.
 */
export async function pendingInForce(
  db: Kysely<Database>,
  connectionId: string,
  userIds: readonly string[],
  now: number,
): Promise<Map<string, PendingRow>> {
  const found = new Map<string, PendingRow>()
  for (let start = 0; start < userIds.length; start += 500) {
    const rows = await db
      .selectFrom('pending_passwords')
      .innerJoin('user_credentials', 'user_credentials.user_id', 'pending_passwords.user_id')
      .selectAll('pending_passwords')
      .where('connection_id', '=', connectionId)
      .where('pending_passwords.user_id', 'in', userIds.slice(start, start + 500))
      .whereRef('pending_passwords.version', '<=', 'user_credentials.version')
      .where((e) => e.or([e('again_at', 'is', null), e('again_at', '<=', now)]))
      .where('pending_passwords.user_id', 'not in', (e) =>
        e.selectFrom('password_proposals').select('user_id').where('sent', '=', 1),
      )
      .orderBy('pending_passwords.version')
      .execute()
    for (const row of rows) found.set(row.user_id, row)
  }
  return found
}

/**
 * Opens a sealed password for the account that it is about to be sent to. `SealRejected` when the record was tampered
 * with or is for another account or tenant; one sealed before the account existed opens for the first account only.
 */
export function openPending(vault: Vault, row: PendingRow, to: { accountId: string; tenantId: string }): Secret {
  if (row.account_id !== '' && row.account_id !== to.accountId) throw new SealRejected()
  return vault.openPending(row.sealed, ownerOf(row, to.tenantId))
}

/** Whom a row is sealed for. */
export const ownerOf = (row: Omit<PendingRow, 'sealed'>, tenantId: string): PendingOwner => ({
  userId: row.user_id,
  connectionId: row.connection_id,
  accountId: row.account_id,
  tenantId,
  version: row.version,
})

/** Erases one version, all below one, or all of a binding. */
export async function erasePending(
  trx: Kysely<Database>,
  { connectionId, userId }: Key,
  which: { version: number } | { below: number } | 'all' = 'all',
): Promise<void> {
  let erase = trx
    .deleteFrom('pending_passwords')
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
  if (which !== 'all')
    erase = 'below' in which ? erase.where('version', '<', which.below) : erase.where('version', '=', which.version)
  await erase.execute()
}

/** Erases everything that waits for a person at any connection. */
export async function erasePendingOfUser(
  trx: Kysely<Database>,
  userId: string,
  which: { version: number } | { below: number } | 'all' = 'all',
): Promise<void> {
  let erase = trx.deleteFrom('pending_passwords').where('user_id', '=', userId)
  if (which !== 'all')
    erase = 'below' in which ? erase.where('version', '<', which.below) : erase.where('version', '=', which.version)
  await erase.execute()
}

/** Versions that wait for a person, by connection. */
export async function pendingOfUser(db: Kysely<Database>, userId: string): Promise<PendingRow[]> {
  return await db.selectFrom('pending_passwords').selectAll().where('user_id', '=', userId).execute()
}

/** Erases what is older than 72 h; these bindings wait for a sign-in again. Returns them. */
export async function expirePending(trx: Kysely<Database>, now: number): Promise<Key[]> {
  // A clock that went back would make them live longer.
  await trx.updateTable('pending_passwords').set({ created_at: now }).where('created_at', '>', now).execute()
  const rows = await trx
    .deleteFrom('pending_passwords')
    .where('created_at', '<', now - pendingLifeMs)
    .returning(['connection_id', 'user_id'])
    .execute()
  for (const row of rows) {
    await trx
      .updateTable('bindings')
      .set({ password_state: 'awaiting_login', password_reason: null })
      .where('connection_id', '=', row.connection_id)
      .where('user_id', '=', row.user_id)
      .where('password_state', '=', 'pending')
      .execute()
  }
  return rows.map((row) => ({ connectionId: row.connection_id, userId: row.user_id }))
}
