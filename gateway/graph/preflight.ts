import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import { TenantError } from './failure.ts'
import { rightsOf, type Tokens } from './token.ts'
import { ReadRefused, type Transport } from './transport.ts'
import { Domain, Organization, Page } from './wire.ts'

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
    or: ['Directory.ReadWrite.All'],
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
export async function runPreflight(deps: {
  tokens: Tokens
  transport: Transport
  tenantId: string
}): Promise<Preflight> {
  const { transport } = deps
  let token: string
  try {
    token = await deps.tokens.get(true)
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
  const checks = [
    check('sign_in', 'error', true, 'The application signs in to the tenant.', null),
    ...permissions(rights),
  ]
  const organization = await attempt(async () => firstOf(Organization, await transport.read('/organization')))
  checks.push(organizationCheck(organization.value, deps.tenantId))
  const listed = await attempt(async () => allOf(Domain, await transport.read('/domains')))
  const domains = (listed.value ?? []).map((domain) => ({
    name: domain.id,
    verified: domain.isVerified !== false,
    federated: domain.authenticationType === 'Federated',
    isDefault: domain.isDefault === true,
    isInitial: domain.isInitial === true,
  }))
  checks.push(
    ...domainChecks(domains, listed.failed),
    await resellerCheck(transport, domains),
    expiryCheck(listed.value ?? []),
  )
  const users = await attempt(() => transport.read('/users?$top=1&$select=id'))
  checks.push(
    check(
      'read_users',
      'error',
      users.failed === null,
      users.failed ?? 'Accounts can be read.',
      'Grant User.ReadWrite.All with admin consent, then wait a few minutes.',
    ),
  )
  const roles = await attempt(() => transport.read('/roleManagement/directory/roleAssignments?$top=1'))
  checks.push(
    check(
      'protected_accounts',
      'error',
      roles.failed === null,
      roles.failed ?? 'Administrators are known and left alone.',
      'Grant RoleManagement.Read.Directory with admin consent.',
    ),
  )
  const licences = await attempt(async () => allOf(Licence, await transport.read('/subscribedSkus')))
  checks.push(
    check(
      'licences',
      'warning',
      licences.failed === null,
      licences.failed ?? licenceSentence(licences.value ?? []),
      'Grant Organization.Read.All to show licences.',
    ),
  )
  return {
    checks,
    tenantName: organization.value?.displayName ?? deps.tenantId,
    domains,
    servicePrincipalId: rights.principalId,
  }
}

function permissions({ roles, directoryRoles }: ReturnType<typeof rightsOf>): PreflightCheck[] {
  const has = (right: string) => roles.includes(right)
  const missing = needed.filter(({ right, or }) => !has(right) && !or.some(has))
  const checks = missing.map(({ right, level, what }) =>
    check(
      'permissions',
      level,
      false,
      `The application permission ${right} is missing, so Lockstep cannot ${what}.`,
      `Add ${right} under API permissions of the app registration and grant admin consent. A new grant takes a few minutes.`,
    ),
  )
  if (missing.length === 0)
    checks.push(check('permissions', 'error', true, 'All application permissions are granted.', null))
  const mighty = directoryRoles.filter((role) => role in tooMighty)
  checks.push(
    check(
      'user_administrator',
      'error',
      directoryRoles.includes(userAdministrator) || mighty.length > 0,
      directoryRoles.includes(userAdministrator)
        ? 'The application holds the role User Administrator.'
        : 'The application does not hold the role User Administrator, so Microsoft refuses passwords.',
      'In Entra, under Roles & admins, assign User Administrator to the enterprise application. It takes up to 15 minutes.',
    ),
  )
  const surplus = [...surplusRights.filter(has), ...mighty.map((role) => tooMighty[role] ?? role)]
  checks.push(
    check(
      'surplus_rights',
      'warning',
      surplus.length === 0,
      surplus.length === 0
        ? 'The application has no more rights than it needs.'
        : `The application may do more than Lockstep needs: ${surplus.join(', ')}.`,
      'Take these away: a stolen secret would be worth more than it has to be.',
    ),
  )
  return checks
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

function domainChecks(domains: Preflight['domains'], failed: string | null): PreflightCheck[] {
  if (failed !== null) return [check('domains', 'error', false, failed, 'Grant Domain.Read.All with admin consent.')]
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

/** Passwords of a resold tenant live at the reseller. */
async function resellerCheck(transport: Transport, domains: Preflight['domains']): Promise<PreflightCheck> {
  for (const domain of domains.filter((each) => each.federated)) {
    const federation = await attempt(() =>
      transport.read(`/domains/${encodeURIComponent(domain.name)}/federationConfiguration`),
    )
    if (/https?:\/\/[^"/]*(godaddy\.com|secureserver\.net)/i.test(JSON.stringify(federation.value ?? ''))) {
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

const Licence = z.looseObject({
  skuPartNumber: z.string(),
  consumedUnits: z.number().nullish(),
  prepaidUnits: z.looseObject({ enabled: z.number().nullish() }).nullish(),
})

function licenceSentence(licences: z.infer<typeof Licence>[]): string {
  if (licences.length === 0) return 'The tenant has no licences.'
  return `Licences: ${licences.map((each) => `${each.skuPartNumber} ${each.consumedUnits ?? 0} of ${each.prepaidUnits?.enabled ?? 0}`).join(', ')}.`
}

/** A read whose refusal is a finding rather than an error. What never answered is an error. */
async function attempt<T>(read: () => Promise<T>): Promise<{ value: T | null; failed: string | null }> {
  try {
    return { value: await read(), failed: null }
  } catch (error) {
    if (error instanceof ReadRefused) return { value: null, failed: error.failure.detail }
    throw error
  }
}

const allOf = <T extends z.ZodType>(schema: T, body: unknown): z.output<T>[] =>
  Page.parse(body).value.map((item) => schema.parse(item))
const firstOf = <T extends z.ZodType>(schema: T, body: unknown): z.output<T> | null => allOf(schema, body)[0] ?? null
