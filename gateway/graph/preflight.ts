import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import type { TenantFailure } from '../domain/failure.ts'
import { TenantError } from './failure.ts'
import { odata } from './odata.ts'
import { listOf, type Reader } from './reader.ts'
import { type Rights, rightsOf, type Tokens } from './token.ts'
import { ReadRefused } from './transport.ts'
import { Domain, Organization } from './wire.ts'

export type Preflight = {
  checks: PreflightCheck[]
  tenantName: string
  domains: { name: string; verified: boolean; federated: boolean; isDefault: boolean; isInitial: boolean }[]
  /** Object id of our own service principal. */
  servicePrincipalId: string | null
}

type Level = PreflightCheck['level']
const check = (name: string, level: Level, ok: boolean, detail: string, remedy: string | null): PreflightCheck => ({
  check: name,
  ok,
  level,
  detail,
  remedy: ok ? null : remedy,
})

/** Directory roles by template id ("Microsoft Entra built-in roles", read 2026-11-23). */
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const tooMighty: Record<string, string> = {
  '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
  'e8611ab8-c189-46e8-94e1-60213ab1f814': 'Privileged Role Administrator',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'Privileged Authentication Administrator',
}
/** Roles that let an application set the passwords of people without a role. */
const setsPasswords = new Set([
  userAdministrator,
  '62e90394-69f5-4237-9190-012177145e10',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
])
const surplusRights = [
  'Directory.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
]

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

/** Asks the tenant everything that has to be true before it is connected. Each failed check has its remedy. */
export async function runPreflight(deps: { tokens: Tokens; reader: Reader; tenantId: string }): Promise<Preflight> {
  const { reader } = deps
  let token: string
  try {
    // A token keeps the rights that it was issued with.
    token = await deps.tokens.renew(null)
  } catch (error) {
    if (!(error instanceof TenantError)) throw error
    const { detail, remedy } = error.failure
    return {
      checks: [check('sign_in', 'error', false, detail, remedy)],
      tenantName: '',
      domains: [],
      servicePrincipalId: null,
    }
  }
  const rights = rightsOf(token)
  const whose = rights.delegated ? person : application
  const organization = await attempt(() => readList(reader, Organization, '/organization'))
  const listed = await attempt(() => readList(reader, Domain, '/domains'))
  const domains = (listed.value ?? []).map((domain) => ({
    name: domain.id,
    verified: domain.isVerified !== false,
    federated: domain.authenticationType === 'Federated',
    isDefault: domain.isDefault === true,
    isInitial: domain.isInitial === true,
  }))
  const roles = await rolesOf(reader, rights)
  return {
    checks: [
      check('sign_in', 'error', true, `${whose.name} signs in to the tenant.`, null),
      ...permissionChecks(rights.roles, whose),
      roleCheck(roles, whose),
      surplusCheck(rights.roles ?? [], roles ?? [], whose),
      organizationCheck(organization.value?.[0] ?? null, deps.tenantId),
      ...domainChecks(domains, listed.refused),
      await resellerCheck(reader, domains),
      expiryCheck(listed.value ?? []),
      ...(await readChecks(reader)),
    ],
    tenantName: organization.value?.[0]?.displayName ?? deps.tenantId,
    domains,
    servicePrincipalId: rights.delegated ? null : rights.principalId,
  }
}

/** Whose rights they are: the application's own, or those of the administrator who signed in at it. */
type Whose = { name: string; permission: string; assignee: string }
const application: Whose = {
  name: 'The application',
  permission: 'application permission',
  assignee: 'the enterprise application',
}
const person: Whose = {
  name: 'The administrator who signed in',
  permission: 'delegated permission',
  assignee: 'that administrator',
}

/** What can be proved by reading it is proved by reading it. */
async function readChecks(reader: Reader): Promise<PreflightCheck[]> {
  const users = await attempt(() => reader.read('/users?$top=1&$select=id'))
  const roles = await attempt(() => reader.read('/roleManagement/directory/roleAssignments?$top=1'))
  const licences = await attempt(() => readList(reader, Licence, '/subscribedSkus', licenceUnits))
  return [
    readCheck('read_users', 'error', users, 'Accounts can be read.', 'Grant User.ReadWrite.All'),
    readCheck(
      'protected_accounts',
      'error',
      roles,
      'Administrators are known and left alone.',
      'Grant RoleManagement.Read.Directory',
    ),
    readCheck('licences', 'warning', licences, licenceSentence(licences.value ?? []), 'Grant Organization.Read.All'),
  ]
}

function readCheck(name: string, level: Level, { refused }: Attempt<unknown>, detail: string, grant: string) {
  return check(name, level, refused === null, refused?.detail ?? detail, remedyOf(refused, grant))
}

/** What the permission would mend, where it is the permission; else what the tenant's own refusal asks for. */
const remedyOf = (refused: TenantFailure | null, grant: string) =>
  refused === null || refused.kind === 'forbidden'
    ? `${grant} with admin consent, then wait a few minutes.`
    : refused.remedy

function permissionChecks(granted: string[] | null, { permission }: Whose): PreflightCheck[] {
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
      `Add ${right} under API permissions of the app registration and grant admin consent. A new grant takes a few minutes.`,
    ),
  )
}

const RoleAssignment = z.looseObject({ roleDefinitionId: z.string() })

