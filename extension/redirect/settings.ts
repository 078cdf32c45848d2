import type { Cloud } from './sources.ts'

export const settingKeys = [
  'gatewayUrl',
  'organisation',
  'redirect',
  'clouds',
  'domains',
  'allowPass',
  'supportContact',
  'rulesKey',
] as const
export type SettingKey = (typeof settingKeys)[number]

export type Settings = {
  /** Origin of the gateway; null while nobody has said where it is. */
  gatewayUrl: string | null
  organisation: string | null
  redirect: boolean
  clouds: readonly Cloud[]
  /** Lower case; empty when every work account is meant. */
  domains: readonly string[]
  allowPass: boolean
  supportContact: string | null
  rulesKey: string | null
}

export type SettingProblem = { key: SettingKey; message: string }
export type Resolved = { settings: Settings; locked: readonly SettingKey[]; problems: readonly SettingProblem[] }

type Given = Readonly<Record<string, unknown>>

/**
 * The settings that act: policy before the person's own, key by key, then defaults. A bad gatewayUrl never acts: the
 * last good one does, and the problem says so.
 */
export function resolveSettings(managed: Given, own: Given, lastGoodGatewayUrl: string | null): Resolved {
  const problems: SettingProblem[] = []
  const locked = settingKeys.filter((key) => managed[key] !== undefined)
  const given = (key: SettingKey): unknown => (managed[key] === undefined ? own[key] : managed[key])
  const text = (key: SettingKey) => nonEmptyText(given(key), (message) => problems.push({ key, message }))
  const flag = (key: SettingKey, fallback: boolean) => {
    const value = given(key)
    if (value === undefined || typeof value === 'boolean') return value ?? fallback
    problems.push({ key, message: 'Give true or false.' })
    return fallback
  }
  const settings: Settings = {
    gatewayUrl: gatewayUrlFrom(given('gatewayUrl'), lastGoodGatewayUrl, problems),
    organisation: text('organisation'),
    redirect: flag('redirect', true),
    clouds: cloudsFrom(given('clouds'), problems),
    domains: domainsFrom(given('domains'), problems),
    allowPass: flag('allowPass', false),
    supportContact: text('supportContact'),
    rulesKey: text('rulesKey'),
  }
  return { settings, locked, problems }
}

function nonEmptyText(value: unknown, complain: (message: string) => void): string | null {
  if (value === undefined || value === '') return null
  if (typeof value === 'string') return value.trim().slice(0, 200) || null
  complain('Give a text.')
  return null
}

function gatewayUrlFrom(value: unknown, lastGood: string | null, problems: SettingProblem[]): string | null {
  if (value === undefined || value === '') return null
  const checked = checkGatewayUrl(value)
  if (checked.ok) return checked.origin
  const fallback = lastGood !== null && checkGatewayUrl(lastGood).ok ? lastGood : null
  const consequence = fallback === null ? '' : ` Until it is put right, ${fallback} is used.`
  problems.push({ key: 'gatewayUrl', message: checked.message + consequence })
  return fallback
}

function cloudsFrom(value: unknown, problems: SettingProblem[]): readonly Cloud[] {
  if (value === undefined) return ['global']
  if (!Array.isArray(value)) {
    problems.push({ key: 'clouds', message: 'Give a list of cloud names.' })
    return ['global']
  }
  const byName = new Map<unknown, Cloud>([
    ['global', 'global'],
    ['usgov', 'usgov'],
    ['usgovdod', 'usgov'],
    ['china', 'china'],
  ])
  return [...new Set(value.flatMap((name) => byName.get(name) ?? []))]
}

function domainsFrom(value: unknown, problems: SettingProblem[]): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    problems.push({ key: 'domains', message: 'Give a list of domains.' })
    return []
  }
  const domains: string[] = []
  for (const item of value.slice(0, 500)) {
    const domain = typeof item === 'string' ? item.trim().toLowerCase().replace(/^@/, '') : ''
    if (isDomain(domain)) domains.push(domain)
    else problems.push({ key: 'domains', message: `"${String(item).slice(0, 60)}" is not a domain.` })
  }
  return [...new Set(domains)]
}

const isDomain = (text: string) =>
  text.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(text)

const microsoftSuffixes = [
  ...[
    'microsoft.com',
    'microsoft.us',
    'microsoft.cn',
    'microsoftonline.com',
    'microsoftonline.us',
    'microsoftonline.cn',
  ],
  ...['microsoftonline-p.com', 'windowsazure.com', 'windowsazure.us', 'windowsazure.cn', 'azure.com', 'azure.us'],
  ...['azure.cn', 'chinacloudapi.cn', 'windows.net', 'office.com', 'office.net', 'office365.com', 'office365.us'],
  ...['live.com', 'aka.ms', 'sharepoint.com', 'outlook.com', 'msauth.net', 'msftauth.net', 'onmicrosoft.com'],
  ...['b2clogin.com', 'ciamlogin.com', 'xbox.com', 'cloud.microsoft'],
]

export type CheckedUrl = { ok: true; origin: string } | { ok: false; message: string }

/** Whether a value may be where people are sent: an https origin (http on loopback), and not Microsoft's. */
export function checkGatewayUrl(value: unknown): CheckedUrl {
  const refuse = (message: string): CheckedUrl => ({ ok: false, message })
  if (typeof value !== 'string') return refuse('Give the address as text.')
  const text = value.trim()
  if (!/^https?:\/\/[^/\\?#@\s]+\/?$/i.test(text) || !URL.canParse(text)) {
    return refuse('Give the origin alone, like https://lockstep.example.com, without user, path, query or fragment.')
  }
  const url = new URL(text)
  const loopback = isLoopback(url.hostname)
  if (url.protocol !== 'https:' && !loopback) return refuse('Use https. Plain http is accepted on this computer only.')
  const host = url.hostname.replace(/\.$/, '')
  if (microsoftSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))) {
    return refuse('This is an address of Microsoft. Give the address of your Lockstep gateway.')
  }
  return { ok: true, origin: url.origin }
}

const isLoopback = (host: string) =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
