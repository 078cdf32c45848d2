import { longestWaitMs } from './next-attempt.ts'
import type { Instant } from './runtime.ts'

/** Bulk work of a connection waits, since most of it would fail; passwords go on being tried. */
export type Quarantine = {
  since: Instant
  reason: { code: string; detail: string; remedy: string }
  attempt: number
  nextAttemptAt: Instant
}

/** Writes of one cycle, and those of them that were not done. */
export type Tally = { written: number; failed: number }

/** From so many writes on, half of which fail, it is the connection that fails and not the people. */
const enough = 10
const firstWaitMs = 5_000
/** How many people a connection in quarantine is tried with before the others follow. */
export const probeSize = 20

export const isFailing = ({ written, failed }: Tally, quarantined: boolean): boolean =>
  written >= (quarantined ? 1 : enough) && failed * 2 >= written

export const isWaiting = (quarantine: Quarantine | null, now: Instant): boolean =>
  quarantine !== null && now < quarantine.nextAttemptAt

/** Another failure counts once its attempt was due; those that come meanwhile say nothing new. */
export function prolonged(before: Quarantine | null, reason: Quarantine['reason'], now: Instant): Quarantine {
  if (before === null) return { since: now, reason, attempt: 1, nextAttemptAt: now + firstWaitMs }
  if (isWaiting(before, now)) return { ...before, reason }
  const attempt = before.attempt + 1
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt - 1, 12))
  return { since: before.since, reason, attempt, nextAttemptAt: now + waitMs }
}
