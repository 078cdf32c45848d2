import type { TenantFailure } from '../domain/failure.ts'
import { ErrorBody } from './wire.ts'

export type Answer = { status: number; headers: Record<string, string>; body: unknown }

/** The longest wait that we take from a Retry-After, in ms. */
const longestRetryAfterMs = 15 * 60_000

/** Retry-After in ms: seconds, possibly fractional ("2.128"), or a date. */
export function retryAfterMs(headers: Record<string, string>, now: number): number | null {
  const value = headers['retry-after']
  if (value === undefined) return null
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? null : Math.min(longestRetryAfterMs, Math.max(0, Math.ceil(ms)))
}

/** Which kind of write was refused; a few sentences depend on it. */
export type Subject = 'create' | 'password' | 'account' | 'read'

/**
 * Reads a refusal. Entra gives one code for many meanings, so status, code and the details' codes and targets come first,
 * and patterns in the message last ("Microsoft Graph error responses and resource types", read 2026-11-23).
 */
export function failureOf(answer: Answer, subject: Subject, now: number): TenantFailure {
  const { code, message, targets, conflictsWith, requestId } = readError(answer)
  const failure = (kind: TenantFailure['kind'], detail: string, remedy: string): TenantFailure => ({
    kind,
    code: code || `http_${answer.status}`,
    detail,
    remedy,
    requestId,
    retryAfterMs: retryAfterMs(answer.headers, now),
    ...(conflictsWith !== undefined && { conflictsWith }),
  })
  const says = (pattern: RegExp) => pattern.test(message)
  const lower = code.toLowerCase()
  switch (answer.status) {
    case 401:
      return failure(
        'signed_out',
        'Microsoft 365 did not accept the access of this connection.',
        'Look at the preflight of the connection; renew the secret or certificate if it has expired.',
      )
    case 403:
      if (lower === 'directory_quotaexceeded') {
        return failure(
          'refused',
          'The tenant has reached its limit of directory objects.',
          'Delete what is not needed in the tenant, or ask Microsoft for a higher limit.',
        )
      }
      return failure(
        'forbidden',
        'Microsoft 365 does not allow Lockstep to do this to the account.',
        subject === 'password'
          ? 'Give the app the permission User-PasswordProfile.ReadWrite.All and the role User Administrator. If the account holds an administrator role, it stays out of reach.'
          : 'Look at the preflight for a missing permission. If the account holds an administrator role, it stays out of reach.',
      )
    case 404:
      return failure(
        'gone',
        'Microsoft 365 does not know this account.',
        'Wait a moment if it is new. Otherwise it was deleted there: restore it, or unbind the user.',
      )
    case 409:
      if (lower === 'directory_concurrencyviolation') {
        return failure('unavailable', 'Two changes met at Microsoft 365.', 'Lockstep tries again by itself.')
      }
      return failure(
        'conflict',
        'Another object in the tenant stands in the way.',
        'Look for an account or group with the same name or address.',
      )
    case 429:
      return failure('throttled', 'Microsoft 365 asks to slow down.', 'Lockstep goes on by itself.')
    case 400:
      return badRequest()
    default:
      if (answer.status >= 500)
        return failure(
          'unavailable',
          `Microsoft 365 could not do it now (status ${answer.status}).`,
          'Lockstep tries again by itself.',
        )
      return failure(
        'refused',
        `Microsoft 365 refused the change (${code || answer.status}).`,
        'Look the code up in the documentation of Microsoft Graph.',
      )
  }

  function badRequest(): TenantFailure {
    const passwordMeant = targets.some((target) => /passwordprofile|password/i.test(target)) || says(/password/i)
    if ((subject === 'password' || subject === 'create') && passwordMeant) {
      return failure(
        'password_refused',
        'Microsoft 365 refused the password: it is too easy to guess, contains a banned word, or does not meet the rules there.',
        'Choose another one: at least 8 characters from three of upper case, lower case, digits and symbols, without names or common words.',
      )
    }
    if (
      targets.includes('ObjectConflict') ||
      lower === 'request_multipleobjectswithsamekeyvalue' ||
      says(/already exists|conflicting object|same value for property|netid is invalid/i)
    ) {
      return failure(
        'conflict',
        'Another object in the tenant holds the same name, address or immutable id.',
        'Look among users, groups and deleted users for it, then bind to the right account or free the name.',
      )
    }
    if (says(/on-premises mastered|originated within an external service/i)) {
      return failure(
        'read_only',
        'The account is mastered elsewhere, so Microsoft 365 refuses the change.',
        'Change it in Active Directory or Exchange, or unbind the user.',
      )
    }
    if (says(/domain portion of the userPrincipalName/i)) {
      return failure(
        'refused',
        'The domain of the address is not verified in the tenant.',
        'Verify the domain in Entra, or give the user an address in a verified one.',
      )
    }
    return failure(
      'refused',
      'Microsoft 365 did not accept one of the values.',
      `Look at the values of the last change${targets.length > 0 ? ` (${targets.join(', ')})` : ''} and correct them.`,
    )
  }
}

type ReadError = {
  code: string
  message: string
  targets: string[]
  conflictsWith: string | undefined
  requestId: string | null
}

function readError({ body, headers }: Answer): ReadError {
  const parsed = ErrorBody.safeParse(body)
  const header = headers['request-id'] ?? null
  if (!parsed.success) return { code: '', message: '', targets: [], conflictsWith: undefined, requestId: header }
  const { error } = parsed.data
  const details = error.details ?? []
  const inner = error.innerError?.['request-id']
  return {
    code: error.code,
    message: error.message,
    targets: details.flatMap(({ code, target }) => [code, target].filter((each) => each !== undefined)),
    conflictsWith: details.find(({ code }) => code === 'ConflictingObjects')?.target?.replace(/^User_/, ''),
    requestId: typeof inner === 'string' ? inner : header,
  }
}

/** Delta tokens end in several ways; all mean: read everything anew ("Use delta query", read 2026-11-23). */
export function isDeadToken({ status, body }: Answer): boolean {
  if (status === 410) return true
  if (status < 400 || status >= 500 || status === 401 || status === 403 || status === 429) return false
  const { code, message } = readError({ status, headers: {}, body })
  return (
    /syncStateNotFound|resyncRequired|Directory_ExpiredPageToken/i.test(code) ||
    /token is expired|badly formed token/i.test(message)
  )
}

/** A read that failed: carries what a person needs to know of it. */
export class TenantError extends Error {
  override readonly name = 'TenantError'
  readonly failure: TenantFailure
  constructor(failure: TenantFailure) {
    super(failure.detail)
    this.failure = failure
  }
}
