import type { Kysely } from 'kysely'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { afterFailure, isOff, justOff, networkOf, waitMs } from '../domain/throttle.ts'
import { insertLinkRequest } from '../store/link-requests.ts'
import type { Database } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import { clearAttempts, findAttempts, putAttempts } from '../store/throttles.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

/** Under what attempts are counted; keyed, so that the table does not tell addresses. */
export type AttemptKeys = {
  /** The account as strangers try it, a browser that is known to it, or the person who is signed in. */
  account: string
  /** Null where the caller is known: then others from the same address do not matter. */
  address: string | null
  /** As it was typed, for strangers alone: who is told when the attempts are ended. */
  email: string | null
}

/** One attempt; `counts` is false when not even the right password would be one any more. */
export type Attempt = { keys: AttemptKeys; counts: boolean }

/** Attempts of whoever gives an address at sign-in. */
export function attemptKeys({ vault }: Pick<Context, 'vault'>, email: string, address: string | null): AttemptKeys {
  const network = address === null ? null : networkOf(address)
  return {
    account: `account ${vault.mac('throttle', email)}`,
    address: network === null ? null : `address ${vault.mac('throttle', network)}`,
    email,
  }
}

/** Attempts by a browser that the person signed in with before: nobody else can use them up. */
export const browserKeys = (known: string): AttemptKeys => ({ account: `browser ${known}`, address: null, email: null })

/** Attempts to name the own password by somebody who is signed in. */
export const ownKeys = (userId: string): AttemptKeys => ({ account: `own ${userId}`, address: null, email: null })

/** Attempts of somebody who is signed in to name the code that a program shows. */
export const deviceKeys = (userId: string): AttemptKeys => ({ account: `device ${userId}`, address: null, email: null })

/** Codes are counted apart from passwords, so that nobody who knows the one can try the other without end. */
export function factorKeys(context: Pick<Context, 'vault'>, userId: string, address: string | null): AttemptKeys {
  const { account, ...others } = attemptKeys(context, userId, address)
  return { ...others, account: `factor ${account}`, email: null }
}

const everybody = 'all'

/**
 * Counts an attempt on the account as failed before any work is done, so that many at once do not slip through; success
 * takes it back. False when no attempt counts any more until the password is another one. Problem `too_many_requests`
 * with the time to wait. Existing and unknown accounts count alike.
 */
export async function beginAttempt({ store }: Context, keys: AttemptKeys): Promise<boolean> {
  const { wait, off } = await store.change(system, async (change) => {
    change.quiet('counting attempts')
    const { trx, now } = change
    const account = await findAttempts(trx, keys.account)
    const wait = Math.max(waitMs(account, now), await waitOfCrowd(trx, keys, now))
    const off = isOff(account)
    if (wait === 0 && !off) await putAttempts(trx, keys.account, afterFailure('account', account, now))
    return { wait, off }
  })
  if (off) return false
  if (wait === 0) return true
  throw tooMany(wait)
}

/** Counts what strangers ask for that is no guess at an account. Problem `too_many_requests`. */
export async function countStranger({ trx, now }: Change, keys: AttemptKeys): Promise<void> {
  const wait = await waitOfCrowd(trx, keys, now)
  if (wait > 0) throw tooMany(wait)
  await crowdFailed(trx, keys, now)
}

function tooMany(wait: number): Problem {
  const seconds = Math.ceil(wait / 1_000)
  return new Problem('too_many_requests', `Too many attempts. Wait ${duration(seconds)} and try again.`, {
    retryAfterSeconds: seconds,
  })
}

const duration = (seconds: number) =>
  seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`

/** After the last attempt that counts, the person is told by mail, later, if there is one. */
export async function attemptFailed(
  context: Pick<Context, 'runtime'>,
  { trx, now }: Change,
  { keys, counts }: Attempt,
): Promise<void> {
  await crowdFailed(trx, keys, now)
  if (!counts || keys.email === null || !justOff(await findAttempts(trx, keys.account))) return
  const request = { id: context.runtime.newId(), email: keys.email, reason: 'locked', created_at: now } as const
  await insertLinkRequest(trx, request)
}

export async function attemptSucceeded(trx: Kysely<Database>, keys: AttemptKeys): Promise<void> {
  await clearAttempts(trx, keys.account)
}

/** Another password is in force: what was guessed before does not count against it. */
export async function forgetFailures(
  context: Pick<Context, 'vault'>,
  trx: Kysely<Database>,
  user: Pick<UserRow, 'id' | 'email'>,
): Promise<void> {
  await clearAttempts(trx, attemptKeys(context, user.email, null).account)
  await clearAttempts(trx, ownKeys(user.id).account)
  await clearAttempts(trx, factorKeys(context, user.id, null).account)
}

async function waitOfCrowd(trx: Kysely<Database>, { address }: AttemptKeys, now: number): Promise<number> {
  if (address === null) return 0
  const [own, all] = [await findAttempts(trx, address), await findAttempts(trx, everybody)]
  return Math.max(waitMs(own, now), waitMs(all, now))
}

async function crowdFailed(trx: Kysely<Database>, { address }: AttemptKeys, now: number): Promise<void> {
  if (address === null) return
  await putAttempts(trx, address, afterFailure('address', await findAttempts(trx, address), now))
  await putAttempts(trx, everybody, afterFailure('all', await findAttempts(trx, everybody), now))
}
