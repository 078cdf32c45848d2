import type { Instant } from './runtime.ts'

const dayMs = 86_400_000

/** How many days before its end a credential is warned of; from the first on the preflight does, too. */
export const warnedDays = [60, 30, 14, 7, 1] as const

/** How many days are left, rounded up: on its last day one. Zero or less: it has ended. */
export const daysLeft = (endsAt: Instant, now: Instant): number => Math.ceil((endsAt - now) / dayMs)

/** The warning that is due and was not given yet for this end; the nearest of several that were missed together. */
export function dueWarning(endsAt: Instant, warned: number | null, now: Instant): number | null {
  const due = warnedDays.findLast((days) => endsAt - now <= days * dayMs)
  return due === undefined || (warned !== null && warned <= due) ? null : due
}

export function endSentence(what: string, endsAt: Instant, now: Instant): string {
  const day = new Date(endsAt).toISOString().slice(0, 10)
  const left = daysLeft(endsAt, now)
  if (left <= 0) return `The ${what} has ended on ${day}.`
  if (left > warnedDays[0]) return `The ${what} ends on ${day}.`
  return `The ${what} ends in ${left} ${left === 1 ? 'day' : 'days'}, on ${day}.`
}

export const renewRemedy =
  'Make a new one under Certificates & secrets of the app registration and enter it at the connection before the old one ends. Nobody has to be bound again.'
