import { Secret as OtpSecret, TOTP } from 'otpauth'
import type { Instant } from '../domain/runtime.ts'

/** 160 bits, as RFC 4226 recommends. */
export const seedBytes = 20
const periodMs = 30_000
/** Steps that a clock may be off. */
const window = 1

function appOf(seed: Uint8Array, issuer: string, label: string): TOTP {
  return new TOTP({ issuer, label, algorithm: 'SHA1', digits: 6, period: periodMs / 1_000, secret: secretOf(seed) })
}

const secretOf = (seed: Uint8Array) => new OtpSecret({ buffer: new Uint8Array(seed).buffer })

/** What an authenticator app reads from the square, and the key for typing it. */
export function setUpOf(seed: Uint8Array, issuer: string, label: string): { uri: string; key: string } {
  return { uri: appOf(seed, issuer, label).toString(), key: secretOf(seed).base32 }
}

/** The time step that the code belongs to, null when it is none of now. */
export function stepOfCode(seed: Uint8Array, code: string, now: Instant): number | null {
  const delta = appOf(seed, '', '').validate({ token: code, timestamp: now, window })
  return delta === null ? null : Math.floor(now / periodMs) + delta
}

/** What the app shows now. */
export function codeAt(seed: Uint8Array, now: Instant): string {
  return appOf(seed, '', '').generate({ timestamp: now })
}
