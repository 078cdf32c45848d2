import type { Role } from '@lockstep/shared/contract/user'
import { Problem } from './problem.ts'
import type { Instant } from './runtime.ts'

/** Of whom a second factor is demanded; `admins` includes helpdesk. Whoever has one is asked for it in any case. */
export type FactorPolicy = 'admins' | 'everybody' | 'nobody'

export function mustHaveFactor(policy: FactorPolicy, role: Role | null): boolean {
  return policy === 'everybody' || (policy === 'admins' && (role === 'admin' || role === 'helpdesk'))
}

/** What comes after the right password. */
export function stepAfterPassword(
  policy: FactorPolicy,
  role: Role | null,
  factors: number,
): 'none' | 'code' | 'set_up' {
  if (factors > 0) return 'code'
  return mustHaveFactor(policy, role) ? 'set_up' : 'none'
}

/** How long a person who proved to be the one is believed without being asked again. */
const confirmedForMs = 5 * 60_000

/** A clock that jumped back does not lengthen it. */
export function isConfirmed(confirmedAt: Instant | null, now: Instant): boolean {
  return confirmedAt !== null && Math.abs(now - confirmedAt) < confirmedForMs
}

/** Problem `step_up_needed` when the person has not proved lately to be the one. */
export function assertConfirmed(confirmedAt: Instant | null, now: Instant): void {
  if (isConfirmed(confirmedAt, now)) return
  throw new Problem('step_up_needed', 'Confirm at /portal/confirm that it is you, and do it again within five minutes.')
}

export type GivenCode = { kind: 'totp' | 'recovery'; code: string }

/** Reads what somebody typed: six digits, or a recovery code; spaces, hyphens and case do not matter. */
export function readCode(text: string): GivenCode | null {
  const plain = text.replace(/[\s-]/g, '').toUpperCase()
  if (/^\d{6}$/.test(plain)) return { kind: 'totp', code: plain }
  const code = plain.replace(/O/g, '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(code) ? { kind: 'recovery', code } : null
}

export const recoveryCodeCount = 10
export const recoveryCodeBytes = 15
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 120 bits as 24 letters that are hard to confuse, in groups of four. */
export function recoveryCodeOf(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  const text = (bits.match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join('')
  return (text.match(/.{4}/g) ?? []).join('-')
}

/** True when an authenticator counts backwards or stands still: it may have been copied. Those that do not count stay at 0. */
export function isCounterSuspicious(before: number, after: number): boolean {
  return (before > 0 || after > 0) && after <= before
}
