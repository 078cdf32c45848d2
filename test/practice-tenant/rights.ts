import type { Call } from './call.ts'
import { denied } from './errors.ts'
import type { Person, State } from './state.ts'

export const directoryRoles = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedAuthenticationAdministrator: '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  helpdeskAdministrator: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
}

/** Roles whose holders a User Administrator may still reset ("Working with users in Microsoft Graph", who can reset passwords). */
const withinReach = new Set([
  directoryRoles.userAdministrator,
  directoryRoles.helpdeskAdministrator,
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', // Directory Readers
  '95e79109-95c0-4d8e-aee3-d01accf2d47b', // Guest Inviter
  'fdd7a751-b60b-444a-984c-02652fe8fa1c', // Groups Administrator
  '790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b', // Message Center Reader
  '966707d0-3269-4727-9be2-8c3a10f19b9d', // Password Administrator
  '4a5d8f65-41da-4de4-8968-e035b65339cf', // Reports Reader
  '75934031-6c7e-415a-99d7-48dbd49e875e', // Usage Summary Reports Reader
])
const mighty = [directoryRoles.globalAdministrator, directoryRoles.privilegedAuthenticationAdministrator]
/** Roles whose holders may change people and groups ("Microsoft Entra built-in roles"). */
const administers = [...mighty, directoryRoles.userAdministrator]

/** "Who can perform sensitive actions". Deleting and restoring count too. */
const sensitive = new Set([
  'accountEnabled',
  'businessPhones',
  'mobilePhone',
  'onPremisesImmutableId',
  'otherMails',
  'passwordProfile',
  'userPrincipalName',
])

/**
 * Refuses a caller that has none of the permissions ("Microsoft Graph permissions reference"). An app that acts for somebody
 * may do no more than that person ("Overview of Microsoft Graph permissions", delegated access, read 2026-11-23).
 */
export function demand(call: Call, ...any: string[]): void {
  demandPermission(call, any)
  const { userId, roles } = call.caller
  if (userId !== null && !administers.some((role) => roles.has(role))) throw denied()
}

function demandPermission(call: Call, any: readonly string[]): void {
  if (![...any, 'Directory.ReadWrite.All'].some((right) => call.caller.permissions.has(right))) throw denied()
}

/** As `demand`, for reading: who may write may read. */
export function demandRead(call: Call, ...any: string[]): void {
  const wider = any.map((right) => right.replace('.Read.', '.ReadWrite.'))
  demandPermission(call, [...any, ...wider, 'Directory.Read.All'])
}

/** Holds a directory role that counts, or is member or owner of a group that roles can be given to. */
export function isPrivileged(state: State, id: string): boolean {
  const holder = (principal: string) =>
    state.roleAssignments.some((each) => each.principalId === principal && !withinReach.has(each.roleDefinitionId))
  if (holder(id)) return true
  for (const group of state.groups.values())
    if (group.properties['isAssignableToRole'] === true && (group.members.has(id) || group.owners.has(id))) return true
  return false
}

/** Refuses a sensitive action on somebody privileged, unless the caller holds one of the mightiest roles. */
export function demandReach(state: State, call: Call, target: Person, names: readonly string[]): void {
  if (!names.some((name) => sensitive.has(name))) return
  if (isPrivileged(state, target.id) && !mighty.some((role) => call.caller.roles.has(role))) throw denied()
}

/** Deleting and restoring are sensitive whatever they touch. */
export const demandReachToDelete = (state: State, call: Call, target: Person): void =>
  demandReach(state, call, target, ['accountEnabled'])

/** An app needs the permission and, as experience has it, at least User Administrator ("passwordProfile resource type"). */
export function demandPassword(state: State, call: Call): void {
  demand(call, 'User-PasswordProfile.ReadWrite.All')
  if (state.switches.passwordNeedsRole && !administers.some((role) => call.caller.roles.has(role))) throw denied()
}
