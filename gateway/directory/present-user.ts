import type { Binding } from '@lockstep/shared/contract/binding'
import type { User } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import { storedAttributes } from '../domain/user.ts'
import type { BindingRow } from '../store/bindings.ts'
import { type CredentialRow, findCredentials } from '../store/credentials.ts'
import { countFactors } from '../store/factors.ts'
import { presentBindings } from '../store/present-bindings.ts'
import type { Database } from '../store/schema.ts'
import { type UserRow, userAttributes } from '../store/users.ts'

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
  const factors = await countFactors(db, ids)
  const bound = await bindingsOf(db, ids)
  const bindings = new Map<string, Binding[]>()
  for (const binding of await presentBindings(db, bound))
    bindings.set(binding.userId, [...(bindings.get(binding.userId) ?? []), binding])
  return rows.map((row) => ({
    ...toUser(row, credentials.get(row.id), bindings.get(row.id) ?? []),
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

function toUser(row: UserRow, credential: CredentialRow | undefined, bindings: Binding[]): Omit<User, 'mfa'> {
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
    bindings,
    createdAt: timeOf(row.created_at),
    updatedAt: timeOf(row.updated_at),
  }
}
