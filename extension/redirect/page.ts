import type { Settings } from './settings.ts'
import { loginHosts, patternOf, type Reason, type Source, sources } from './sources.ts'

/** What a page asks about: the settings that decide whether a person is sent away from it. */
export type Scope = Pick<Settings, 'redirect' | 'clouds' | 'domains'>

/**
 * The reason to send a person from this URL to the portal, or null to leave the page alone. Equal to what the network
 * rules do, and more: it sees fragments and escaped letters.
 */
export function reasonToLeave(address: string, scope: Scope): Reason | null {
  if (!scope.redirect || !URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== 'https:' || isNeverTouched(url)) return null
  const source = sources.find((candidate) => scope.clouds.includes(candidate.cloud) && isPage(candidate, url))
  if (!source || namesAnotherDomain(url, scope.domains)) return null
  return source.reason
}

/** Whether the forced password change of this sign-in page concerns us; the DOM tells whether there is one. */
export function mayForceChange(address: string, scope: Scope): boolean {
  if (!scope.redirect || !URL.canParse(address)) return false
  const url = new URL(address)
  const ours = scope.clouds.some((cloud) => loginHosts[cloud].includes(url.hostname))
  return ours && url.protocol === 'https:' && !isNeverTouched(url) && !namesAnotherDomain(url, scope.domains)
}

function isPage(source: Source, url: URL): boolean {
  if (source.fragment !== undefined && !new RegExp(source.fragment, 'i').test(url.hash)) return false
  return new RegExp(patternOf(source), 'i').test(url.origin + unescaped(url.pathname) + url.search)
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const consumerHosts = /(?:^|\.)(?:live\.com|xbox\.com|account\.microsoft\.com|b2clogin\.com|ciamlogin\.com)$/
const consumerPaths = /^\/(?:consumers|9188040d-6c67-4c5b-b112-36a304b66dad|te|tfp)(?:\/|$)/i

/** Personal accounts and customer identities: never ours, whatever the settings say. */
export function isNeverTouched(url: URL): boolean {
  if (consumerHosts.test(url.hostname)) return true
  if (!Object.values(loginHosts).flat().includes(url.hostname)) return false
  return consumerPaths.test(url.pathname) || /^b2c_1/i.test(url.searchParams.get('p') ?? '')
}

/** A parameter whose value is a user name: it names the domain after the last `@`. */
export const userHints = ['login_hint', 'username'] as const
/** A parameter whose value is a domain. */
export const domainHints = ['whr', 'domain_hint'] as const

/** True when the URL names domains and none of ours is among them. Nothing named means that it may be ours. */
function namesAnotherDomain(url: URL, domains: readonly string[]): boolean {
  if (domains.length === 0) return false
  const named = domainsNamedIn(url)
  return named.length > 0 && !named.some((domain) => domains.includes(domain))
}

function domainsNamedIn(url: URL): string[] {
  const named: string[] = []
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase()
    const text = value.trim().toLowerCase()
    if (userHints.some((hint) => hint === key) && text.includes('@')) named.push(text.slice(text.lastIndexOf('@') + 1))
    if (domainHints.some((hint) => hint === key) && text.includes('.')) named.push(text.replace(/^@/, ''))
  }
  return named
}
