import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import type { Administrator } from '../domain/break-glass.ts'
import { credentialChecks, readCredentialEnd } from './credential-end.ts'
import type { DelegatedCredential } from './delegated.ts'
import { TenantError } from './failure.ts'
import { atPortal, portalOf } from './portal.ts'
import { accountChecks } from './preflight-accounts.ts'
import { administratorChecks, readGlobalAdministrators } from './preflight-administrators.ts'
import { type Attempt, attempt, check, readList, refusedCheck } from './preflight-check.ts'
import { domainChecks, type TenantDomain } from './preflight-domains.ts'
import { application, permissionChecks, person, roleCheck, rolesOf, surplusCheck } from './preflight-rights.ts'
import { legacyCheck } from './preflight-sign-ins.ts'
import type { Reader } from './reader.ts'
import { type Credential, rightsOf, type Tokens } from './token.ts'
import { Organization } from './wire.ts'

export type Preflight = {
  checks: PreflightCheck[]
  tenantName: string
  domains: TenantDomain[]
  /** Object id of our own service principal. */
  servicePrincipalId: string | null
  /** When the secret or certificate ends; null: nobody tells. */
  credentialEndsAt: number | null
  /** Null: they cannot be read. */
  globalAdministrators: Administrator[] | null
  /** Where administrators of a national cloud work; null for the global one. */
  portal: string | null
}

type Deps = {
  tokens: Tokens
  reader: Reader
  tenantId: string
  clientId: string
  credential: Credential | DelegatedCredential
  graph: string
  now: () => number
}

/** Asks the tenant everything that has to be true before it is connected. Each failed check has its remedy. */
export async function runPreflight(deps: Deps): Promise<Preflight> {
  const { reader, now } = deps
  const portal = portalOf(deps.graph)
  let token: string
  try {
    // A token keeps the rights that it was issued with.
    token = await deps.tokens.renew(null)
  } catch (error) {
    if (!(error instanceof TenantError)) throw error
    const { detail, remedy } = error.failure
    return {
      checks: [check('sign_in', 'error', false, detail, remedy)].map(atPortal(portal)),
      tenantName: '',
      domains: [],
      servicePrincipalId: null,
      credentialEndsAt: null,
      globalAdministrators: null,
      portal,
    }
  }
  const rights = rightsOf(token)
  const whose = rights.delegated ? person : application
  const organization = await attempt(() => readList(reader, Organization, '/organization'))
  const syncEnabled = organization.value?.[0]?.onPremisesSyncEnabled === true
  const { checks: ofDomains, domains } = await domainChecks(reader)
  const roles = await rolesOf(reader, rights)
  const [credentialEndsAt, administrators, ...others] = await Promise.all([
    readCredentialEnd(reader, deps),
    attempt(() => readGlobalAdministrators(reader, now)),
    accountChecks(reader, syncEnabled),
    administratorChecks(reader),
    licenceCheck(reader),
    legacyCheck(reader),
  ])
  const checks = [
    check('sign_in', 'error', true, `${whose.name} signs in to the tenant.`, null),
    ...credentialChecks(deps.credential.kind, credentialEndsAt, now()),
    ...permissionChecks(rights.roles, whose),
    roleCheck(roles, whose),
    surplusCheck(rights.roles ?? [], roles ?? [], whose),
    organizationCheck(organization, deps.tenantId),
    ...ofDomains,
    ...others.flat(),
  ]
  return {
    checks: checks.map(atPortal(portal)),
    tenantName: organization.value?.[0]?.displayName ?? deps.tenantId,
    domains,
    servicePrincipalId: rights.delegated ? null : rights.principalId,
    credentialEndsAt,
    globalAdministrators: administrators.value,
    portal,
  }
}

function organizationCheck(read: Attempt<z.infer<typeof Organization>[]>, tenantId: string): PreflightCheck {
  if (read.refused !== null)
    return refusedCheck('tenant', 'warning', read.refused, 'read the name of the tenant', 'Organization.Read.All')
  const [organization] = read.value
  const same = organization?.id.toLowerCase() === tenantId.toLowerCase()
  return check(
    'tenant',
    'error',
    same,
    same ? `The tenant is ${organization?.displayName ?? organization?.id}.` : 'The answers come from another tenant.',
    'Check the tenant id and any proxy in between.',
  )
}

const licenceUnits = 3
const Licence = z.looseObject({
  skuPartNumber: z.string(),
  consumedUnits: z.number().nullish(),
  prepaidUnits: z.looseObject({ enabled: z.number().nullish() }).nullish(),
})

async function licenceCheck(reader: Reader): Promise<PreflightCheck> {
  const read = await attempt(() => readList(reader, Licence, '/subscribedSkus', licenceUnits))
  return read.refused === null
    ? check('licences', 'warning', true, licenceSentence(read.value), null)
    : refusedCheck('licences', 'warning', read.refused, 'read the licences', 'Organization.Read.All')
}

function licenceSentence(licences: z.infer<typeof Licence>[]): string {
  if (licences.length === 0) return 'The tenant has no licences.'
  return `Licences: ${licences.map((each) => `${each.skuPartNumber} ${each.consumedUnits ?? 0} of ${each.prepaidUnits?.enabled ?? 0}`).join(', ')}.`
}
