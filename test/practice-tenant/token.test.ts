import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { decodeJwt, SignJWT } from 'jose'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant()
})
afterAll(() => tenant.close())

const ask = async (change: Record<string, string | undefined> = {}, at = tenant.tenantId) => {
  const fields = {
    grant_type: 'client_credentials',
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
    ...change,
  }
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  const answer = await tenant.raw(`/${at}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(given).toString(),
  })
  return { status: answer.status, body: answer.body as Record<string, unknown> }
}
const codeOf = ({ status, body }: Awaited<ReturnType<typeof ask>>) => [
  status,
  body['error'],
  (body['error_codes'] as number[])[0],
]

describe('a token', () => {
  test('is for Graph, names the app, and holds permissions and roles', async () => {
    const { body } = await ask()
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 })
    expect(body).not.toHaveProperty('refresh_token')
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${tenant.tenantId}/`,
      appid: tenant.clientId,
      idtyp: 'app',
      tid: tenant.tenantId,
      roles: expect.arrayContaining(['User.ReadWrite.All']),
      wids: ['fe930be7-5e62-47db-91af-98c3a49a38b1'],
    })
  })

  test('is also given by the domain of the tenant, and to the app by Basic', async () => {
    expect((await ask({}, 'contoso.example')).status).toBe(200)
    const basic = Buffer.from(`${tenant.clientId}:${tenant.clientSecret}`).toString('base64')
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    })
    const answer = await tenant.raw(`/${tenant.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: body.toString(),
      headers: { authorization: `Basic ${basic}` },
    })
    expect(answer.status).toBe(200)
  })
})

describe('a refusal says what is wrong', () => {
  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, [401, 'invalid_client', 7000215]],
    ['no secret', { client_secret: undefined }, [401, 'invalid_client', 7000218]],
    ['an unknown app', { client_id: '11111111-1111-4111-8111-111111111111' }, [400, 'unauthorized_client', 700016]],
    ['a missing grant', { grant_type: undefined }, [400, 'invalid_request', 900144]],
    ['a scope without .default', { scope: 'User.Read' }, [400, 'invalid_scope', 1002012]],
    ['another resource', { scope: 'https://elsewhere.example/.default' }, [400, 'invalid_resource', 500011]],
  ])('%s', async (_, change, expected) => {
    expect(codeOf(await ask(change))).toEqual(expected)
  })

  test.each([
    ['an unknown tenant', '99999999-9999-4999-8999-999999999999', 90002],
    ['a tenant id that is none', 'nonsense', 900023],
    ['/common', 'common', 9001023],
  ])('%s', async (_, at, code) => {
    expect(codeOf(await ask({}, at))).toEqual([400, 'invalid_request', code])
  })

  test('a disabled app', async () => {
    await tenant.ask('PUT', '/app', { enabled: false })
    expect(codeOf(await ask())).toEqual([401, 'unauthorized_client', 7000112])
    await tenant.ask('PUT', '/app', { enabled: true })
  })

  test('a secret that is over, and the next one works', async () => {
    const own = await startTestTenant()
    await own.ask('POST', '/secret', { expire: true })
    const form = {
      grant_type: 'client_credentials',
      client_id: own.clientId,
      scope: 'https://graph.microsoft.com/.default',
    }
    const post = (client_secret: string) =>
      own.raw(`/${own.tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, client_secret }).toString(),
      })
    expect((await post(own.clientSecret)).body).toMatchObject({ error_codes: [7000222] })
    await own.ask('POST', '/secret', { secret: 'the next one' })
    expect((await post('the next one')).status).toBe(200)
    await own.close()
  })
})

