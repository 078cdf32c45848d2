import type { Kysely } from 'kysely'
import type { Secret } from '../domain/secret.ts'
import { pendingLifeMs } from './pending-passwords.ts'
import type { Database } from './schema.ts'
import { SealRejected, type Vault } from './vault.ts'

/** A password has no account to go to yet; what is sealed for a binding never opens as one of these. */
export const ownerOf = (userId: string, version: number) => ({
  userId,
  connectionId: '',
  accountId: '',
  tenantId: '',
  version,
})

/** Keeps a password that an admin has set for a person who is not bound yet, so that the first account gets it. */
export async function putFresh(
  trx: Kysely<Database>,
  vault: Vault,
  fresh: { userId: string; version: number; password: Secret; now: number },
): Promise<void> {
  const values = {
    version: fresh.version,
    sealed: vault.sealPending(fresh.password, ownerOf(fresh.userId, fresh.version)),
    created_at: fresh.now,
  }
  await trx
    .insertInto('fresh_passwords')
    .values({ user_id: fresh.userId, ...values })
    .onConflict((c) => c.column('user_id').doUpdateSet(values))
    .execute()
}

/** Takes it out, for the binding that is being made. Null when there is none of the version in force. */
export async function takeFresh(
  trx: Kysely<Database>,
  vault: Vault,
  userId: string,
  version: number,
): Promise<Secret | null> {
  const row = await trx.deleteFrom('fresh_passwords').where('user_id', '=', userId).returningAll().executeTakeFirst()
  if (row === undefined || row.version !== version) return null
  try {
    return vault.openPending(row.sealed, ownerOf(userId, version))
  } catch (error) {
    if (error instanceof SealRejected) return null
    throw error
  }
}

/** Forgets a version that never came into force, since the next one has the same number; or whatever is kept. */
export async function eraseFresh(trx: Kysely<Database>, userId: string, version?: number): Promise<void> {
  let erase = trx.deleteFrom('fresh_passwords').where('user_id', '=', userId)
  if (version !== undefined) erase = erase.where('version', '=', version)
  await erase.execute()
}

export async function expireFresh(trx: Kysely<Database>, now: number): Promise<void> {
  await trx
    .deleteFrom('fresh_passwords')
    .where('created_at', '<', now - pendingLifeMs)
    .execute()
}
