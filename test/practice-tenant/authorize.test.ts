import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directoryRoles } from './rights.ts'
import { seededPassword } from './seed.ts'
import { startTestTenant, type TestTenant } from './testing.ts'

const redirectUri = 'https://id.example/connections/callback'
const verifier = 'a-verifier-of-at-least-forty-three-characters-0'
const scope = 'https://graph.microsoft.com/.default offline_access openid profile'
const admin = 'admin@contoso.onmicrosoft.com'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant()
  await tenant.ask('POST', '/redirects', { uri: redirectUri })
})
afterAll(() => tenant.close())

const asking = (change: Record<string, string> = {}) =>
  new URLSearchParams({
    client_id: tenant.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: 'my state',
    nonce: 'my nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  })
const open = (change: Record<string, string> = {}, at = 'organizations') =>
  tenant.raw(`/${at}/oauth2/v2.0/authorize?${asking(change)}`, { redirect: 'manual' })
const answerOf = (page: Awaited<ReturnType<typeof open>>) => {
  const { origin, pathname, searchParams } = new URL(page.headers['location'] ?? 'https://nowhere.example')
  return { to: origin + pathname, ...Object.fromEntries(searchParams) } as Record<string, string>
}
const signIn = (user: string | null) => tenant.ask('PUT', '/signed-in', { user })
const codeFor = async (user: string) => {
  await signIn(user)
  return answerOf(await open())['code'] ?? ''
}
const redeem = async (fields: Record<string, string | undefined>) => {
  const whole = { client_id: tenant.clientId, client_secret: tenant.clientSecret, scope, client_info: '1', ...fields }
  const given = Object.entries(whole).filter((field): field is [string, string] => field[1] !== undefined)
  const body = new URLSearchParams(given).toString()
  const answer = await tenant.raw('/organizations/oauth2/v2.0/token', { method: 'POST', body })
  return { status: answer.status, body: answer.body as Record<string, unknown> }
}
const withCode = (code: string, change: Record<string, string | undefined> = {}) =>
  redeem({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, ...change })
const renew = (token: unknown) => redeem({ grant_type: 'refresh_token', refresh_token: String(token) })
const codeOf = ({ status, body }: Awaited<ReturnType<typeof redeem>>) => [
  status,
  body['error'],
  (body['error_codes'] as number[])[0],
]

describe('the page', () => {
  test('sends somebody who is signed in back at once, with a code and the state', async () => {
    await signIn(admin)
    const page = await open({}, tenant.tenantId)
    expect(page.status).toBe(302)
    expect(answerOf(page)).toMatchObject({ to: redirectUri, code: expect.any(String), state: 'my state' })
  })

  test('asks others for name and password, and says why not', async () => {
    await signIn(null)
    const page = await open()
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const send = async (more: Record<string, string>) =>
      await tenant.raw('/organizations/oauth2/v2.0/authorize', {
        method: 'POST',
        body: asking(more).toString(),
        redirect: 'manual',
      })
    expect(String((await send({ login: admin, passwd: 'wrong' })).body)).toContain('AADSTS50126')
    const inside = await send({ login: admin, passwd: seededPassword(1, -1) })
    expect(answerOf(inside)).toMatchObject({ to: redirectUri, code: expect.any(String), state: 'my state' })
    expect(answerOf(await send({ cancel: '1' }))).toMatchObject({ error: 'access_denied', state: 'my state' })
  })

  test.each([
    ['an address that is not registered', { redirect_uri: 'https://elsewhere.example/' }, 'AADSTS50011'],
    ['an app of nobody', { client_id: '11111111-1111-4111-8111-111111111111' }, 'AADSTS700016'],
  ])('sends nobody to %s', async (_, change, code) => {
    await signIn(admin)
    const page = await open(change)
    expect([page.status, page.headers['location']]).toEqual([400, undefined])
    expect(String(page.body)).toContain(code)
  })

  test.each([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no scope', { scope: '' }, 'invalid_request'],
    ['a challenge without S256', { code_challenge_method: 'plain' }, 'invalid_request'],
  ])('says at the address what is wrong: %s', async (_, change, error) => {
    expect(answerOf(await open(change))).toMatchObject({ to: redirectUri, error, state: 'my state' })
  })

  test('says that nobody is signed in when it must not ask', async () => {
    await signIn(null)
    expect(answerOf(await open({ prompt: 'none' }))).toMatchObject({ error: 'login_required' })
  })
})

describe('a code', () => {
  test('is worth tokens for Graph with the delegated permissions and the roles of the person', async () => {
    const { status, body } = await withCode(await codeFor(admin))
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
    expect(String(body['scope']).split(' ')).toContain('https://graph.microsoft.com/.default')
    const { oid } = decodeJwt(String(body['access_token']))
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      aud: 'https://graph.microsoft.com',
      idtyp: 'user',
      scp: expect.stringContaining('User.ReadWrite.All'),
      upn: admin,
      tid: tenant.tenantId,
      wids: [directoryRoles.globalAdministrator],
    })
    expect(decodeJwt(String(body['access_token']))).not.toHaveProperty('roles')
    expect(decodeJwt(String(body['id_token']))).toMatchObject({
      aud: tenant.clientId,
      iss: `${tenant.login}/${tenant.tenantId}/v2.0`,
      nonce: 'my nonce',
      oid,
      preferred_username: admin,
      tid: tenant.tenantId,
    })
    const info = JSON.parse(Buffer.from(String(body['client_info']), 'base64url').toString('utf8'))
    expect(info).toEqual({ uid: oid, utid: tenant.tenantId })
  })

  test('without offline_access there is no refresh token', async () => {
    const { body } = await withCode(await codeFor(admin), { scope: 'https://graph.microsoft.com/.default openid' })
    expect(body).not.toHaveProperty('refresh_token')
  })

  test('is good once, for ten minutes, for who knows the verifier, at the same address', async () => {
    const code = await codeFor(admin)
    expect(codeOf(await withCode(code, { code_verifier: 'x'.repeat(43) }))).toEqual([400, 'invalid_grant', 501481])
    expect(codeOf(await withCode(code, { code_verifier: undefined }))).toEqual([400, 'invalid_grant', 50148])
    expect(codeOf(await withCode(code, { redirect_uri: 'https://x.example' }))).toEqual([400, 'invalid_client', 500112])
    expect(codeOf(await withCode(code, { client_secret: 'wrong' }))).toEqual([401, 'invalid_client', 7000215])
    expect((await withCode(code)).status).toBe(200)
    expect(codeOf(await withCode(code))).toEqual([400, 'invalid_grant', 54005])
    expect(codeOf(await withCode('nonsense'))).toEqual([400, 'invalid_grant', 70000])
    const late = await codeFor(admin)
    await tenant.ask('POST', '/clock', { advanceMs: 10 * 60_000 })
    expect(codeOf(await withCode(late))).toEqual([400, 'invalid_grant', 70008])
  })
})

