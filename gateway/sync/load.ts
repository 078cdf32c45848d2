import { type Attribute, attributeNames } from '@lockstep/shared/contract/attributes'
import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { Kysely, Selectable } from 'kysely'
import type { Attributes } from '../domain/account.ts'
import { type Baseline, type Desired, immutableIdOf, presenceOf } from '../domain/desire.ts'
import { match } from '../domain/match.ts'
import type { Target } from '../domain/plan.ts'
import { candidatesFor, findAccounts, type StoredAccount } from '../store/accounts.ts'
import { type BindingRow, bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Database, Users } from '../store/schema.ts'

export type UserRow = Selectable<Users>

/** A binding with what it wants and what it has, ready to be planned. */
export type Unit = {
  binding: BindingRow
  user: UserRow
  desired: Desired
  target: Target
  stored: StoredAccount | null
}

/** Reads everything that planning these bindings needs, in a handful of queries. */
export async function loadUnits(
  db: Kysely<Database>,
  connection: ConnectionRow,
  bindings: readonly BindingRow[],
): Promise<Unit[]> {
  const users = await usersById(
    db,
    bindings.map((binding) => binding.user_id),
  )
  const versions = await waitingVersions(db, connection.id, [...users.keys()])
  const accounts = await findAccounts(
    db,
    connection.id,
    bindings.flatMap((binding) => binding.account_id ?? []),
  )
  const settings = JSON.parse(connection.settings) as ConnectionSettings
  const units: Unit[] = []
  for (const binding of bindings) {
    const user = users.get(binding.user_id)
    if (user === undefined) continue
    const desired = desiredOf(binding, user, settings, versions.get(user.id) ?? null)
    const stored = binding.account_id === null ? null : (accounts.get(binding.account_id) ?? null)
    const target = stored === null ? await matchStored(db, connection.id, desired) : held('bound', stored)
    units.push({ binding, user, desired, target, stored })
  }
  return units
}

export function desiredOf(
  binding: BindingRow,
  user: UserRow,
  settings: ConnectionSettings,
  passwordVersion: number | null,
): Desired {
  return {
    userId: user.id as UserId,
    accountId: binding.account_id as AccountId | null,
    email: user.email,
    immutableId: immutableIdOf(user.id as UserId),
    attributes: attributesOf(user),
    presence: presenceOf(user.state),
    leaving: binding.unbind,
    mode: binding.attributes_mode,
    baseline: binding.baseline === null ? null : (JSON.parse(binding.baseline) as Baseline),
    driftPolicy: settings.driftPolicy,
    passwordVersion,
    enableFound: binding.enable === 1,
    overrideProtected: binding.override_protected === 1,
    named: binding.named === 1,
  }
}

export function attributesOf(user: UserRow): Attributes {
  const stored = JSON.parse(user.attributes) as Partial<Record<Attribute, string | null>>
  const attributes = Object.fromEntries(attributeNames.map((name) => [name, stored[name] ?? null])) as Record<
    Attribute,
    string | null
  >
  return { ...attributes, displayName: user.display_name, givenName: user.given_name, familyName: user.family_name }
}

/** A stored account as the target of a plan. */
export function held(kind: 'bound' | 'matched', stored: StoredAccount): Target {
  if (stored.deletedAt !== null) return { kind: 'missing' }
  return { kind, account: stored.account, protection: stored.protection, blockedBy: stored.blockedBy }
}

/** Looks among the accounts that were observed; the tenant itself is asked before anything is created. */
async function matchStored(db: Kysely<Database>, connectionId: string, desired: Desired): Promise<Target> {
  const candidates = await candidatesFor(db, connectionId, desired)
  const found = match(
    desired,
    candidates.map((candidate) => candidate.account),
  )
  if (found.kind !== 'account') return found
  const owner = await bindingOfAccount(db, connectionId, found.account.id)
  if (owner !== undefined && owner.user_id !== desired.userId)
    return { kind: 'conflict', accountIds: [found.account.id] }
  const stored = candidates.find((candidate) => candidate.account.id === found.account.id)
  return stored === undefined ? { kind: 'none' } : held('matched', stored)
}

async function usersById(db: Kysely<Database>, ids: readonly string[]): Promise<Map<string, UserRow>> {
  const users = new Map<string, UserRow>()
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await db
      .selectFrom('users')
      .selectAll()
      .where('id', 'in', ids.slice(start, start + 500))
      .execute()
    for (const row of rows) users.set(row.id, row)
  }
  return users
}

/** Sealed passwords that wait, by user: only of the version that the directory holds, never of an open proposal. */
async function waitingVersions(
  db: Kysely<Database>,
  connectionId: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const versions = new Map<string, number>()
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await db
      .selectFrom('pending_passwords')
      .innerJoin('user_credentials', 'user_credentials.user_id', 'pending_passwords.user_id')
      .select(['pending_passwords.user_id', 'pending_passwords.version'])
      .where('pending_passwords.connection_id', '=', connectionId)
      .where('pending_passwords.user_id', 'in', ids.slice(start, start + 500))
      .whereRef('pending_passwords.version', '=', 'user_credentials.version')
      .execute()
    for (const row of rows) versions.set(row.user_id, row.version)
  }
  return versions
}
