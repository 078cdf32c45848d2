import { adminHosts } from './redirect/admin-hosts.ts'
import { loginHosts, matchPattern, passwordHosts } from './redirect/sources.ts'

export type Browser = 'chrome' | 'firefox'

/** Why we ask for each; the browsers' warnings come from the hosts alone. */
export const permissionReasons: Readonly<Record<string, string>> = {
  declarativeNetRequestWithHostAccess: 'send people from Microsoft’s password pages to the portal before they load',
  storage: 'settings, policy and the sign-in',
  alarms: 'look every few minutes whether the portal answers and how the password is',
  identity: 'the sign-in window',
  sidePanel: 'the panel beside the admin center',
}

/** The id in Chromium: the fingerprint of the key. */
export const extensionId = 'khomjfilkemmnmieamlncpaednllelpc'

/** The public half of the key; the private one signs releases and lies in no repository. */
export const publicKey =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3nWIGWJyHF0lTU9eEzDiPmkgYhuyw36jwVjVRz+JOWIocD9CTA4eM70YFnKjupLgaaymVnH5DMKlTg24LcB6qt+JXwwxZwjgmlEE6C9i9LAI+yQ8Y2acggIeaYMkRHDXjZCIQFrKXBCzQOedU8ZJVonPpPmDtqhs6sbMNsVVVr05rsxKeS9NB8zUrY2JNmlk1+MiEySqINmjf8EMPsZxcF/L1DnQJ7GNLUf1czyMfoT2uJBN34pDSzcBZOSRhzZJeM7qpJnUR4L3ay0HM6E/ghqNx5vdsSmMjUurvr9towNPHIHUZixFHm9EY9KWPX1txqn82js+LdUokCpV0bRoWQIDAQAB'

const firefoxId = 'extension@lockstep.example'

const hosts = [...passwordHosts, ...Object.values(loginHosts).flat(), ...adminHosts].map(matchPattern)

const firefoxOnly = {
  browser_specific_settings: {
    gecko: {
      id: firefoxId,
      strict_min_version: '142.0',
      data_collection_permissions: { required: ['authenticationInfo' as const] },
    },
  },
}

/** Nobody may connect from outside: without the key every extension might. */
export const chromiumOnly = {
  key: publicKey,
  minimum_chrome_version: '120',
  externally_connectable: { ids: [], matches: [] },
}

/** The manifest but for what the build adds: entry points and content scripts. */
export function manifestFor(browser: Browser) {
  const firefox = browser === 'firefox'
  return {
    name: 'Lockstep',
    short_name: 'Lockstep',
    description:
      'Leads to your company’s portal where a Microsoft work password would be changed, and shows its state.',
    permissions: Object.keys(permissionReasons).filter((name) => !firefox || name !== 'sidePanel'),
    host_permissions: hosts,
    content_security_policy: { extension_pages: "script-src 'self'; object-src 'none'; base-uri 'none'" },
    web_accessible_resources: [{ resources: ['unreachable.html'], matches: passwordHosts.map(originPattern) }],
    storage: { managed_schema: 'managed_schema.json' },
    action: { default_title: 'Lockstep' },
    ...(firefox ? firefoxOnly : chromiumOnly),
  }
}

/** Web accessible resources are given by origin only. */
const originPattern = (host: string) => `https://${host}/*`