/** The directory roles of our own application: from its token, else asked; null when nobody tells. */
async function rolesOf(reader: Reader, { directoryRoles, principalId }: Rights): Promise<string[] | null> {
  if (directoryRoles?.some((role) => setsPasswords.has(role)) || principalId === null) return directoryRoles
  const url = `/roleManagement/directory/roleAssignments?$filter=${odata`principalId eq ${principalId}`}`
  const assigned = await attempt(() => readList(reader, RoleAssignment, url))
  if (assigned.value === null) return directoryRoles
  return [...(directoryRoles ?? []), ...assigned.value.map(({ roleDefinitionId }) => roleDefinitionId)]
}

function roleCheck(roles: string[] | null, whose: Whose): PreflightCheck {
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

function surplusCheck(granted: string[], roles: string[], { name }: Whose): PreflightCheck {
  const mighty = [...new Set(roles)].flatMap((role) => tooMighty[role] ?? [])
  const surplus = [...surplusRights.filter((right) => granted.includes(right)), ...mighty]
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

function organizationCheck(organization: z.infer<typeof Organization> | null, tenantId: string): PreflightCheck {
  if (organization === null)
    return check(
      'tenant',
      'warning',
      false,
      'The name of the tenant cannot be read.',
      'Grant Organization.Read.All with admin consent.',
    )
  const same = organization.id.toLowerCase() === tenantId.toLowerCase()
  return check(
    'tenant',
    'error',
    same,
    same ? `The tenant is ${organization.displayName ?? organization.id}.` : 'The answers come from another tenant.',
    'Check the tenant id and any proxy in between.',
  )
}

function domainChecks(domains: Preflight['domains'], refused: TenantFailure | null): PreflightCheck[] {
  if (refused !== null)
    return [check('domains', 'error', false, refused.detail, remedyOf(refused, 'Grant Domain.Read.All'))]
  const usable = domains.filter((domain) => domain.verified && !domain.federated)
  const federated = domains.filter((domain) => domain.federated).map((domain) => domain.name)
  return [
    check(
      'domains',
      'error',
      usable.length > 0,
      usable.length > 0
        ? `Verified domains: ${usable.map((domain) => domain.name).join(', ')}.`
        : 'No verified domain keeps its passwords at Microsoft.',
      'Verify a domain in Entra, or convert a federated one to managed.',
    ),
    check(
      'federation',
      'warning',
      federated.length === 0,
      federated.length === 0
        ? 'No domain is federated.'
        : `Federated, so passwords cannot be set there: ${federated.join(', ')}.`,
      'People in these domains are left alone until the domain is managed.',
    ),
  ]
}

/** Passwords of a resold tenant live at the reseller: its hosts stand in the federation of the domain. */
async function resellerCheck(reader: Reader, domains: Preflight['domains']): Promise<PreflightCheck> {
  for (const domain of domains.filter((each) => each.federated)) {
    const url = `/domains/${encodeURIComponent(domain.name)}/federationConfiguration`
    const federation = await attempt(() => readList(reader, z.record(z.string(), z.unknown()), url))
    if ((federation.value ?? []).some((each) => Object.values(each).some(isAtReseller))) {
      return check(
        'reseller',
        'error',
        false,
        `${domain.name} signs in at GoDaddy, which manages this tenant.`,
        'Leave the reseller first: make the domain managed as a Global Administrator, reset the passwords, and only then end the reseller relationship.',
      )
    }
  }
  return check('reseller', 'error', true, 'No reseller manages the tenant.', null)
}

function isAtReseller(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  return /(^|\.)(godaddy\.com|secureserver\.net)$/.test(new URL(value).hostname.toLowerCase())
}

function expiryCheck(domains: z.infer<typeof Domain>[]): PreflightCheck {
  const short = domains.filter(({ passwordValidityPeriodInDays: days }) => days != null && days < 36_500)
  return check(
    'password_expiry',
    'warning',
    short.length === 0,
    short.length === 0
      ? 'Passwords do not expire at Microsoft.'
      : `Passwords expire at Microsoft: ${short.map((domain) => `${domain.id} after ${domain.passwordValidityPeriodInDays} days`).join(', ')}.`,
    'Set passwords to never expire in the Microsoft 365 admin center; Lockstep is the one that asks for changes.',
  )
}

const licenceUnits = 3
const Licence = z.looseObject({
  skuPartNumber: z.string(),
  consumedUnits: z.number().nullish(),
  prepaidUnits: z.looseObject({ enabled: z.number().nullish() }).nullish(),
})

function licenceSentence(licences: z.infer<typeof Licence>[]): string {
  if (licences.length === 0) return 'The tenant has no licences.'
  return `Licences: ${licences.map((each) => `${each.skuPartNumber} ${each.consumedUnits ?? 0} of ${each.prepaidUnits?.enabled ?? 0}`).join(', ')}.`
}

type Attempt<T> = { value: T | null; refused: TenantFailure | null }

/** A read whose refusal is a finding rather than an error. What never answered is an error. */
async function attempt<T>(read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await read(), refused: null }
  } catch (error) {
    if (error instanceof ReadRefused) return { value: null, refused: error.failure }
    throw error
  }
}

async function readList<T extends z.ZodType>(
  reader: Reader,
  schema: T,
  url: string,
  units = 1,
): Promise<z.output<T>[]> {
  return listOf(schema, await reader.read(url, units), url)
}