describe('a certificate', () => {
  const made = async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'app' }], { keySize: 2048 })
    return { key: createPrivateKey(key), cert, raw: new X509Certificate(cert).raw }
  }
  const assertion = (
    from: Awaited<ReturnType<typeof made>>,
    alg: string,
    header: Record<string, string>,
    audience?: string,
  ) =>
    new SignJWT({ jti: 'once' })
      .setProtectedHeader({ alg, ...header })
      .setIssuer(tenant.clientId)
      .setSubject(tenant.clientId)
      .setAudience(audience ?? `${tenant.login}/${tenant.tenantId}/oauth2/v2.0/token`)
      .setNotBefore('0s')
      .setExpirationTime('10m')
      .sign(from.key)
  const prove = (client_assertion: string) =>
    ask({
      client_secret: undefined,
      client_assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })

  test('proves the app with PS256 and RS256, by either thumbprint; one that is not registered does not', async () => {
    const own = await made()
    const print = (hash: string) => createHash(hash).update(own.raw).digest('base64url')
    const signed = await assertion(own, 'PS256', { 'x5t#S256': print('sha256') })
    expect(codeOf(await prove(signed))).toEqual([401, 'invalid_client', 700027])
    await tenant.ask('POST', '/certificates', { pem: own.cert })
    const answer = await prove(signed)
    expect(decodeJwt(String(answer.body['access_token']))).toMatchObject({ appidacr: '2' })
    expect((await prove(await assertion(own, 'RS256', { x5t: print('sha1') }))).status).toBe(200)
    expect((await prove(await assertion(own, 'PS256', {}))).status).toBe(401)
    const elsewhere = await assertion(own, 'PS256', { 'x5t#S256': print('sha256') }, 'https://elsewhere.example')
    expect((await prove(elsewhere)).status).toBe(401)
    const other = await made()
    expect((await prove(await assertion(other, 'PS256', { 'x5t#S256': print('sha256') }))).status).toBe(401)
  })
})

describe('at Graph', () => {
  const get = (authorization?: string) =>
    tenant.raw('/v1.0/users', { headers: authorization === undefined ? {} : { authorization } })

  test('no token, a token that is none, and one that is over are 401 with a challenge', async () => {
    const own = await startTestTenant()
    for (const given of [undefined, 'Bearer nonsense', 'Basic x']) {
      const answer = await get(given)
      expect(refusal(answer)).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' })
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /)
    }
    expect((await own.call('GET', '/users')).status).toBe(200)
    await own.ask('POST', '/clock', { advanceMs: 3_600_000 })
    expect((await own.call('GET', '/users')).status).toBe(401)
    await own.close()
  })

  test('a token of another tenant does not count', async () => {
    const other = await startTestTenant()
    const { body } = await ask()
    const authorization = `Bearer ${body['access_token']}`
    expect((await get(authorization)).status).toBe(200)
    expect((await other.raw('/v1.0/users', { headers: { authorization } })).status).toBe(401)
    await other.close()
  })
})

describe('discovery', () => {
  test('names the endpoints of this host; shared authorities have a placeholder as issuer', async () => {
    const own = await tenant.raw(`/${tenant.tenantId}/v2.0/.well-known/openid-configuration`)
    expect(own.body).toMatchObject({
      issuer: `${tenant.login}/${tenant.tenantId}/v2.0`,
      token_endpoint: `${tenant.login}/${tenant.tenantId}/oauth2/v2.0/token`,
      jwks_uri: `${tenant.login}/${tenant.tenantId}/discovery/v2.0/keys`,
    })
    const shared = await tenant.raw('/common/v2.0/.well-known/openid-configuration')
    expect(shared.body['issuer']).toBe(`${tenant.login}/{tenantid}/v2.0`)
    const unknown = await tenant.raw('/99999999-9999-4999-8999-999999999999/v2.0/.well-known/openid-configuration')
    expect(unknown).toMatchObject({ status: 400, body: { error: 'invalid_tenant' } })
  })

  test('hosts of somebody else are no instance', async () => {
    const path = '/common/discovery/instance?api-version=1.1&authorization_endpoint='
    const own = await tenant.raw(`${path}${tenant.login}/x/oauth2/v2.0/authorize`)
    expect(own.body).toMatchObject({ metadata: [{ preferred_network: new URL(tenant.login).host }] })
    const foreign = await tenant.raw(`${path}https://elsewhere.example/x`)
    expect(foreign).toMatchObject({ status: 400, body: { error: 'invalid_instance' } })
  })
})
