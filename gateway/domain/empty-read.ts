/** A read that lost at least this many accounts, and more than this share of all, is not believed at once. */
const leastLost = 3
const shareLost = 0.05

/**
 * Whether a read lost so many accounts that it may be the read that is wrong: then everything is read again in full, and
 * what is still absent is asked for by id, before any of it has a consequence.
 */
export function isSuspicious(lost: number, known: number): boolean {
  return lost >= leastLost && lost > known * shareLost
}