describe('a refresh token', () => {
  const tokenFor = async (user: string) => (await withCode(await codeFor(user))).body['refresh_token']

  test('gives another one each time, and stays good itself', async () => {
    const token = await tokenFor(admin)
    const first = await renew(token)
    expect(first.body).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) })
    expect(first.body['refresh_token']).not.toBe(token)
    expect((await renew(token)).status).toBe(200)
    expect((await renew(first.body['refresh_token'])).status).toBe(200)
  })

  test.each([
    ['a new password', 0, { act: 'set_password', password: 'Violet-Lantern-7' }, 50173],
    ['revoked sessions', 1, { act: 'revoke' }, 50173],
    ['a block', 2, { act: 'disable' }, 50057],
    ['a deleted account', 3, { act: 'delete' }, 50034],
  ])('dies with %s', async (_, at, act, code) => {
    const user = tenant.person(at).name
    const token = await tokenFor(user)
    expect((await renew(token)).status).toBe(200)
    await tenant.ask('POST', '/acts', { ...act, user })
    expect(codeOf(await renew(token))).toEqual([400, 'invalid_grant', code])
  })

  test('dies after 90 days without use', async () => {
    const token = await tokenFor(admin)
    await tenant.ask('POST', '/clock', { advanceMs: 89 * 86_400_000 })
    expect((await renew(token)).status).toBe(200)
    await tenant.ask('POST', '/clock', { advanceMs: 90 * 86_400_000 })
    expect(codeOf(await renew(token))).toEqual([400, 'invalid_grant', 700082])
  })
})

describe('at Graph', () => {
  const asked = async (user: string, method: string, path: string, body?: unknown) => {
    const { body: tokens } = await withCode(await codeFor(user))
    const authorization = `Bearer ${tokens['access_token']}`
    const headers = { authorization, 'content-type': 'application/json' }
    const given = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await tenant.raw(`/v1.0${path}`, { method, headers, ...given })).status
  }

  test('an app may do for somebody what both of them may do', async () => {
    const plain = tenant.person(10).name
    const other = `/users/${tenant.person(11).id}`
    const password = { passwordProfile: { password: 'Violet-Lantern-7', forceChangePasswordNextSignIn: false } }
    expect(await asked(plain, 'GET', '/users')).toBe(200)
    expect(await asked(plain, 'PATCH', other, { city: 'Graz' })).toBe(403)
    expect(await asked(plain, 'PATCH', other, password)).toBe(403)
    await tenant.ask('POST', '/acts', { act: 'grant_role', user: plain, role: directoryRoles.userAdministrator })
    expect(await asked(plain, 'PATCH', other, { city: 'Graz' })).toBe(204)
    expect(await asked(plain, 'PATCH', other, password)).toBe(204)
    const mighty = [...tenant.state.people.values()].find(({ properties }) => properties['userPrincipalName'] === admin)
    expect(await asked(plain, 'PATCH', `/users/${mighty?.id}`, { accountEnabled: false })).toBe(403)
    await tenant.ask('POST', '/rights', { withdrawDelegated: ['User.ReadWrite.All'] })
    expect(await asked(plain, 'PATCH', other, { city: 'Wien' })).toBe(403)
    await tenant.ask('POST', '/rights', { grantDelegated: ['User.ReadWrite.All'] })
  })

  test('what it does is done by the person in the audits', async () => {
    const person = tenant.person(12).id
    expect(await asked(admin, 'PATCH', `/users/${person}`, { city: 'Linz' })).toBe(204)
    expect(tenant.state.audits.filter(({ targetId }) => targetId === person)).toMatchObject([{ by: 'user' }])
  })
})
