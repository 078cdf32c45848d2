import type { Instant } from './runtime.ts'

/** Since when the clock has gone on without a jump, and when it was last looked at. */
export type Watch = { since: Instant; last: Instant }

/** It is looked at every few minutes; a longer step is a jump, or a stop that looks like one, in ms. */
const longestStepMs = 15 * 60_000
/** How long a date has to hold after a jump before anything is forgotten for good because of it, in ms. */
const holdMs = 60 * 60_000

export function watched(before: Watch | null, now: Instant): Watch {
  const step = before === null ? -1 : now - before.last
  const goesOn = before !== null && step >= 0 && step <= longestStepMs
  return { since: goesOn ? before.since : now, last: now }
}

export const isSteady = ({ since, last }: Watch): boolean => last - since >= holdMs
