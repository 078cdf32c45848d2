import type { TenantFailure } from '../domain/failure.ts'
import { Problem } from '../domain/problem.ts'
import { ErrorBody } from './wire.ts'

export type Answer = { status: number; headers: Record<string, string>; body: unknown }

/** What we take from a Retry-After, in ms: an answer is untrusted text, and none of it may stop us for days. */
const shortestRetryAfterMs = 1_000
const longestRetryAfterMs = 15 * 60_000

/** Retry-After in ms, between 1 s and 15 min: seconds, possibly fractional ("2.128"), or a date. */
export function retryAfterMs(headers: Record<string, string>, now: number): number | null {
  const value = headers['retry-after']
  if (value === undefined) return null
  const seconds = value.trim() === '' ? Number.NaN : Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? null : Math.min(longestRetryAfterMs, Math.max(shortestRetryAfterMs, Math.ceil(ms)))
}

/** Our word for a refusal by Conditional Access: Microsoft says it in a header, beside a code for many things. */
export const blockedByPolicy = 'insufficient_claims'
/** A tenant without Entra ID P1 does not tell its sign-ins. */
export const noPremium = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'

/** Which kind of write was refused; a few sentences depend on it. */
export type Subject = 'create' | 'password' | 'account' | 'group' | 'licence' | 'read'

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
  if (throttleCodes.has(lower)) {
    return failure('throttled', 'Microsoft 365 asks to slow down.', 'Lockstep goes on by itself.')
  }
  if ((answer.status === 401 || answer.status === 403) && /^authorization_identity(notfound|disabled)$/.test(lower)) {
    return failure(
      'signed_out',
      'The application is disabled in the tenant, or not there at all.',
      'Look for the enterprise application in Entra: it has to exist, with sign-in enabled.',
    )
  }
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
      if (/insufficient_claims/.test(answer.headers['www-authenticate'] ?? '')) {
        return {
          ...failure(
            'forbidden',
            'A Conditional Access policy of the tenant blocks Lockstep.',
            'Exclude the enterprise application from the policy for workload identities.',
          ),
          code: blockedByPolicy,
        }
      }
      return failure(
        'forbidden',
        'Microsoft 365 does not allow Lockstep to do this to the account.',
        subject === 'licence'
          ? 'Give the app the permission LicenseAssignment.ReadWrite.All.'
          : subject === 'password'
            ? 'Give the app the permission User-PasswordProfile.ReadWrite.All and the role User Administrator. If the account holds an administrator role, it stays out of reach.'
            : 'Look at the preflight for a missing permission. If the account holds an administrator role, it stays out of reach.',
      )
    case 404:
      if (says(/netid is invalid/i)) return taken()
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
    case 424:
      return failure(
        'unavailable',
        'A change that this one waits for did not happen.',
        'Lockstep tries again by itself.',
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

  function taken(): TenantFailure {
    return failure(
      'conflict',
      'Another object in the tenant holds the same name, address or immutable id.',
      'Look among users, groups and deleted users for it, then bind to the right account or free the name.',
    )
  }

  /** One code for all of them, so the message has to tell ("user: assignLicense", read 2026-11-23). */
  function licenceRefused(): TenantFailure {
    if (says(/usage location/i)) {
      return failure(
        'no_location',
        'Microsoft 365 does not know yet where the licence is used.',
        'Lockstep tries again by itself. If it stays, check the usage location of the person.',
      )
    }
    if (says(/available licenses/i))
      return failure('no_seat', 'No seat of this licence is left.', 'Buy more, or take one from somebody.')
    if (says(/corresponding license/i)) {
      return failure(
        'unavailable',
        'The account does not hold the licence any more, or not on every server of Microsoft.',
        'Lockstep looks again by itself.',
      )
    }
    if (says(/mutually exclusive|conflicting|depend/i)) {
      return failure(
        'refused',
        'The licence does not go together with those that the account holds.',
        'Leave one of them out of the rules, or add the one that it needs.',
      )
    }
    if (says(/inherited/i)) {
      return failure(
        'refused',
        'The account holds the licence through a group of the tenant.',
        'Take the person out of that group in Entra.',
      )
    }
    return failure(
      'refused',
      'Microsoft 365 did not take the change of licences.',
      'Look at the licences of the account in the admin center of Microsoft 365.',
    )
  }

  function badRequest(): TenantFailure {
    if (subject === 'licence') return licenceRefused()
    if (says(/on-premises mastered|originated within an external service/i)) {
      return failure(
        'read_only',
        'The account is mastered elsewhere, so Microsoft 365 refuses the change.',
        'Change it in Active Directory or Exchange, or unbind the user.',
      )
    }
    if (
      targets.includes('ObjectConflict') ||
      lower === 'request_multipleobjectswithsamekeyvalue' ||
      says(/already exists|conflicting object|same value for property|netid is invalid/i)
    ) {
      return taken()
    }
    const passwordMeant = targets.some((target) => /passwordprofile|password/i.test(target)) || says(/password/i)
    if ((subject === 'password' || subject === 'create') && passwordMeant) {
      return failure(
        'password_refused',
        'Microsoft 365 refused the password: it is too easy to guess, contains a banned word, or does not meet the rules there.',
        'Choose another one: at least 8 characters from three of upper case, lower case, digits and symbols, without names or common words.',
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

const throttleCodes = new Set([
  'toomanyrequests',
  'activitylimitreached',
  'request_throttledtemporarily',
  'request_throttledpermanently',
])

/** True when the object in the way holds our own immutable id: a create of ours whose answer was lost. */
export const holdsImmutableId = ({ body, headers }: Answer): boolean => {
  const { targets, message } = readError({ status: 400, headers, body })
  return targets.includes('onPremisesImmutableId') || /property onPremisesImmutableId/i.test(message)
}

type ReadError = {
  code: string
  message: string
  targets: string[]
  conflictsWith: string | undefined
  requestId: string | null
}

/** Answers are untrusted text that ends up in sentences and events: anything that is no plain word is left out. */
const word = (value: string | undefined) => (value !== undefined && /^[\w.:/-]{1,100}$/.test(value) ? value : undefined)

/** Microsoft's codes are letters and underscores; anything else could be what we sent. */
const plainCode = (value: string | undefined) =>
  value !== undefined && (/^[A-Za-z_]{1,80}$/.test(value) || value === noPremium) ? value : undefined

function readError({ body, headers }: Answer): ReadError {
  const parsed = ErrorBody.safeParse(body)
  const header = word(headers['request-id']) ?? null
  if (!parsed.success) return { code: '', message: '', targets: [], conflictsWith: undefined, requestId: header }
  const { error } = parsed.data
  const details = error.details ?? []
  const inner = error.innerError ?? error.innererror
  return {
    code: plainCode(error.code) ?? plainCode(inner?.code) ?? '',
    message: error.message,
    targets: details.flatMap(({ code, target }) => [word(code), word(target)].filter((each) => each !== undefined)),
    conflictsWith: word(
      details.find(({ code }) => code === 'ConflictingObjects')?.target?.replace(/^(User|Group|Contact)_/, ''),
    ),
    requestId: word(inner?.['request-id']) ?? header,
  }
}

/** Only the directory's own word counts: a 404 of something in between must not look like a deleted account. */
export const isMissing = (answer: Answer): boolean =>
  answer.status === 404 && /^(Request_ResourceNotFound|Directory_ObjectNotFound)$/i.test(readError(answer).code)

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

/** A read that failed. Whoever asked for it is told what the tenant said, and what to do. */
export class TenantError extends Problem {
  override readonly name = 'TenantError'
  readonly failure: TenantFailure
  constructor(failure: TenantFailure) {
    super('tenant_unreachable', `${failure.detail} ${failure.remedy}`)
    this.failure = failure
  }
}

/** Nothing of this was sent: the connection was closed first. */
export const closed = {
  kind: 'unavailable',
  code: 'connection_closed',
  detail: 'Lockstep closed its connection to Microsoft 365 before this was sent.',
  remedy: 'Lockstep tries again by itself.',
  requestId: null,
  retryAfterMs: null,
} as const

/** A link that leads to another server; nothing goes there. */
export const foreignLink = {
  kind: 'refused',
  code: 'foreign_link',
  detail: 'An answer of the tenant leads to another server. Nothing was sent there.',
  remedy: 'Check the endpoints of the connection and any proxy in between.',
  requestId: null,
  retryAfterMs: null,
} as const

/** Nobody can sign in to the tenant until the credential is entered anew. */
export const credentialLost = {
  kind: 'signed_out',
  code: 'credential_lost',
  detail: 'The credential of this connection cannot be opened any more: the instance key is another one.',
  remedy: 'Enter the secret or certificate again: "lockstep connections update", or sign in again in the console.',
  requestId: null,
  retryAfterMs: null,
} as const

/** No answer came to a read, or a request cannot have left. */
export const unreachable = (cause: string) =>
  ({
    kind: 'unavailable',
    code: 'tenant_unreachable',
    detail: `Microsoft 365 could not be reached (${cause}).`,
    remedy: 'Check the network of this machine. Lockstep tries again by itself.',
    requestId: null,
    retryAfterMs: null,
  }) as const
