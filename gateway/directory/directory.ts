import type { Role } from '@lockstep/shared/contract/user'
import type { Locale } from '@lockstep/shared/messages/locale'
import type { Actor } from '../domain/actor.ts'
import type { HashCost } from '../domain/hash-cost.ts'
import type { ExpiryPolicy } from '../domain/password-age.ts'
import { defaultPolicy } from '../domain/password-policy.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { FactorPolicy } from '../domain/second-factor.ts'
import type { Secret } from '../domain/secret.ts'
import { openPost } from '../mail/post.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../store/vault.ts'
import type { Context, DirectorySettings, PasswordLane } from './context.ts'
import { createAdmin } from './create-admin.ts'
import { createHasher, type Hasher } from './hasher.ts'
import { recover, tidyUp } from './housekeeping.ts'
import { answerLinkRequests } from './link-requests.ts'
import { sendDueMails } from './send-mails.ts'
import { createToken } from './tokens.ts'

export type DirectoryOptions = {
  store: Store
  vault: Vault
  runtime: Runtime
  instance: {
    organisation: string
    language?: Locale
    mail: { url: Secret; from: string } | null
    retainEventDays: number
    secondFactor: FactorPolicy
    passwordPolicy?: DirectorySettings['passwordPolicy']
    passwordExpiry?: ExpiryPolicy | null
    hashCost?: HashCost
    breached?: DirectorySettings['breached']
  }
  /** Origin under which people reach the portal. Without it no mail with a link can be written. */
  publicUrl?: string
  hasher?: Hasher
  /** The keys of pending passwords, of which those of days gone by are to be forgotten. */
  days?: { moveOn(): void }
  /** Brings a password to the tenants. Without it, beside a running gateway, passwords wait for its next cycle. */
  sendPassword?: PasswordLane['send']
  log?: (line: { msg: string } & Record<string, unknown>) => void
}

const tidyEveryMs = 5 * 60_000
/** How long a person waits for a mail to be written, and then to be sent, in ms. */
const mailEveryMs = 1_000

export type Directory = ReturnType<typeof createDirectory>

/** The directory of one instance: its context for the use cases, and what it does by itself. */
export function createDirectory(options: DirectoryOptions) {
  const { store, vault, runtime, instance } = options
  const context: Context = {
    store,
    vault,
    runtime,
    hasher: options.hasher ?? createHasher(instance.hashCost),
    settings: {
      publicUrl: options.publicUrl ?? '',
      organisation: instance.organisation,
      language: instance.language ?? 'en',
      passwordPolicy: instance.passwordPolicy ?? defaultPolicy,
      passwordExpiry: instance.passwordExpiry ?? null,
      breached: instance.breached ?? null,
      secondFactor: instance.secondFactor,
      retainEventDays: instance.retainEventDays,
    },
    passwords: { send: options.sendPassword ?? (async () => []) },
  }
  const ending = new AbortController()
  const running: Promise<unknown>[] = []
  /** Once more at once while something was done, else after the pause; what fails is tried again, as when the store was busy. */
  async function keepOn(name: string, pauseMs: number, pass: () => Promise<number>): Promise<void> {
    while (!ending.signal.aborted) {
      const done = await pass().catch((error: unknown) => {
        options.log?.({ msg: `${name} failed`, error: String(error) })
        return 0
      })
      if (done === 0) await runtime.sleep(pauseMs, ending.signal)
    }
  }

  return {
    context,
    createAdmin: (actor: Actor, input: { email: string; displayName?: string | undefined; password: Secret }) =>
      createAdmin(context, actor, input),
    /** The token itself: it is not stored, so this is the only time that it can be read. */
    createToken: async (
      actor: Actor,
      input: { name: string; role: Role; allow: readonly string[]; lifeMs?: number },
    ): Promise<string> => (await createToken(context, actor, input)).token,
    /** Before anybody is served and before the engine starts: decides what the last stop left open. */
    async start(): Promise<void> {
      await recover(context)
      running.push(keepOn('links', mailEveryMs, () => answerLinkRequests(context)))
      running.push(
        keepOn('tidying', tidyEveryMs, async () => {
          options.days?.moveOn()
          await tidyUp(context)
          return 0
        }),
      )
      if (instance.mail === null) return
      const post = openPost(instance.mail.url.reveal(), { name: instance.organisation, address: instance.mail.from })
      running.push(keepOn('mail', mailEveryMs, () => sendDueMails(context, post)).finally(() => post.close()))
    },
    async stop(): Promise<void> {
      ending.abort()
      await Promise.all(running)
    },
  }
}
