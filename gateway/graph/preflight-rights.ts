import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import { odata } from './odata.ts'
import { attempt, check, grantRemedy, type Level, readList } from './preflight-check.ts'
import type { Reader } from './reader.ts'
import type { Rights } from './token.ts'

/** Whose rights they are: the application's own, or those of the administrator who signed in at it. */
export type Whose = { name: string; permission: string; assignee: string }
export const application: Whose = {
  name: 'The application',
  permission: 'application permission',
  assignee: 'the enterprise application',
}
export const person: Whose = {
  name: 'The administrator who signed in',
  permission: 'delegated permission',
  assignee: 'that administrator',
}

/** Directory roles by template id ("Microsoft Entra built-in roles", read 2026-11-23). */
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const tooMighty: Record<string, string> = {
  [globalAdministrator]: 'Global Administrator',
  'e8611ab8-c189-46e8-94e1-60213ab1f814': 'Privileged Role Administrator',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'Privileged Authentication Administrator',
}
/** Roles that let an application set the passwords of people without a role. */
const setsPasswords = new Set([userAdministrator, globalAdministrator, '7be44c8a-adaf-4e2a-84d6-ab2649e08a13'])

/** What we need, and what also grants it ("Microsoft Graph permissions reference", read 2026-11-23). */
const needed: { right: string; or: string[]; level: Level; what: string }[] = [
  {
    right: 'User.ReadWrite.All',
    or: ['Directory.ReadWrite.All'],
    level: 'error',
    what: 'read, create, change and block accounts',
  },
  {
    right: 'User-PasswordProfile.ReadWrite.All',
    or: [],
    level: 'error',
    what: 'set passwords',
  },
  {
    right: 'Group.ReadWrite.All',
    or: ['Directory.ReadWrite.All'],
    level: 'warning',
    what: 'mark the tenant as its own, so that no second gateway writes to it, or follow groups',
  },
  {
    right: 'Organization.Read.All',
    or: ['Directory.Read.All', 'Directory.ReadWrite.All'],
    level: 'warning',
    what: 'read the name of the tenant',
  },
  {
    right: 'Domain.Read.All',
    or: ['Directory.Read.All', 'Directory.ReadWrite.All'],
    level: 'error',
    what: 'read the verified domains',
  },
  {
    right: 'RoleManagement.Read.Directory',
    or: [
      'RoleManagement.ReadWrite.Directory',
      'RoleManagement.Read.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
    level: 'error',
    what: 'see who is an administrator and leave them alone',
  },
]

/** What we can use besides, or what is a part of what we need. Anything else is more than we need. */
const useful = new Set([
  ...needed.map(({ right }) => right),
  'Application.Read.All',
  'AuditLog.Read.All',
  'Group.Read.All',
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'LicenseAssignment.Read.All',
  'LicenseAssignment.ReadWrite.All',
  'MailboxSettings.Read',
  'ProfilePhoto.Read.All',
  'RoleEligibilitySchedule.Read.Directory',
  'User.DeleteRestore.All',
  'User.EnableDisableAccount.All',
  'User.Read.All',
  'User.RevokeSessions.All',
  // What the sign-in of a person brings along.
  'User.Read',
  'email',
  'offline_access',
  'openid',
  'profile',
])

/** What the token says; what can be read is proved by reading it, and nothing is written to prove the rest. */
export function permissionChecks(granted: string[] | null, { permission }: Whose): PreflightCheck[] {
  if (granted === null) {
    return [
      check(
        'permissions',
        'warning',
        false,
        'The access token does not tell which permissions are granted.',
        'Compare the API permissions of the app registration with the list in "Connect a tenant".',
      ),
    ]
  }
  const missing = needed.filter(({ right, or }) => ![right, ...or].some((each) => granted.includes(each)))
  if (missing.length === 0) return [check('permissions', 'error', true, `All ${permission}s are granted.`, null)]
  return missing.map(({ right, level, what }) =>
    check(
      'permissions',
      level,
      false,
      `The ${permission} ${right} is missing, so Lockstep cannot ${what}.`,
      grantRemedy(right),
    ),
  )
}

const RoleAssignment = z.looseObject({ roleDefinitionId: z.string() })

/** The directory roles of our own application: from its token, else asked; null when nobody tells. */
export async function rolesOf(reader: Reader, { directoryRoles, principalId }: Rights): Promise<string[] | null> {
  if (directoryRoles?.some((role) => setsPasswords.has(role)) || principalId === null) return directoryRoles
  const url = `/roleManagement/directory/roleAssignments?$filter=${odata`principalId eq ${principalId}`}`
  const assigned = await attempt(() => readList(reader, RoleAssignment, url))
  if (assigned.value === null) return directoryRoles
  return [...(directoryRoles ?? []), ...assigned.value.map(({ roleDefinitionId }) => roleDefinitionId)]
}

export function roleCheck(roles: string[] | null, whose: Whose): PreflightCheck {
  const holds = roles?.some((role) => setsPasswords.has(role)) === true
  const name = roles?.includes(userAdministrator) ? 'User Administrator' : 'that sets passwords'
  const missing =
    roles === null
      ? `Nobody tells whether ${whose.name.toLowerCase()} holds the role User Administrator. Without it Microsoft refuses passwords.`
      : `${whose.name} does not hold the role User Administrator, so Microsoft refuses passwords.`
  return check(
    'user_administrator',
    roles === null ? 'warning' : 'error',
    holds,
    holds ? `${whose.name} holds the role ${name}.` : missing,
    `In Entra, under Roles & admins, assign User Administrator to ${whose.assignee}. It takes up to 15 minutes.`,
  )
}

export function surplusCheck(granted: string[], roles: string[], { name }: Whose): PreflightCheck {
  const mighty = [...new Set(roles)].flatMap((role) => tooMighty[role] ?? [])
  const surplus = [...granted.filter((right) => !useful.has(right)), ...mighty]
  return check(
    'surplus_rights',
    'warning',
    surplus.length === 0,
    surplus.length === 0
      ? `${name} has no more rights than Lockstep needs.`
      : `${name} may do more than Lockstep needs: ${surplus.join(', ')}.`,
    'Take these away: a stolen secret would be worth more than it has to be.',
  )
}
