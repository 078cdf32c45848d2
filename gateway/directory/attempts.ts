import type { Kysely } from 'kysely'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { afterFailure, waitMs } from '../domain/throttle.ts'
import type { Database } from '../store/schema.ts'
import { clearAttempts, findAttempts, putAttempts } from '../store/throttles.ts'
import type { Context } from './context.ts'

/** Under what attempts are counted; keyed, so that the table does not tell addresses. */
export type AttemptKeys = { account: string; address: string | null }

export function attemptKeys({ vault }: Pick<Context, 'vault'>, email: string, address: string | null): AttemptKeys {
  return {
    account: `account ${vault.mac('throttle', email)}`,
    address: address === null ? null : `address ${vault.mac('throttle', address)}`,
  }
}

/**
 * Counts an attempt on the account as failed before any work is done, so that many at once do not slip through; success
 * takes it back. Problem `too_many_requests` with the time to wait. Existing and unknown accounts count alike.
 */
export async function beginAttempt({ store }: Context, keys: AttemptKeys): Promise<void> {
  const wait = await store.change(system, async (change) => {
    change.quiet('counting attempts')
    const { trx, now } = change
    const account = await findAttempts(trx, keys.account)
    const address = keys.address === null ? undefined : await findAttempts(trx, keys.address)
    const blocked = Math.max(waitMs(account, now), waitMs(address, now))
    if (blocked === 0) await putAttempts(trx, keys.account, afterFailure('account', account, now))
    return blocked
  })
  if (wait === 0) return
  const seconds = Math.ceil(wait / 1_000)
  throw new Problem('too_many_requests', `Too many attempts. Wait ${duration(seconds)} and try again.`, {
    retryAfterSeconds: seconds,
  })
}

const duration = (seconds: number) =>
  seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`

export async function attemptFailed(trx: Kysely<Database>, keys: AttemptKeys, now: number): Promise<void> {
  if (keys.address === null) return
  await putAttempts(trx, keys.address, afterFailure('address', await findAttempts(trx, keys.address), now))
}

export async function attemptSucceeded(trx: Kysely<Database>, keys: AttemptKeys): Promise<void> {
  await clearAttempts(trx, keys.account)
}
