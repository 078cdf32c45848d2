import type { Instant } from './runtime.ts'

/** A password that left for an account, while nobody knows (yet) what became of it. */
export type Ticket = { version: number; at: Instant }

/** How long after it left a password may still take effect, in ms. */
export const lateForMs = 5 * 60_000

/** Until when a change of the password there may be our own, which took its time; null when nothing is open. */
export const ownUntil = (tickets: readonly Ticket[]): Instant | null =>
  tickets.length === 0 ? null : Math.max(...tickets.map(({ at }) => at + lateForMs))

/**
 * A version has taken effect: when it has to be sent once more, since an older one may still land after it. Null when none
 * can.
 */
export function againAt(tickets: readonly Ticket[], version: number, now: Instant): Instant | null {
  const until = tickets.filter((ticket) => ticket.version < version).map(({ at }) => at + lateForMs)
  const last = Math.max(...until)
  return last > now ? last : null
}
