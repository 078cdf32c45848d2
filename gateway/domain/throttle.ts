import type { Instant } from './runtime.ts'

/** What is remembered of failed attempts by one account or from one address. */
export type Attempts = { failures: number; untilAt: Instant; updatedAt: Instant }

/** Account: 5 free failures, then 2ⁿ s up to 15 min. Address: 10 at once, then one every 6 s. */
export type ThrottleRule = 'account' | 'address'

const freeOfAccount = 5
const longestMs = 15 * 60_000
const freeOfAddress = 10
const addressEveryMs = 6_000
const none: Attempts = { failures: 0, untilAt: 0, updatedAt: 0 }

/** ms until another attempt is allowed; 0 when it is allowed now. A clock that jumped back does not shorten it. */
export function waitMs(attempts: Attempts | undefined, now: Instant): number {
  if (attempts === undefined) return 0
  return Math.max(0, attempts.untilAt - Math.max(now, attempts.updatedAt))
}

export function afterFailure(rule: ThrottleRule, before: Attempts | undefined, now: Instant): Attempts {
  const { failures, updatedAt } = before ?? none
  const at = Math.max(now, updatedAt)
  if (rule === 'account') {
    const over = failures + 1 - freeOfAccount
    const wait = over <= 0 ? 0 : Math.min(longestMs, 1_000 * 2 ** Math.min(over, 20))
    return { failures: failures + 1, untilAt: at + wait, updatedAt: at }
  }
  const drained = updatedAt === 0 ? failures : Math.floor((at - updatedAt) / addressEveryMs)
  const level = Math.max(0, failures - drained) + 1
  return { failures: level, untilAt: level >= freeOfAddress ? at + addressEveryMs : 0, updatedAt: at }
}
