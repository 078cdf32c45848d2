import type { Instant } from './runtime.ts'

/** A password that left for an account, while nobody knows (yet) what became of it. */
export type Ticket = { version: number; at: Instant }

/** How long after it left a password may still take effect, in ms. */
export const lateForMs = 5 * 60_000

/**
 * A version has taken effect: when it has to be sent once more, since an older one may still land after it. Null when none
 * can.
 */
export function againAt(tickets: readonly Ticket[], version: number, now: Instant): Instant | null {
  const until = tickets.filter((ticket) => ticket.version < version).map(({ at }) => at + lateForMs)
  const last = Math.max(...until)
  return last > now ? last : null
}
