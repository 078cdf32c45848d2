import { describe, expect, test } from 'vitest'
import {
  type Answer,
  failureOf,
  holdsImmutableId,
  isDeadToken,
  isMissing,
  retryAfterMs,
  type Subject,
} from './failure.ts'

const now = Date.UTC(2026, 10, 23)
const guid = '11111111-2222-4333-8444-555555555555'
type Detail = { code?: string; target?: string }
const answer = (status: number, code = '', message = '', details?: Detail[], headers = {}): Answer => ({
  status,
  headers,
  body: { error: { code, message, ...(details && { details }) } },
})
const bad = (message: string, details?: Detail[]) => answer(400, 'Request_BadRequest', message, details)
const onPremises =
  'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.'

const rows: [what: string, answer: Answer, subject: Subject, kind: string][] = [
  [
    'a taken name, by its details',
    bad('…', [{ code: 'ObjectConflict', target: 'userPrincipalName' }]),
    'create',
    'conflict',
  ],
  [
    'a taken address, by its text',
    bad('Another object with the same value for property proxyAddresses already exists.'),
    'create',
    'conflict',
  ],
  [
    'a conflict without details',
    bad('A conflicting object with one or more of the specified property values is present in the directory.'),
    'account',
    'conflict',
  ],
  ['the old code of a conflict', answer(400, 'Request_MultipleObjectsWithSameKeyValue'), 'create', 'conflict'],
  ['a consumer identity, 400', bad('Property netId is invalid.'), 'create', 'conflict'],
  ['a consumer identity, 404', answer(404, 'Request_BadRequest', 'Property netId is invalid.'), 'create', 'conflict'],
  ['another conflict of names', answer(409, 'nameAlreadyExists'), 'account', 'conflict'],
  [
    'a banned password, by its details',
    bad('…', [{ code: 'InvalidValue', target: 'PasswordProfile' }]),
    'password',
    'password_refused',
  ],
  [
    'a banned password at a create, by its text',
    bad('The specified password does not comply with password complexity requirements.'),
    'create',
    'password_refused',
  ],
  ['a synced account', bad(onPremises), 'account', 'read_only'],
  [
    'a password for a synced account is no bad password',
    bad(onPremises, [{ target: 'passwordProfile' }]),
    'password',
    'read_only',
  ],
  [
    'an account from elsewhere',
    bad('Unable to update the specified properties for objects that have originated within an external service.'),
    'account',
    'read_only',
  ],
  [
    'a domain that is not verified',
    bad('The domain portion of the userPrincipalName property is invalid.'),
    'create',
    'refused',
  ],
  ['a bad value', bad('One or more properties contains invalid values.'), 'account', 'refused'],
  [
    'the word password in the refusal of an attribute',
    bad('Property passwordPolicies is invalid.'),
    'account',
    'refused',
  ],
  ['a token that is not accepted', answer(401, 'InvalidAuthenticationToken'), 'read', 'signed_out'],
  ['an application that is not there', answer(403, 'Authorization_IdentityNotFound'), 'read', 'signed_out'],
  ['a disabled application', answer(401, 'Authorization_IdentityDisabled'), 'read', 'signed_out'],
  ['a missing permission', answer(403, 'Authorization_RequestDenied'), 'password', 'forbidden'],
  [
    'Conditional Access',
    answer(403, 'accessDenied', '', undefined, { 'www-authenticate': 'Bearer error="insufficient_claims"' }),
    'read',
    'forbidden',
  ],
  ['a full tenant', answer(403, 'Directory_QuotaExceeded'), 'create', 'refused'],
  ['a missing account', answer(404, 'Request_ResourceNotFound'), 'account', 'gone'],
  ['two changes that met', answer(409, 'Directory_ConcurrencyViolation'), 'account', 'unavailable'],
  ['a dependency that failed', answer(424, 'FailedDependency'), 'account', 'unavailable'],
  ['too many requests', answer(429, 'TooManyRequests'), 'account', 'throttled'],
  ['a throttle by code under another status', answer(503, 'Request_ThrottledTemporarily'), 'account', 'throttled'],
  ['an error of the service', answer(500, 'Service_InternalServerError'), 'account', 'unavailable'],
  ['a gateway in HTML', { status: 502, headers: {}, body: null }, 'account', 'unavailable'],
  ['a replica that is away', answer(503, 'Directory_ReplicaUnavailable'), 'account', 'unavailable'],
  ['a body that is no error', { status: 418, headers: {}, body: ['?'] }, 'account', 'refused'],
]

