import { constants } from 'node:fs'
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { extensionId } from '@lockstep/shared/contract/extension'
import { type Locale, locales } from '@lockstep/shared/messages/locale'
import { type Adapter, Low } from 'lowdb'
import { z } from 'zod'
import type { Breached, DirectorySettings } from './directory/context.ts'
import { defaultCost, type HashCost, isStrong } from './domain/hash-cost.ts'
import { loopback } from './domain/loopback.ts'
import type { ExpiryPolicy } from './domain/password-age.ts'
import { defaultPolicy } from './domain/password-policy.ts'
import type { FactorPolicy } from './domain/second-factor.ts'
import { Secret } from './domain/secret.ts'
import { lineOf, placesIn } from './json-places.ts'
import type { KeySource } from './store/instance-key.ts'

/** The instance cannot start as it is set up; the message says where and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

const publicUrl = z.url({ protocol: /^https?$/ }).refine(
  (value) => {
    const url = new URL(value)
    const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
    return bare && (url.protocol === 'https:' || loopback.test(url.hostname))
  },
  { message: 'Give an https origin without a path, like https://id.contoso.example (http on this machine only).' },
)
const port = z.number().int().min(0).max(65_535)
const cloudOrigin = z
  .url({ protocol: /^https$/ })
  .refine((value) => URL.canParse(value) && new URL(value).origin === value.replace(/\/$/, ''), {
    message: 'Give an https origin without a path.',
  })
const mailUrl = z.url({ protocol: /^smtps?$/, error: 'Give a URL like smtp://mail.contoso.example:587.' })

const rangeUrl = z.url({ protocol: /^https?$/ }).refine(
  (value) => {
    const { protocol, hostname, search, hash, username } = new URL(value)
    return (protocol === 'https:' || loopback.test(hostname)) && search + hash + username === ''
  },
  { message: 'Give an https URL like https://api.pwnedpasswords.com/range (http on this machine only).' },
)

const hashing = z
  .strictObject({ memoryKib: z.number().int().max(65_536), passes: z.number().int().max(3) })
  .refine(({ memoryKib, passes }) => isStrong({ memoryCost: memoryKib, timeCost: passes, parallelism: 1 }), {
    message: 'Too weak. Use at least 19456 KiB with 2 passes, or 47104 KiB with 1.',
  })

/** `lockstep.json`: this instance's own settings. What belongs to the organisation is in the store. */
export const Settings = z.strictObject({
  /** Where people reach the gateway. */
  publicUrl: publicUrl.optional(),
  listen: z
    .strictObject({ host: z.string().min(1).max(255), port })
    .partial()
    .optional(),
  organisation: z.string().trim().min(1).max(100).optional(),
  /** Whom people ask: a sentence, an address or a number. */
  supportContact: z.string().trim().min(1).max(200).optional(),
  /** Of pages and mails, where a person's own is not known. */
  language: z.enum(locales).optional(),
  mail: z.strictObject({ url: mailUrl, from: z.email() }).optional(),
  /** File that holds the instance key; by default `instance.key` in the data folder. */
  keyFile: z.string().min(1).max(4096).optional(),
  /** Program and its arguments, instead of a file: prints the instance key, for example from a key management service. */
  keyCommand: z.tuple([z.string().min(1).max(4096)], z.string().max(4096)).optional(),
  /** Origins of Graph and sign-in hosts, besides Microsoft's and this machine, that a connection may name. */
  allowedClouds: z.array(cloudOrigin).max(20).optional(),
  /** App registration at which administrators sign in to connect a tenant, with a file that holds its secret. */
  delegatedApp: z
    .strictObject({
      clientId: z.guid('Give the application (client) id: a GUID.').toLowerCase(),
      clientSecretFile: z.string().min(1).max(4096),
      /** The one tenant, by id or domain, that the application is for; without it any organisation. */
      tenant: z
        .string()
        .regex(/^[\w.-]+$/)
        .max(253)
        .optional(),
    })
    .optional(),
  /** Addresses or networks of reverse proxies whose X-Forwarded headers are believed. */
  trustedProxies: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(50)
    .optional(),
  /** Of whom a second factor is demanded: `admins` (helpdesk included) unless said otherwise. `nobody` is for trials. */
  requireSecondFactor: z.enum(['admins', 'everybody', 'nobody']).optional(),
  events: z.strictObject({ retainDays: z.number().int().min(30).max(36_500) }).optional(),
  passwords: z
    .strictObject({
      minLength: z.number().int().min(8, 'Microsoft 365 takes no password under 8 characters.').max(64),
      /** `nist`: at least 15 characters alone, 8 beside a second factor. */
      preset: z.enum(['nist']),
      /** The organisation's own words, which count as banned. */
      words: z.array(z.string().trim().min(4).max(64)).max(1_000),
      /** Cost of argon2id. Hashes of another cost are replaced at the next sign-in. */
      hashing,
      /** After how many days a password expires; without it never. Accounts are blocked only where `block` says so. */
      expiry: z.strictObject({
        afterDays: z.number().int().min(30).max(3_650),
        graceDays: z.number().int().min(1).max(365).default(14),
        block: z.boolean().default(false),
      }),
      /** SHA-1 of breached passwords in hex, one a line, sorted. */
      breachedFile: z.string().min(1).max(4096),
      /** Or a service that is asked by the first five digits of the SHA-1, like https://api.pwnedpasswords.com/range. */
      breachedUrl: rangeUrl,
      /** Whether a password is accepted while neither can be asked. */
      failOpen: z.boolean(),
    })
    .partial()
    .optional(),
  /** Ids of the extension that may sign in: Chromium's 32 letters, or Firefox's 40 hex digits. */
  extensionIds: z
    .array(z.string().regex(/^([a-p]{32}|[0-9a-f]{40})$/))
    .max(20)
    .optional(),
})
export type Settings = z.infer<typeof Settings>

