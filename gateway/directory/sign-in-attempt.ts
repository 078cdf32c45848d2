import { type Attempt, attemptKeys, beginAttempt, browserKeys } from './attempts.ts'
import type { Context } from './context.ts'
import { knownTo } from './known-browser.ts'

/**
 * Counts an attempt to sign in where it belongs: to the browser, if the person knows it, else to the account. Problem `too_many_requests`.
 */
export async function beginSignInAttempt(
  context: Context,
  given: { email: string; userId: string; address: string | null; browser: string | null },
): Promise<Attempt> {
  const known = knownTo(context.vault, given.browser, given.userId)
  if (known !== null) {
    const keys = browserKeys(known)
    if (await beginAttempt(context, keys)) return { keys, counts: true }
  }
  const keys = attemptKeys(context, given.email, given.address)
  return { keys, counts: await beginAttempt(context, keys) }
}