describe('what a refusal means', () => {
  test.each(rows)('%s', (_, refusal, subject, kind) => {
    const failure = failureOf(refusal, subject, now)
    expect(failure.kind).toBe(kind)
    expect(failure.detail).toMatch(/[.]$/)
    expect(failure.remedy).toMatch(/[.]$/)
  })

  test('names who is in the way, and the request', () => {
    const { error } = answer(400, 'Request_BadRequest', '', [
      { code: 'ObjectConflict', target: 'proxyAddresses' },
      { code: 'ConflictingObjects', target: `Group_${guid}` },
    ]).body as { error: object }
    const failure = failureOf(
      {
        status: 400,
        headers: { 'request-id': 'outer' },
        body: { error: { ...error, innererror: { 'request-id': 'inner' } } },
      },
      'create',
      now,
    )
    expect(failure).toMatchObject({ conflictsWith: guid, requestId: 'inner', code: 'Request_BadRequest' })
  })

  test('nothing that an answer says in free text gets into our sentences', () => {
    const text = 'My-secret-1! <script>'
    const failure = failureOf(
      {
        status: 400,
        headers: { 'request-id': text },
        body: { error: { code: text, message: text, details: [{ code: text, target: text }] } },
      },
      'account',
      now,
    )
    expect(JSON.stringify(failure)).not.toContain('secret')
    expect(failure.requestId).toBeNull()
  })
})

test.each([
  ['2.128', 2128],
  ['0', 1_000],
  ['-5', 1_000],
  ['999999', 900_000],
  ['Infinity', null],
  [new Date(now + 30_000).toUTCString(), 30_000],
  ['', null],
  ['soon', null],
])('Retry-After %j is %j ms', (value, ms) => {
  expect(retryAfterMs({ 'retry-after': value }, now)).toBe(ms)
})

test.each([
  ['410', answer(410), true],
  ['410 without a body', { status: 410, headers: {}, body: null }, true],
  ['syncStateNotFound', answer(400, 'syncStateNotFound'), true],
  ['resyncRequired', answer(404, 'ResyncRequired'), true],
  ['an old page token', answer(400, 'Directory_ExpiredPageToken'), true],
  ['a badly formed token', bad('Badly formed token.'), true],
  ['a refused sign-in', answer(401, 'InvalidAuthenticationToken', 'the token is expired'), false],
  ['a throttle', answer(429, 'TooManyRequests'), false],
  ['another bad request', bad('Invalid object identifier'), false],
])('a delta token is dead or not: %s', (_, refusal, dead) => {
  expect(isDeadToken(refusal)).toBe(dead)
})

test('only the directory itself can say that an account is missing', () => {
  expect(isMissing(answer(404, 'Request_ResourceNotFound'))).toBe(true)
  expect(isMissing({ status: 404, headers: {}, body: null })).toBe(false)
  expect(isMissing(answer(404, 'UnknownError'))).toBe(false)
})

test('a create that meets our own immutable id is told from other conflicts', () => {
  expect(holdsImmutableId(bad('…', [{ code: 'ObjectConflict', target: 'onPremisesImmutableId' }]))).toBe(true)
  expect(holdsImmutableId(bad('…', [{ code: 'ObjectConflict', target: 'userPrincipalName' }]))).toBe(false)
})