/** Everything that the gateway needs to know before it opens its store. The environment wins over the file. */
export type Instance = {
  dataFolder: string
  /** Null: this machine, at the port that is listened on. */
  publicUrl: string | null
  listen: { host: string; port: number }
  organisation: string
  supportContact: string | null
  language: Locale
  mail: { url: Secret; from: string } | null
  databaseUrl: Secret | null
  /** `instance.key` in the data folder, made at the first start, unless said otherwise. */
  key: KeySource
  allowedClouds: readonly string[]
  /** Null: tenants are connected by an application of their own. */
  delegatedApp: { clientId: string; clientSecret: Secret; tenant: string } | null
  trustedProxies: readonly string[]
  extensionIds: readonly string[]
  /** How long events are kept. */
  retainEventDays: number
  secondFactor: FactorPolicy
  passwordPolicy: DirectorySettings['passwordPolicy']
  /** Null: passwords do not expire. */
  passwordExpiry: ExpiryPolicy | null
  hashCost: HashCost
  /** Null: passwords are not looked up. */
  breached: Breached | null
}

export const defaultPort = 7474
export const settingsFile = 'lockstep.json'
/** Where people reach the gateway, as an origin. */
export function publicUrlOf(instance: Instance, port = instance.listen.port): string {
  return instance.publicUrl ?? `http://localhost:${port}`
}

type Environment = Readonly<Record<string, string | undefined>>

/** The data folder that a command works on: the option, else LOCKSTEP_DATA, else `.data` where the command was started. */
export function dataFolderOf(option: string | undefined, env: Environment): string {
  return resolve(option ?? given(env, 'LOCKSTEP_DATA') ?? '.data')
}

/**
 * Reads `lockstep.json` in the data folder and lays the environment over it; makes both where they are missing.
 * Throws SettingsError, naming file and line or variable.
 */
export async function openSettings(dataFolder: string, env: Environment): Promise<Instance> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const settings = new Low<Settings>(settingsIn(dataFolder), {})
  await settings.read()
  if (settings.data.organisation === undefined) {
    await settings.update((data) => {
      data.organisation = 'Lockstep'
    })
  }
  return instanceOf(dataFolder, settings.data, env)
}

/** As openSettings, without writing anything. */
export async function readSettings(dataFolder: string, env: Environment): Promise<Instance> {
  return instanceOf(dataFolder, (await settingsIn(dataFolder).read()) ?? {}, env)
}

async function instanceOf(dataFolder: string, settings: Settings, env: Environment): Promise<Instance> {
  const listen = {
    host: given(env, 'LOCKSTEP_HOST') ?? settings.listen?.host ?? '127.0.0.1',
    port:
      checked(env, 'LOCKSTEP_PORT', z.string().regex(/^\d+$/).transform(Number).pipe(port)) ??
      settings.listen?.port ??
      defaultPort,
  }
  const smtp = checked(env, 'LOCKSTEP_SMTP_URL', mailUrl) ?? settings.mail?.url
  const address = checked(env, 'LOCKSTEP_PUBLIC_URL', publicUrl) ?? settings.publicUrl
  const databaseUrl = given(env, 'LOCKSTEP_DATABASE_URL')
  return {
    dataFolder,
    publicUrl: address === undefined ? null : new URL(address).origin,
    listen,
    organisation: settings.organisation ?? 'Lockstep',
    supportContact: settings.supportContact ?? null,
    language: settings.language ?? 'en',
    mail: smtp === undefined ? null : { url: new Secret(smtp), from: settings.mail?.from ?? 'lockstep@localhost' },
    databaseUrl: databaseUrl === undefined ? null : new Secret(databaseUrl),
    key: keySource(dataFolder, settings, env),
    allowedClouds: (settings.allowedClouds ?? []).map((cloud) => new URL(cloud).origin),
    delegatedApp: await delegatedAppOf(dataFolder, settings),
    trustedProxies: settings.trustedProxies ?? [],
    extensionIds: settings.extensionIds ?? [extensionId],
    retainEventDays: settings.events?.retainDays ?? 400,
    secondFactor: secondFactorOf(settings, address),
    ...passwordsOf(dataFolder, settings),
  }
}

