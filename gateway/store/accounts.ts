import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Kysely, Selectable } from 'kysely'
import type { ObservedAccount, Protection } from '../domain/account.ts'
import type { BlockCause, Tracked } from '../domain/operation.ts'
import { overwrite, settle, type Written } from '../domain/settle.ts'
import { putAccountTerms, traitsOf } from './account-traits.ts'
import type { Accounts, Database } from './schema.ts'

/** An account as last observed, with what only we know about it. */
export type StoredAccount = {
  account: ObservedAccount
  protection: Protection | null
  blockedBy: BlockCause | null
  deletedAt: number | null
  written: Written
  /** The cause of a block of ours whose outcome is not known yet. */
  blocking: BlockCause | null
  /** Blocked by us, and the sessions are not known to be revoked. */
  revokeDue: boolean
  traits: { mailbox: string | null; looksShared: boolean; nameFits: boolean }
}

export const fromRow = (row: Selectable<Accounts>): StoredAccount => ({
  account: JSON.parse(row.observed) as ObservedAccount,
  protection: row.protection as Protection | null,
  blockedBy: row.blocked_by,
  deletedAt: row.deleted_at,
  written: JSON.parse(row.written) as Written,
  blocking: row.blocking,
  revokeDue: row.revoke_due === 1,
  traits: { mailbox: row.mailbox, looksShared: row.looks_shared === 1, nameFits: row.odd_name === 0 },
})

export async function findAccount(
  db: Kysely<Database>,
  connectionId: string,
  id: string,
): Promise<StoredAccount | undefined> {
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && fromRow(row)
}

export async function findAccounts(
  db: Kysely<Database>,
  connectionId: string,
  ids: readonly string[],
): Promise<Map<string, StoredAccount>> {
  const found = new Map<string, StoredAccount>()
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await db
      .selectFrom('accounts')
      .selectAll()
      .where('connection_id', '=', connectionId)
      .where('id', 'in', ids.slice(start, start + 500))
      .execute()
    for (const row of rows) found.set(row.id, fromRow(row))
  }
  return found
}

/**
 * Remembers accounts as observed. An account that is enabled again is no longer blocked by us, whoever enabled it.
 * Returns the ids whose observation differs from the one before.
 */
export async function putAccounts(
  trx: Kysely<Database>,
  connectionId: string,
  accounts: readonly ObservedAccount[],
  now: number,
): Promise<AccountId[]> {
  const known = await findAccounts(
    trx,
    connectionId,
    accounts.map((account) => account.id),
  )
  const changed: AccountId[] = []
  for (const seen of accounts) {
    const before = known.get(seen.id)
    const { account, written, doubtUntil } = settle(seen, before?.written ?? {}, now)
    const observed = JSON.stringify(account)
    if (before !== undefined && before.deletedAt === null && JSON.stringify(before.account) === observed) {
      await trx
        .updateTable('accounts')
        .set({ seen_at: now, doubt_until: doubtUntil })
        .where('connection_id', '=', connectionId)
        .where('id', '=', account.id)
        .execute()
      continue
    }
    changed.push(account.id)
    const protection = standing(account, before?.protection ?? null)
    const row = {
      user_principal_name: account.userPrincipalName.toLowerCase(),
      display_name_lc: (account.attributes.displayName ?? '').toLowerCase(),
      immutable_id: account.immutableId,
      observed,
      deleted_at: null,
      protection,
      blocked_by: account.enabled ? null : (before?.blockedBy ?? before?.blocking ?? null),
      written: JSON.stringify(written),
      seen_at: now,
      doubt_until: doubtUntil,
      ...traitsOf(account),
    }
    await putAccountTerms(trx, connectionId, before?.account, account)
    await trx
      .insertInto('accounts')
      .values({ connection_id: connectionId, id: account.id, blocking: null, revoke_due: 0, ...row })
      .onConflict((c) => c.columns(['connection_id', 'id']).doUpdateSet(row))
      .execute()
    await trx
      .deleteFrom('account_addresses')
      .where('connection_id', '=', connectionId)
      .where('account_id', '=', account.id)
      .execute()
    const addresses = new Set(
      [account.userPrincipalName, account.mail ?? '', ...account.addresses].map((a) => a.toLowerCase()),
    )
    addresses.delete('')
    if (addresses.size > 0) {
      await trx
        .insertInto('account_addresses')
        .values(
          [...addresses].map((address) => ({
            connection_id: connectionId,
            address,
            account_id: account.id,
          })),
        )
        .onConflict((c) => c.doNothing())
        .execute()
    }
  }
  return changed
}

/** What an account's own properties say; a role found elsewhere stays until it is read again. */
function standing(account: ObservedAccount, before: Protection | null): Protection | null {
  if (account.guest) return 'guest'
  if (account.synced) return 'synced'
  if (account.restricted) return 'restricted'
  return foundProtections.some((each) => each === before) ? before : null
}

