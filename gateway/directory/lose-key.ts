import type { Kysely } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { credentialLost } from '../graph/failure.ts'
import { keyCheck, recoverySetting } from '../store/peek.ts'
import type { Database } from '../store/schema.ts'
import { putSetting } from '../store/settings.ts'
import type { Context } from './context.ts'

/** What ended with the key. */
export type Lost = { passwords: number; waiting: number; connections: number }

const pageSize = 500

/**
 * Goes on under another key after the one of the store is lost for good. What was sealed under it is gone: passwords that
 * waited are brought by the next sign-in, connections need their credential again, and nobody can sign in before choosing
 * a new password by mail. Who is bound to what, and all events, stay.
 */
export async function loseKey(
  { store, vault, runtime, hasher }: Pick<Context, 'store' | 'vault' | 'runtime' | 'hasher'>,
  actor: Actor,
): Promise<Lost> {
  // Of a password that nobody ever knew: whoever tries is told what everybody is told whose password is wrong.
  const nobodys = await hasher.hash(new Secret(Buffer.from(runtime.randomBytes(32)).toString('base64url')))
  return await store.change(actor, async (change) => {
    const { trx } = change
    await putSetting(trx, keyCheck, vault.keyCheck())
    const passwords = await replaceHashes(trx, (userId, version) => vault.wrapHash(nobodys, { userId, version }))
    const waiting = await dropWaiting(trx)
    const { numUpdatedRows } = await trx
      .updateTable('connections')
      .set({ error: connectionError })
      .where('state', '!=', 'deactivated')
      .executeTakeFirst()
    await trx.updateTable('connections').set({ state: 'error' }).where('state', '=', 'active').execute()
    // Keyed or signed with it, or of somebody who could not sign in again.
    for (const table of [
      'sessions',
      'oauth_entries',
      'programs',
      'half_sign_ins',
      'ceremonies',
      'authorizations',
      'throttles',
      'idempotency_keys',
    ] as const)
      await trx.deleteFrom(table).execute()
    await trx.deleteFrom('settings').where('key', '=', recoverySetting).execute()
    const lost = { passwords, waiting, connections: Number(numUpdatedRows) }
    change.event({
      type: 'key_lost',
      outcome: 'failure',
      detail: `${passwords} people have to choose a new password, ${waiting} passwords on their way wait for a sign-in, ${lost.connections} connections need their credential.`,
    })
    return lost
  })
}

const { code, detail, remedy } = credentialLost
const connectionError = JSON.stringify({ code, detail, remedy })

async function replaceHashes(
  trx: Kysely<Database>,
  wrapped: (userId: string, version: number) => string,
): Promise<number> {
  let count = 0
  for (let after = ''; ; ) {
    const rows = await trx
      .selectFrom('user_credentials')
      .select(['user_id', 'version'])
      .where('user_id', '>', after)
      .orderBy('user_id')
      .limit(pageSize)
      .execute()
    for (const { user_id, version } of rows) {
      await trx
        .updateTable('user_credentials')
        .set({ wrapped_hash: wrapped(user_id, version), history: '[]' })
        .where('user_id', '=', user_id)
        .execute()
    }
    count += rows.length
    const last = rows.at(-1)
    if (last === undefined) return count
    after = last.user_id
  }
}

async function dropWaiting(trx: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('pending_passwords').executeTakeFirst()
  await trx.deleteFrom('fresh_passwords').execute()
  await trx.deleteFrom('password_proposals').execute()
  await trx
    .updateTable('bindings')
    .set({ password_state: 'awaiting_login', password_reason: null })
    .where('password_state', '=', 'pending')
    .execute()
  return Number(numDeletedRows)
}