function passwordsOf(dataFolder: string, { passwords = {} }: Settings) {
  const { words, expiry, hashing } = passwords
  return {
    passwordPolicy: { ...lengthsOf(passwords), words: words ?? [] },
    passwordExpiry: expiry ?? null,
    hashCost:
      hashing === undefined ? defaultCost : { memoryCost: hashing.memoryKib, timeCost: hashing.passes, parallelism: 1 },
    breached: breachedOf(dataFolder, passwords),
  }
}

/** The preset is what NIST SP 800-63B-4 asks of a password that stands alone, and of one beside a second factor. */
function lengthsOf({ minLength, preset }: NonNullable<Settings['passwords']>) {
  if (preset === undefined) return { minLength: minLength ?? defaultPolicy.minLength }
  return { minLength: minLength ?? 8, minLengthAlone: Math.max(minLength ?? 0, 15) }
}

function breachedOf(
  dataFolder: string,
  { breachedFile, breachedUrl, failOpen = true }: NonNullable<Settings['passwords']>,
): Breached | null {
  if (breachedFile !== undefined && breachedUrl !== undefined)
    throw new SettingsError(
      `${settingsFile}: "breachedFile" and "breachedUrl" of "passwords" exclude each other. Remove one of them.`,
    )
  if (breachedUrl !== undefined) return { url: breachedUrl, failOpen }
  return breachedFile === undefined ? null : { file: resolve(dataFolder, breachedFile), failOpen }
}

/** On this machine alone there is nobody to keep out; everywhere else a password is not enough for who may do everything. */
function secondFactorOf({ requireSecondFactor = 'admins' }: Settings, publicUrl: string | undefined): FactorPolicy {
  if (requireSecondFactor !== 'nobody' || publicUrl === undefined || loopback.test(new URL(publicUrl).hostname))
    return requireSecondFactor
  throw new SettingsError(
    `${settingsFile}: "requireSecondFactor": "nobody" is for trials on this machine. Under ${publicUrl} use "admins" or "everybody".`,
  )
}

function keySource(dataFolder: string, { keyFile, keyCommand }: Settings, env: Environment): KeySource {
  const value = given(env, 'LOCKSTEP_KEY')
  if (value !== undefined) return { value: new Secret(value) }
  const file = given(env, 'LOCKSTEP_KEY_FILE')
  if (file !== undefined) return { file: resolve(dataFolder, file) }
  if (keyFile !== undefined && keyCommand !== undefined)
    throw new SettingsError(`${settingsFile}: "keyFile" and "keyCommand" exclude each other. Remove one of them.`)
  return keyCommand === undefined ? { file: resolve(dataFolder, keyFile ?? 'instance.key') } : { command: keyCommand }
}

async function delegatedAppOf(dataFolder: string, { delegatedApp }: Settings): Promise<Instance['delegatedApp']> {
  if (delegatedApp === undefined) return null
  const file = resolve(dataFolder, delegatedApp.clientSecretFile)
  const secret = (await textOf(file))?.trim()
  if (!secret)
    throw new SettingsError(
      `${file}: the client secret of "delegatedApp" is not there. Put its value into this file, or take "delegatedApp" out of ${settingsFile}.`,
    )
  const { clientId, tenant = 'organizations' } = delegatedApp
  return { clientId, clientSecret: new Secret(secret), tenant }
}

function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name]
}

function checked<T>(env: Environment, name: string, schema: z.ZodType<T>): T | undefined {
  const value = given(env, name)
  if (value === undefined) return undefined
  const result = schema.safeParse(value)
  // The value is not repeated: it may hold a password.
  if (!result.success)
    throw new SettingsError(`The environment variable ${name} is not usable: ${firstIn(result.error)}`)
  return result.data
}

function firstIn(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'It has another form than expected.'
}

/** Written whole or not at all, and readable by its owner alone: the mail URL may hold a password. */
function settingsIn(dataFolder: string): Adapter<Settings> {
  const file = join(dataFolder, settingsFile)
  return {
    async read() {
      const text = await textOf(file)
      return text === undefined ? null : parse(file, text)
    },
    async write(settings) {
      const draft = `${file}.new`
      const handle = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600)
      try {
        await handle.writeFile(`${JSON.stringify(settings, null, 2)}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await chmod(draft, 0o600)
      await rename(draft, file)
    },
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SettingsError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parse(file: string, text: string): Settings {
  const places = placesIn(text)
  const line = (offset: number) => `${file}, line ${lineOf(text, offset)}`
  if (places.error !== undefined) {
    throw new SettingsError(
      `${line(places.error)}: this is not JSON. Mend the line, or move the file away to begin anew.`,
    )
  }
  const forbidden = [...places.at.keys()].find((path) => /(^|\.)(__proto__|constructor|prototype)$/.test(path))
  if (forbidden !== undefined) {
    throw new SettingsError(`${line(places.at.get(forbidden) ?? 0)}: ${forbidden} is not a setting. Remove it.`)
  }
  const result = Settings.safeParse(JSON.parse(text))
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const path = [...(issue?.path ?? []), ...unknown].join('.')
  const complaint = unknown.length > 0 ? 'there is no such setting. Remove it or mend its name.' : issue?.message
  throw new SettingsError(`${line(places.at.get(path) ?? 0)}: ${path === '' ? '' : `${path}: `}${complaint}`)
}
