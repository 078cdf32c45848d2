import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import type { TenantFailure } from '../domain/failure.ts'
import { attempt, check, readList, refusedCheck } from './preflight-check.ts'
import type { Reader } from './reader.ts'
import { Domain } from './wire.ts'

type Listed = z.infer<typeof Domain>
export type TenantDomain = {
  name: string
  verified: boolean
  federated: boolean
  isDefault: boolean
  isInitial: boolean
}

/** Which domains there are, whether their passwords are kept at Microsoft, and when these expire there. */
export async function domainChecks(reader: Reader): Promise<{ checks: PreflightCheck[]; domains: TenantDomain[] }> {
  const listed = await attempt(() => readList(reader, Domain, '/domains'))
  const domains = (listed.value ?? []).map((domain) => ({
    name: domain.id,
    verified: domain.isVerified !== false,
    federated: domain.authenticationType === 'Federated',
    isDefault: domain.isDefault === true,
    isInitial: domain.isInitial === true,
  }))
  const checks = [
    ...usableChecks(domains, listed.refused),
    await resellerCheck(reader, domains),
    expiryCheck(listed.value ?? []),
  ]
  return { checks, domains }
}

function usableChecks(domains: TenantDomain[], refused: TenantFailure | null): PreflightCheck[] {
  if (refused !== null) return [refusedCheck('domains', 'error', refused, 'read the domains', 'Domain.Read.All')]
  const usable = domains.filter((domain) => domain.verified && !domain.federated)
  const federated = domains.filter((domain) => domain.federated).map((domain) => domain.name)
  const unverified = domains.filter((domain) => !domain.verified).map((domain) => domain.name)
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
      'verification',
      'warning',
      unverified.length === 0,
      unverified.length === 0
        ? 'Every domain is verified.'
        : `Not verified, so nobody can have an address there yet: ${unverified.join(', ')}.`,
      'Prove in Entra that the domain is yours, or remove it there.',
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
async function resellerCheck(reader: Reader, domains: TenantDomain[]): Promise<PreflightCheck> {
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

function expiryCheck(domains: Listed[]): PreflightCheck {
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
