import { setImmediate as turn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { tokensOwner } from './connections.ts'
import { History } from './credentials.ts'
import { ownerOf as freshOwner } from './fresh-passwords.ts'
import { keyCheck } from './peek.ts'
import { ownerOf as pendingOwner } from './pending-passwords.ts'
import { renewRecovery } from './recovery.ts'
import type { Database } from './schema.ts'
import { putSetting } from './settings.ts'
import type { Place, Vault } from './vault.ts'

/** How many values were sealed anew, and how many could not be opened before and stay as they were. */
export type Resealed = { resealed: number; unreadable: number }

/** Every column that the instance key has sealed; a test compares it with the tables. */
export const sealedColumns = [
  'user_credentials.wrapped_hash',
  'password_proposals.wrapped_hash',
  'connections.sealed_credential',
  'connections.sealed_tokens',
  'totp_factors.sealed_seed',
  'mails.sealed',
  'pending_passwords.sealed',
  'fresh_passwords.sealed',
] as const

const pageSize = 500

/** Seals all that is stored under the key that the vault has now. */
export async function resealAll(trx: Kysely<Database>, vault: Vault): Promise<Resealed> {
  const counts = { resealed: 0, unreadable: 0 }
  const again = (sealed: string, place: Place): string => {
    const anew = vault.reseal(sealed, place)
    counts[anew === null ? 'unreadable' : 'resealed'] += 1
    return anew ?? sealed
  }
  await resealCredentials(trx, again)
  await resealProposals(trx, again)
  await resealConnections(trx, again)
  await resealFactors(trx, again)
  await resealMails(trx, again)
  await resealPasswords(trx, again)
  await renewRecovery(trx, vault)
  await putSetting(trx, keyCheck, vault.keyCheck())
  return counts
}

type Again = (sealed: string, place: Place) => string

async function resealCredentials(trx: Kysely<Database>, again: Again): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await trx
      .selectFrom('user_credentials')
      .select(['user_id', 'version', 'wrapped_hash', 'history'])
      .where('user_id', '>', after)
      .orderBy('user_id')
      .limit(pageSize)
      .execute()
    for (const { user_id: userId, version, wrapped_hash, history } of rows) {
      const former = History.parse(JSON.parse(history)).map((one) => ({
        ...one,
        wrapped: again(one.wrapped, { use: 'hash', userId, version: one.version }),
      }))
      const wrapped = again(wrapped_hash, { use: 'hash', userId, version })
      await trx
        .updateTable('user_credentials')
        .set({ wrapped_hash: wrapped, history: JSON.stringify(former) })
        .where('user_id', '=', userId)
        .execute()
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.user_id
    // There may be very many, and others wait for their pages.
    await turn()
  }
}

async function resealProposals(trx: Kysely<Database>, again: Again): Promise<void> {
  for (const { user_id: userId, version, wrapped_hash } of await trx
    .selectFrom('password_proposals')
    .selectAll()
    .execute()) {
    await trx
      .updateTable('password_proposals')
      .set({ wrapped_hash: again(wrapped_hash, { use: 'hash', userId, version }) })
      .where('user_id', '=', userId)
      .execute()
  }
}

async function resealConnections(trx: Kysely<Database>, again: Again): Promise<void> {
  const rows = await trx.selectFrom('connections').select(['id', 'sealed_credential', 'sealed_tokens']).execute()
  for (const { id, sealed_credential, sealed_tokens } of rows) {
    await trx
      .updateTable('connections')
      .set({
        sealed_credential: sealed_credential && again(sealed_credential, { use: 'secret', connectionId: id }),
        sealed_tokens: sealed_tokens && again(sealed_tokens, { use: 'secret', ...tokensOwner(id) }),
      })
      .where('id', '=', id)
      .execute()
  }
}

/** Whoever is setting up an app at this moment begins again. */
async function resealFactors(trx: Kysely<Database>, again: Again): Promise<void> {
  await trx.deleteFrom('ceremonies').where('purpose', '=', 'totp').execute()
  for (const { id, user_id: userId, sealed_seed } of await trx.selectFrom('totp_factors').selectAll().execute()) {
    await trx
      .updateTable('totp_factors')
      .set({ sealed_seed: again(sealed_seed, { use: 'totp', userId, factorId: id }) })
      .where('id', '=', id)
      .execute()
  }
}

async function resealMails(trx: Kysely<Database>, again: Again): Promise<void> {
  const rows = await trx.selectFrom('mails').select(['id', 'sealed']).where('sealed', 'is not', null).execute()
  for (const { id, sealed } of rows) {
    await trx
      .updateTable('mails')
      .set({ sealed: sealed && again(sealed, { use: 'mail', mailId: id }) })
      .where('id', '=', id)
      .execute()
  }
}

async function resealPasswords(trx: Kysely<Database>, again: Again): Promise<void> {
  const pending = await trx
    .selectFrom('pending_passwords')
    .innerJoin('connections', 'connections.id', 'pending_passwords.connection_id')
    .selectAll('pending_passwords')
    .select('connections.tenant_id')
    .execute()
  for (const row of pending) {
    await trx
      .updateTable('pending_passwords')
      .set({ sealed: again(row.sealed, { use: 'pending', ...pendingOwner(row, row.tenant_id) }) })
      .where('connection_id', '=', row.connection_id)
      .where('user_id', '=', row.user_id)
      .where('version', '=', row.version)
      .execute()
  }
  for (const { user_id: userId, version, sealed } of await trx.selectFrom('fresh_passwords').selectAll().execute()) {
    await trx
      .updateTable('fresh_passwords')
      .set({ sealed: again(sealed, { use: 'pending', ...freshOwner(userId, version) }) })
      .where('user_id', '=', userId)
      .execute()
  }
}
