import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { createTokens, rightsOf, signInFailure } from './token.ts'

const refusal = (code: number) => ({ errorCode: 'invalid_client', errorMessage: `AADSTS${code}: Some text.` })

test.each([
  [7000215, 'signed_out', 'The client secret is wrong.'],
  [7000222, 'signed_out', 'The client secret has expired.'],
  [700016, 'signed_out', 'The application is not in this tenant.'],
  [90002, 'signed_out', 'There is no tenant with this id.'],
  [1002012, 'signed_out', 'The cloud does not accept the scope of Microsoft Graph.'],
  [99999, 'signed_out', 'The sign-in of the application was refused (AADSTS99999).'],
  [90033, 'unavailable', 'The sign-in service of Microsoft is busy.'],
])('AADSTS%i is %s: %s', (code, kind, detail) => {
  expect(signInFailure(refusal(code))).toMatchObject({ kind, code: `AADSTS${code}`, detail })
})

test('no answer at all is told with its cause', () => {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  const failure = signInFailure(new Error('fetch failed', { cause }))
  expect(failure).toMatchObject({ kind: 'unavailable', code: 'sign_in_unreachable' })
  expect(failure.detail).toContain('ECONNREFUSED')
})

const tokenOf = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`

test.each([
  ['no rights at all', tokenOf({ wids: [] }), { roles: [], directoryRoles: [], principalId: null }],
  [
    'rights, but no word on roles',
    tokenOf({ roles: ['A'] }),
    { roles: ['A'], directoryRoles: null, principalId: null },
  ],
  [
    'what an administrator lets us do',
    tokenOf({ scp: 'A B', wids: ['R'] }),
    { roles: ['A', 'B'], directoryRoles: ['R'], principalId: null, delegated: true },
  ],
  ['an opaque token', 'opaque', { roles: null, directoryRoles: null, principalId: null }],
  ['claims of another shape', tokenOf({ roles: 'A' }), { roles: null, directoryRoles: null, principalId: null }],
])('a token tells of %s', (_, token, rights) => {
  expect(rightsOf(token)).toEqual(rights)
})

test('a certificate that cannot be read is a sentence, without a word of the key', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const tokens = createTokens({
    login: 'https://login.invalid',
    graph: 'https://graph.invalid',
    tenantId: 't',
    clientId: 'c',
    credential: { kind: 'certificate', pem: 'nonsense', privateKeyPem: new Secret(pem) },
  })
  const error = await tokens.get().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ failure: { kind: 'signed_out', code: 'certificate_unreadable' } })
  expect(JSON.stringify(error)).not.toContain(pem.slice(40, 60))
})
