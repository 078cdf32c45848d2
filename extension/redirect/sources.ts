/** Which Microsoft cloud a page belongs to; both US values of the setting mean the `.us` hosts. */
export type Cloud = 'global' | 'usgov' | 'china'

/** Why a person is sent to the portal; all that travels in the URL. */
export type Reason = 'change' | 'reset' | 'forced' | 'route'

/**
 * A page where a work account's password is changed or reset at Microsoft. The path is a regular expression in the
 * syntax that RE2 and JavaScript share, matched without regard to case right after the host.
 */
export type Source = {
  reason: 'change' | 'reset'
  cloud: Cloud
  hosts: readonly string[]
  path: string
  /** Set where only the fragment tells: network rules do not see it, the content script does. */
  fragment?: string
}

const end = '(?:[/?;#]|$)'
const securityInfo = `/security-info/password/change${end}`
const changePage = `/changepassword\\.aspx${end}`
const whole = '/'

const change = (cloud: Cloud, hosts: string[], path: string): Source => ({ reason: 'change', cloud, hosts, path })
const reset = (cloud: Cloud, hosts: string[], path: string): Source => ({ reason: 'reset', cloud, hosts, path })

/**
 * Microsoft's password pages for work accounts: Entra documentation on self-service password reset and the pages
 * themselves, read November 2026. Pages where reset methods are registered are left alone.
 */
export const sources: readonly Source[] = [
  change('global', ['mysignins.microsoft.com'], securityInfo),
  change('global', ['account.activedirectory.windowsazure.com'], changePage),
  change('global', ['portal.microsoftonline.com', 'portal.office.com', 'portal.microsoft.com'], changePage),
  {
    ...change('global', ['portal.office.com'], `/account${end}`),
    fragment: '^#/?(?:password|security)(?:[/?&]|$)',
  },
  reset('global', ['passwordreset.microsoftonline.com'], whole),
  reset('global', ['aka.ms'], `/sspr${end}`),

  change('usgov', ['mysignins.microsoft.us', 'mysignins.azure.us'], securityInfo),
  change('usgov', ['account.activedirectory.windowsazure.us'], changePage),
  change('usgov', ['portal.office365.us', 'portal.microsoftonline.us'], changePage),
  reset('usgov', ['passwordreset.microsoftonline.us'], whole),

  change('china', ['mysignins.microsoft.cn', 'mysignins.azure.cn'], securityInfo),
  change('china', ['account.activedirectory.windowsazure.cn'], changePage),
  change('china', ['portal.partner.microsoftonline.cn'], changePage),
  reset('china', ['passwordreset.activedirectory.windowsazure.cn'], whole),
]

/** Where the forced "Update your password" step of a sign-in may appear; its URL does not tell. */
export const loginHosts: Readonly<Record<Cloud, readonly string[]>> = {
  global: ['login.microsoftonline.com'],
  usgov: ['login.microsoftonline.us'],
  china: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
}

export const passwordHosts: readonly string[] = [...new Set(sources.flatMap((source) => source.hosts))]

/** A host as a match pattern of the manifest; aka.ms is everybody's, so only the one short link is asked for. */
export const matchPattern = (host: string): string => (host === 'aka.ms' ? 'https://aka.ms/sspr*' : `https://${host}/*`)

/** The source as a regular expression over a URL without its fragment. */
export function patternOf(source: Source): string {
  const hosts = source.hosts.map((host) => host.replaceAll('.', '\\.')).join('|')
  return `^https://(?:${hosts})${source.path}`
}

/** The same, as far as the question mark of a query, which must be there. */
export function queriedPatternOf(source: Source): string {
  const pattern = patternOf(source)
  const page = pattern.endsWith(end) ? `${pattern.slice(0, -end.length)}(?:[/;][^?]*)?` : `${pattern}[^?]*`
  return `${page}\\?`
}
