import type { Binding } from '@lockstep/shared/contract/binding'
import type { User } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { storedAttributes } from '../domain/user.ts'
import { findAccounts } from '../store/accounts.ts'
import type { BindingRow } from '../store/bindings.ts'
import { type CredentialRow, findCredentials } from '../store/credentials.ts'
import type { Database } from '../store/schema.ts'
import { type UserRow, userAttributes } from '../store/users.ts'

/** As the store keeps it: times in ms. */
const Drift = z.array(
  z.object({
    attribute: z.string(),
    ours: z.string().nullable(),
    theirs: z.string().nullable(),
    seenAt: z.number(),
  }),
)

export const timeOf = (at: number) => new Date(at).toISOString()
export const timeOrNull = (at: number | null) => (at === null ? null : timeOf(at))

export async function presentUser(db: Kysely<Database>, row: UserRow): Promise<User> {
  const [user] = await presentUsers(db, [row])
  if (user === undefined) throw new Error('A person could not be presented.')
  return user
}

/** People as the contract shows them, in the same order. */
export async function presentUsers(db: Kysely<Database>, rows: readonly UserRow[]): Promise<User[]> {
  const ids = rows.map((row) => row.id)
  const credentials = await findCredentials(db, ids)
  const bound = await bindingsOf(db, ids)
  const bindings = new Map<string, Binding[]>()
  for (const binding of await presentBindings(db, bound, new Map(rows.map((row) => [row.id, row.email]))))
    bindings.set(binding.userId, [...(bindings.get(binding.userId) ?? []), binding])
  return rows.map((row) => toUser(row, credentials.get(row.id), bindings.get(row.id) ?? []))
}

async function bindingsOf(db: Kysely<Database>, userIds: readonly string[]): Promise<BindingRow[]> {
  if (userIds.length === 0) return []
  return await db
    .selectFrom('bindings')
    .innerJoin('connections', 'connections.id', 'bindings.connection_id')
    .selectAll('bindings')
    .where('bindings.user_id', 'in', userIds)
    .where('connections.state', '!=', 'deactivated')
    .orderBy('bindings.connection_id')
    .execute()
}

function toUser(row: UserRow, credential: CredentialRow | undefined, bindings: Binding[]): User {
  const attributes: Record<string, string | null> = userAttributes(row)
  return {
    id: row.id as User['id'],
    email: row.email,
    displayName: row.display_name,
    givenName: row.given_name,
    familyName: row.family_name,
    alternateEmail: row.alternate_email,
    state: row.state,
    role: row.role,
    attributes: {
      ...Object.fromEntries(storedAttributes.map((name) => [name, attributes[name] ?? null])),
      manager: row.manager_id,
    },
    password: {
      state: credential === undefined ? 'none' : 'set',
      set: credential !== undefined,
      version: credential?.version ?? 0,
      changedAt: timeOrNull(credential?.changed_at ?? null),
      expiresAt: null,
      expired: false,
      mustChange: credential?.must_change === 1,
    },
    mfa: { totp: false, passkeys: 0 },
    bindings,
    createdAt: timeOf(row.created_at),
    updatedAt: timeOf(row.updated_at),
  }
}

/** Bindings as the contract shows them, in the same order. `emails` by user id, for accounts not seen yet. */
export async function presentBindings(
  db: Kysely<Database>,
  rows: readonly BindingRow[],
  emails: ReadonlyMap<string, string>,
): Promise<Binding[]> {
  const names = new Map<string, string>()
  for (const connectionId of new Set(rows.map((row) => row.connection_id))) {
    const ids = rows.flatMap((row) =>
      row.connection_id === connectionId && row.account_id !== null ? [row.account_id] : [],
    )
    for (const [id, found] of await findAccounts(db, connectionId, ids))
      names.set(`${connectionId} ${id}`, found.account.userPrincipalName)
  }
  return rows.map((row) =>
    toBinding(row, names.get(`${row.connection_id} ${row.account_id}`) ?? emails.get(row.user_id) ?? ''),
  )
}

function toBinding(row: BindingRow, userPrincipalName: string): Binding {
  return {
    userId: row.user_id as Binding['userId'],
    connectionId: row.connection_id as Binding['connectionId'],
    accountId: row.account_id as Binding['accountId'],
    userPrincipalName,
    state: row.state,
    password: {
      state: row.password_state,
      version: row.password_version,
      syncedAt: timeOrNull(row.password_synced_at),
      awaitingSince: row.password_state === 'awaiting_login' ? timeOrNull(row.awaiting_since) : null,
      reason: row.password_reason,
    },
    lastSyncAt: timeOrNull(row.last_sync_at),
    nextAttemptAt: timeOrNull(row.next_attempt_at),
    error: row.error === null ? null : (JSON.parse(row.error) as Binding['error']),
    drift: Drift.parse(JSON.parse(row.drift)).map((entry) => ({ ...entry, seenAt: timeOf(entry.seenAt) })),
    unmapped: JSON.parse(row.unmapped) as Binding['unmapped'],
  }
}
