import type { Instant } from './runtime.ts'

/** How long a password is good for. Off unless an organisation asks for it: see "periodic expiry" in NIST SP 800-63B-4. */
export type ExpiryPolicy = {
  afterDays: number
  /** How long an account goes on working, counted from when its person was told that the password has expired. */
  graceDays: number
  /** Whether accounts are blocked after that, until their people choose another password. */
  block: boolean
}

/** How many days before the end somebody is warned. */
const warningDays: readonly number[] = [14, 7, 3, 1]

const dayMs = 86_400_000

/** How long before the end the first warning comes, in ms. */
export const firstWarningMs = Math.max(...warningDays) * dayMs

/** Up to which age nothing is to be done about a password, in ms. */
export const quietAgeMs = ({ afterDays }: ExpiryPolicy): number => afterDays * dayMs - firstWarningMs

/** Null: never. */
export const expiresAt = (policy: ExpiryPolicy | null, changedAt: Instant): Instant | null =>
  policy === null ? null : changedAt + policy.afterDays * dayMs

/** When accounts are blocked of somebody who was told then; null: never. */
export const blocksAt = ({ block, graceDays }: ExpiryPolicy, toldAt: Instant): Instant | null =>
  block ? toldAt + graceDays * dayMs : null

export function isExpired(policy: ExpiryPolicy | null, changedAt: Instant, now: Instant): boolean {
  const end = expiresAt(policy, changedAt)
  return end !== null && end <= now
}

/** What is known of a password and its person. */
export type PasswordAge = {
  changedAt: Instant
  /** When anybody looked last; null: never since the password is in force. */
  lookedAt: Instant | null
  /** When the person was told that it has expired. */
  toldAt: Instant | null
  isBlocked: boolean
  /** The person may sign in, and so choose another password. */
  isActive: boolean
}

export type ExpiryStep = { step: 'warn'; daysLeft: number } | { step: 'tell' } | { step: 'block' } | { step: 'release' }

/**
 * The next rung of the ladder, or none: warned in time, told when it has expired, blocked after the grace. Nobody is blocked
 * who was not told, whenever the policy was turned on and however long the gateway stood still.
 */
export function expiryStep(policy: ExpiryPolicy | null, age: PasswordAge, now: Instant): ExpiryStep | null {
  const blockDue =
    policy !== null && isExpired(policy, age.changedAt, now) && age.toldAt !== null
      ? blocksAt(policy, age.toldAt)
      : null
  if (age.isBlocked) return blockDue === null ? { step: 'release' } : null
  if (policy === null || !age.isActive) return null
  if (!isExpired(policy, age.changedAt, now)) return warning(policy, age, now)
  if (age.toldAt === null) return { step: 'tell' }
  return blockDue !== null && blockDue <= now ? { step: 'block' } : null
}

/** One for those that were missed together. */
function warning(policy: ExpiryPolicy, { changedAt, lookedAt }: PasswordAge, now: Instant): ExpiryStep | null {
  const end = changedAt + policy.afterDays * dayMs
  const isDue = warningDays.some((days) => {
    const at = end - days * dayMs
    return at <= now && at > (lookedAt ?? Number.NEGATIVE_INFINITY)
  })
  return isDue ? { step: 'warn', daysLeft: Math.ceil((end - now) / dayMs) } : null
}
