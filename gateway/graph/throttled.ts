import type { Runtime } from '../domain/runtime.ts'
import type { Answer } from './failure.ts'
import { retryAfterMs } from './failure.ts'
import type { Cost } from './governor.ts'

/** Backoff where the tenant names no time: doubled from 1 s up to a minute, spread by a quarter to either side, in ms. */
const longestBackoffMs = 60_000

/** What a "slow down" asks of us: how long, and which quota is used up where the tenant says so. */
export function slowDownOf(
  answer: Answer,
  attempt: number,
  runtime: Runtime,
): { ms: number; exhausted: keyof Cost | null } {
  const spread = 0.75 + (runtime.randomBytes(1)[0] ?? 0) / 255 / 2
  const backoff = Math.min(longestBackoffMs, 1_000 * 2 ** Math.min(attempt, 6)) * spread
  return {
    ms: Math.ceil(retryAfterMs(answer.headers, runtime.now()) ?? Math.max(1_000, backoff)),
    exhausted: exhaustedOf(answer.headers),
  }
}

/** "Microsoft Graph throttling guidance", x-ms-throttle-information and x-ms-throttle-scope, read 2026-11-23. */
function exhaustedOf(headers: Answer['headers']): keyof Cost | null {
  const information = headers['x-ms-throttle-information'] ?? ''
  if (/WriteLimitExceeded/i.test(information)) return 'writes'
  return /ResourceUnitLimitExceeded/i.test(information) ? 'units' : null
}
