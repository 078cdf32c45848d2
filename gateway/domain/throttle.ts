import type { Instant } from './runtime.ts'

/** What is remembered of failed attempts under one key. */
export type Attempts = { failures: number; untilAt: Instant; updatedAt: Instant }

/**
 * `account`: 5 free failures in a row, then 2ⁿ s up to 15 min, and off after 100; so, too, for one browser that is known
 * or one person who is signed in. `address`: 10 at once, then one every 6 s. `all`: 1,000 at once, then 50 a second.
 */
export type ThrottleRule = 'account' | 'address' | 'all'

const freeInARow = 5
const longestMs = 15 * 60_000
/** As NIST SP 800-63B-4, 3.2.2, has it. */
export const offAfter = 100
const buckets = { address: { size: 10, everyMs: 6_000 }, all: { size: 1_000, everyMs: 20 } } as const
const none: Attempts = { failures: 0, untilAt: 0, updatedAt: 0 }

/** ms until another attempt is allowed; 0 when it is allowed now. A clock that jumped back does not shorten it. */
export function waitMs(attempts: Attempts | undefined, now: Instant): number {
  if (attempts === undefined) return 0
  return Math.max(0, attempts.untilAt - Math.max(now, attempts.updatedAt))
}

/** So many failures in a row that no attempt counts any more, until the password is another one. */
export function isOff(attempts: Attempts | undefined): boolean {
  return (attempts?.failures ?? 0) >= offAfter
}

/** Whether the last failure is the one that ended the attempts. */
export function justOff(attempts: Attempts | undefined): boolean {
  return attempts?.failures === offAfter
}

export function afterFailure(rule: ThrottleRule, before: Attempts | undefined, now: Instant): Attempts {
  const { failures, updatedAt } = before ?? none
  const at = Math.max(now, updatedAt)
  if (rule === 'account') {
    const over = failures + 1 - freeInARow
    const wait = over <= 0 ? 0 : Math.min(longestMs, 1_000 * 2 ** Math.min(over, 20))
    return { failures: failures + 1, untilAt: at + wait, updatedAt: at }
  }
  const { size, everyMs } = buckets[rule]
  const drained = updatedAt === 0 ? failures : Math.floor((at - updatedAt) / everyMs)
  const level = Math.max(0, failures - drained) + 1
  return { failures: level, untilAt: level >= size ? at + everyMs : 0, updatedAt: at }
}

/** What counts as one address: that of IPv4, or the /64 of IPv6, within which anybody has as many as wanted. */
export function networkOf(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%', 1)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  if (!bare.includes(':')) return bare
  const [head = '', tail] = bare.split('::', 2)
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const known = tail === undefined ? [] : groups(tail)
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups(head).length - known.length)
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...known]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