/** What an account's own properties do not say. */
const foundProtections = ['privileged_role', 'break_glass', 'authoriser'] as const satisfies readonly Protection[]
export type FoundProtection = (typeof foundProtections)[number]

export async function markDeleted(
  trx: Kysely<Database>,
  connectionId: string,
  ids: readonly string[],
  now: number,
): Promise<void> {
  for (const id of ids) {
    await trx
      .updateTable('accounts')
      .set({ deleted_at: now })
      .where('connection_id', '=', connectionId)
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .execute()
    await trx
      .deleteFrom('account_addresses')
      .where('connection_id', '=', connectionId)
      .where('account_id', '=', id)
      .execute()
  }
}

/** Sets who is protected by a role, the break-glass list or as authoriser, and lifts it from everybody else. Returns who changed. */
export async function putProtection(
  trx: Kysely<Database>,
  connectionId: string,
  protectedIds: ReadonlyMap<string, FoundProtection>,
): Promise<string[]> {
  const before = await trx
    .selectFrom('accounts')
    .select(['id', 'protection'])
    .where('connection_id', '=', connectionId)
    .where('protection', 'in', foundProtections)
    .execute()
  const changed: string[] = []
  for (const row of before) {
    if (protectedIds.has(row.id)) continue
    changed.push(row.id)
    await trx
      .updateTable('accounts')
      .set({ protection: null })
      .where('connection_id', '=', connectionId)
      .where('id', '=', row.id)
      .execute()
  }
  const known = new Map(before.map((row) => [row.id, row.protection]))
  for (const [id, protection] of protectedIds) {
    if (known.get(id) === protection) continue
    const { numUpdatedRows } = await trx
      .updateTable('accounts')
      .set({ protection })
      .where('connection_id', '=', connectionId)
      .where('id', '=', id)
      .where((e) => e.or([e('protection', 'is', null), e('protection', 'in', foundProtections)]))
      .executeTakeFirst()
    // A guest or a synced account stays what it is, whatever roles it holds.
    if (numUpdatedRows > 0n) changed.push(id)
  }
  return changed
}

/** What our own accepted write made of an account, at once, before the tenant tells us. */
export async function recordWrite(
  trx: Kysely<Database>,
  connectionId: string,
  id: AccountId,
  wrote: Partial<Record<Tracked | 'licences', string | null>> & {
    enabled?: boolean
    blockedBy?: BlockCause | null
    revokeDue?: boolean
  },
  now: number,
): Promise<void> {
  const stored = await findAccount(trx, connectionId, id)
  if (stored === undefined) return
  const { enabled, blockedBy, revokeDue, ...attributes } = wrote
  const { account, written } = overwrite(stored.account, { attributes, enabled }, stored.written, now)
  await trx
    .updateTable('accounts')
    .set({
      observed: JSON.stringify(account),
      user_principal_name: account.userPrincipalName.toLowerCase(),
      written: JSON.stringify(written),
      ...(wrote.licences !== undefined && { licensed: account.licensed ? 1 : 0 }),
      ...(blockedBy !== undefined && { blocked_by: blockedBy, blocking: null }),
      ...(revokeDue !== undefined && { revoke_due: revokeDue ? 1 : 0 }),
    })
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .execute()
}

/** The account is there again, as it was when it was deleted. */
export async function markRestored(trx: Kysely<Database>, connectionId: string, id: AccountId): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ deleted_at: null })
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .execute()
}

/** Everything that could be the account of a person: by the immutable id that we would give, and by any address. */
export async function candidatesFor(
  db: Kysely<Database>,
  connectionId: string,
  probe: { immutableId: string; email: string },
): Promise<StoredAccount[]> {
  const byMark = await db
    .selectFrom('accounts')
    .select('id')
    .where('connection_id', '=', connectionId)
    .where('immutable_id', '=', probe.immutableId)
    .where('deleted_at', 'is', null)
    .execute()
  const byAddress = await db
    .selectFrom('account_addresses')
    .select('account_id as id')
    .where('connection_id', '=', connectionId)
    .where('address', '=', probe.email.toLowerCase())
    .execute()
  const ids = new Set([...byMark, ...byAddress].map((row) => row.id))
  return [...(await findAccounts(db, connectionId, [...ids])).values()].filter((found) => found.deletedAt === null)
}

/** Ids of living accounts in the order of the ids. */
export async function accountIds(
  db: Kysely<Database>,
  connectionId: string,
  page: { after: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('connection_id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Ids of accounts that a full read did not show. */
export async function unseenSince(db: Kysely<Database>, connectionId: string, since: number): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('connection_id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .where('seen_at', '<', since)
    .execute()
  return rows.map((row) => row.id)
}

/** How many accounts live, as far as is known. */
export async function countAccounts(db: Kysely<Database>, connectionId: string): Promise<number> {
  const row = await db
    .selectFrom('accounts')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('connection_id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
