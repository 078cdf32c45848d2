import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { Kysely } from 'kysely'
import { type Baseline, type Desired, immutableIdOf, presenceOf } from '../domain/desire.ts'
import { compileMapping, mapAttributes } from '../domain/mapping.ts'
import { match } from '../domain/match.ts'
import type { Target } from '../domain/plan.ts'
import { candidatesFor, findAccounts, type StoredAccount } from '../store/accounts.ts'
import { accountsOfUsers, type BindingRow, bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { membersAmong } from '../store/groups.ts'
import { pendingInForce } from '../store/pending-passwords.ts'
import type { Database } from '../store/schema.ts'
import { findUsersEvenDeleted, type UserRow, userAttributes } from '../store/users.ts'
import { settingsOf } from './following.ts'
import { licenceWishes } from './licence-wish.ts'

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
  now: number,
): Promise<Unit[]> {
  const ids = bindings.map((binding) => binding.user_id)
  const users = await findUsersEvenDeleted(db, ids)
  const waiting = await pendingInForce(db, connection.id, ids, now)
  const accounts = await findAccounts(
    db,
    connection.id,
    bindings.flatMap((binding) => binding.account_id ?? []),
  )
  const settings = settingsOf(connection)
  const managers = await accountsOfUsers(
    db,
    connection.id,
    [...users.values()].flatMap(({ manager_id }) => manager_id ?? []),
  )
  const { groups } = settings.scope
  const within = groups.length === 0 ? null : await membersAmong(db, groups, ids)
  const licencesOf = await licenceWishes(db, settings, bindings, users)
  const units: Unit[] = []
  for (const binding of bindings) {
    const user = users.get(binding.user_id)
    if (user === undefined) continue
    const outOfScope = within === null || within.has(user.id) ? null : settings.scope.leaving
    const desired = desiredOf(binding, user, settings, {
      passwordVersion: waiting.get(user.id)?.version ?? null,
      outOfScope,
      manager: (managers.get(user.manager_id ?? '') ?? null) as AccountId | null,
      licences: licencesOf(binding, outOfScope !== null),
    })
    const stored = binding.account_id === null ? null : (accounts.get(binding.account_id) ?? null)
    const target = stored === null ? await unseen(db, connection.id, desired) : held('bound', stored)
    units.push({ binding, user, desired, target, stored })
  }
  return units
}

export function desiredOf(
  binding: BindingRow,
  user: UserRow,
  settings: ConnectionSettings,
  {
    passwordVersion,
    outOfScope,
    manager,
    licences,
  }: Pick<Desired, 'passwordVersion' | 'outOfScope' | 'manager' | 'licences'>,
): Desired {
  return {
    userId: user.id as UserId,
    accountId: binding.account_id as AccountId | null,
    email: user.email,
    immutableId: immutableIdOf(user.id as UserId),
    ...followed(user, settings, manager),
    manager,
    presence: presenceOf(user),
    heldBack: user.state === 'staged' && settings.stagedAccounts === 'disabled',
    outOfScope,
    leaving: binding.unbind,
    mode: binding.attributes_mode,
    baseline: binding.baseline === null ? null : (JSON.parse(binding.baseline) as Baseline),
    driftPolicy: settings.driftPolicy,
    returning: binding.recover === 'return',
    repair: JSON.parse(binding.repair) as Desired['repair'],
    licences,
    passwordVersion,
    endPassword: binding.old_password === 'ending',
    enableFound: binding.enable === 1,
    overrideProtected: binding.override_protected === 1,
    named: binding.named === 1,
  }
}

/** What the mapping makes of a person. */
function followed(
  user: UserRow,
  settings: ConnectionSettings,
  manager: AccountId | null,
): Pick<Desired, 'attributes' | 'modes' | 'unmapped'> {
  const mapped = mapAttributes(compileMapping(settings.mapping), {
    email: user.email,
    attributes: userAttributes(user),
  })
  const passwordPolicies = settings.neverExpirePasswords ? 'push' : 'ignore'
  // A manager who has no account yet is waited for.
  const waits = user.manager_id !== null && manager === null
  const mode = waits ? 'ignore' : (settings.mapping.manager?.mode ?? 'push')
  return { ...mapped, modes: { ...mapped.modes, passwordPolicies, manager: mode } }
}

/** A stored account as the target of a plan. */
export function held(kind: 'bound' | 'matched', stored: StoredAccount): Target {
  if (stored.deletedAt !== null) return { kind: 'missing' }
  const { account, protection, blockedBy, revokeDue } = stored
  return { kind, account, protection, blockedBy, revokeDue: revokeDue && blockedBy !== null }
}

/** An account that is known by its id is not matched anew. */
async function unseen(db: Kysely<Database>, connectionId: string, desired: Desired): Promise<Target> {
  return desired.accountId === null ? await matchStored(db, connectionId, desired) : { kind: 'none' }
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
