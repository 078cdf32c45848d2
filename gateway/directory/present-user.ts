import type { Binding } from '@lockstep/shared/contract/binding'
import type { User } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import { type ExpiryPolicy, expiresAt, isExpired } from '../domain/password-age.ts'
import { storedAttributes } from '../domain/user.ts'
import type { BindingRow } from '../store/bindings.ts'
import { type CredentialRow, findCredentials } from '../store/credentials.ts'
import { countFactors } from '../store/factors.ts'
import { presentBindings } from '../store/present-bindings.ts'
import type { Database } from '../store/schema.ts'
import { type UserRow, userAttributes } from '../store/users.ts'
import type { Context } from './context.ts'

export const timeOf = (at: number) => new Date(at).toISOString()
export const timeOrNull = (at: number | null) => (at === null ? null : timeOf(at))

/** What presenting people needs to know besides their rows. */
export type Presenting = {
  store: Pick<Context['store'], 'db'>
  runtime: Pick<Context['runtime'], 'now'>
  settings: Pick<Context['settings'], 'passwordExpiry'>
}

export async function presentUser(context: Presenting, row: UserRow): Promise<User> {
  const [user] = await presentUsers(context, [row])
  if (user === undefined) throw new Error('A person could not be presented.')
  return user
}

/** People as the contract shows them, in the same order. */
export async function presentUsers(
  { store: { db }, runtime, settings }: Presenting,
  rows: readonly UserRow[],
): Promise<User[]> {
  const ids = rows.map((row) => row.id)
  const credentials = await findCredentials(db, ids)
  const factors = await countFactors(db, ids)
  const bound = await bindingsOf(db, ids)
  const bindings = new Map<string, Binding[]>()
  for (const binding of await presentBindings(db, bound))
    bindings.set(binding.userId, [...(bindings.get(binding.userId) ?? []), binding])
  return rows.map((row) => ({
    ...toUser(row, bindings.get(row.id) ?? []),
    password: passwordOf(row, credentials.get(row.id), settings.passwordExpiry, runtime.now()),
    mfa: mfaOf(factors.get(row.id)),
  }))
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

const mfaOf = ({ totp, passkeys } = { totp: 0, passkeys: 0 }) => ({ totp: totp > 0, passkeys })

function passwordOf(
  { expiry_blocked_at }: UserRow,
  credential: CredentialRow | undefined,
  policy: ExpiryPolicy | null,
  now: number,
): User['password'] {
  const expired = credential !== undefined && isExpired(policy, credential.changed_at, now)
  return {
    state: credential === undefined ? 'none' : expired ? 'expired' : 'set',
    set: credential !== undefined,
    version: credential?.version ?? 0,
    changedAt: timeOrNull(credential?.changed_at ?? null),
    expiresAt: timeOrNull(credential === undefined ? null : expiresAt(policy, credential.changed_at)),
    expired,
    blocked: expiry_blocked_at !== null,
    mustChange: credential?.must_change === 1,
  }
}

function toUser(row: UserRow, bindings: Binding[]): Omit<User, 'mfa' | 'password'> {
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
    bindings,
    createdAt: timeOf(row.created_at),
    updatedAt: timeOf(row.updated_at),
  }
}
