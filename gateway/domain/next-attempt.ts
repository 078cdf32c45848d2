import type { TenantFailure } from './failure.ts'
import type { Instant } from './runtime.ts'

/** The longest wait between two attempts, in ms. */
export const longestWaitMs = 15 * 60_000
const firstWaitMs = 2_000

/** When a failed operation is tried again; `person` when no repetition can help. */
export type NextAttempt = { kind: 'at'; at: Instant } | { kind: 'person' } | { kind: 'connection' }

/** `random` in 0..1 spreads the attempts of many bindings. */
export function nextAttempt(failure: TenantFailure, attempt: number, now: Instant, random: number): NextAttempt {
  switch (failure.kind) {
    case 'throttled':
    case 'unavailable':
    case 'no_location':
      return { kind: 'at', at: now + waitMs(attempt, failure.retryAfterMs, random) }
    case 'gone':
      // Right after a create a replica may not know the account yet; what is really gone shows at the next read.
      return attempt < 5 ? { kind: 'at', at: now + waitMs(attempt, null, random) } : { kind: 'person' }
    case 'signed_out':
      return { kind: 'connection' }
    case 'refused':
    case 'password_refused':
    case 'forbidden':
    case 'conflict':
    case 'read_only':
    case 'no_seat':
      return { kind: 'person' }
  }
}

/** After a lost answer: look again soon, then ever more slowly. */
export function lookAgainAt(attempt: number, now: Instant, random: number): Instant {
  return now + waitMs(attempt, null, random)
}

function waitMs(attempt: number, retryAfterMs: number | null, random: number): number {
  const backoff = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 12))
  return Math.min(longestWaitMs, Math.max(retryAfterMs ?? 0, Math.round(backoff * (0.5 + random / 2))))
}
