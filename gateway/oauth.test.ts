import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { testHandlers, testIdempotency, testSettings } from './http/testing.ts'
import { redirectUriOf } from './portal/oauth/provider.ts'
import { testOauth } from './portal/oauth/testing.ts'
import { ana, anaSession, fakePortal, noDirectory } from './portal/testing.ts'

const extensionId = testSettings.extensionIds[0] ?? ''
const extension = `chrome-extension://${extensionId}`
const redirectUri = redirectUriOf(extensionId)
const verifier = 'v'.repeat(64)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const form = 'application/x-www-form-urlencoded'

let server: Server
let origin: string
/** Taken away to see what an account that is gone means. */
let people = [ana]

beforeEach(async () => {
  people = [ana]
  server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const { nodeHandler } = await buildApp({
    settings: {
      ...testSettings,
      publicUrl: origin,
      listenHost: '127.0.0.1',
      organisation: 'Contoso',
      supportContact: null,
      sendsMail: true,
      language: 'en',
      version: '0.1.0',
    },
    log: { info: () => undefined, error: (fields) => console.error(fields) },
    now: () => Date.now(),
    newId: randomUUID,
    assetsFolder: '/nonexistent',
    sessionOf: anaSession,
    confirmedAtOf: async () => Date.now(),
    directory: noDirectory,
    apiTokenOf: async () => null,
    personOf: async (id) => people.find((person) => person.id === id) ?? null,
    handlers: testHandlers({ myStatus: async ({ actor }) => fakePortal().status(actor.id) }),
    portal: fakePortal(),
    idempotency: testIdempotency(),
    oauth: testOauth(),
    finishAuthorization: async () => ({ id: 'c1' }),
    isReady: async () => true,
  })
  server.on('request', nodeHandler)
})
afterEach(() => new Promise((done) => server.close(done)))

/** A browser's window: keeps cookies by path, and stops where it would leave the gateway. */
function browser() {
  const jar: { name: string; value: string; path: string }[] = []
  return async function visit(
    url: string,
    init: RequestInit = {},
  ): Promise<{ url: string; response: Response | null }> {
    if (!url.startsWith(origin)) return { url, response: null }
    const { pathname } = new URL(url)
    const cookie = jar
      .filter(({ path }) => pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie, accept: 'text/html' },
    })
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      const path = /path=([^;]+)/i.exec(text)?.[1] ?? '/'
      const old = jar.findIndex((one) => one.name === name && one.path === path)
      if (old >= 0) jar.splice(old, 1)
      if (value !== '') jar.push({ name, value, path })
    }
    const location = response.headers.get('location')
    return location === null ? { url, response } : visit(new URL(location, url).href)
  }
}

function authorizeUrl(more: Record<string, string> = {}): string {
  const search = new URLSearchParams({
    client_id: 'extension',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 's1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })
  return `${origin}/oauth/auth?${search}`
}

async function signIn(visit = browser()): Promise<URL> {
  const page = await visit(authorizeUrl())
  const done = await visit(page.url, {
    method: 'POST',
    headers: { 'content-type': form, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ email: 'ana@contoso.example', password: 'right' }).toString(),
  })
  return new URL(done.url)
}

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
function proof(method: string, url: string, accessToken?: string): string {
  const { kty, crv, x, y } = key.publicKey.export({ format: 'jwk' })
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const ath = accessToken && { ath: createHash('sha256').update(accessToken).digest('base64url') }
  const claims = { htm: method, htu: url, iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ...ath }
  const data = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(data), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${data}.${signature.toString('base64url')}`
}

type Tokens = { access_token: string; refresh_token: string; token_type: string; expires_in: number; error?: string }

async function tokenRequest(
  fields: Record<string, string>,
  dpop: string | null = proof('POST', `${origin}/oauth/token`),
) {
  const response = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers: {
      'content-type': form,
      origin: extension,
      'sec-fetch-site': 'cross-site',
      ...(dpop !== null && { dpop }),
    },
    body: new URLSearchParams({ client_id: 'extension', ...fields }).toString(),
  })
  return { status: response.status, headers: response.headers, tokens: (await response.json()) as Tokens }
}

const exchange = (code: string, more: Record<string, string> = {}) =>
  tokenRequest({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, ...more })

async function myStatus(
  token: string,
  scheme = 'DPoP',
  dpop: string | null = proof('GET', `${origin}/api/v1/me/status`, token),
) {
  const headers = { authorization: `${scheme} ${token}`, ...(dpop !== null && { dpop }) }
  return (await fetch(`${origin}/api/v1/me/status`, { headers })).status
}

test('the extension signs in, asks the API with a proof, and renews its token', async () => {
  const answered = await signIn()
  expect(answered.origin + answered.pathname).toBe(redirectUri)
  expect(answered.searchParams.get('state')).toBe('s1')
  expect(answered.searchParams.get('iss')).toBe(`${origin}/oauth`)
  const { status, tokens, headers } = await exchange(answered.searchParams.get('code') ?? '')
  expect([status, tokens.token_type, tokens.expires_in]).toEqual([200, 'DPoP', 600])
  expect(headers.get('access-control-allow-origin')).toBe(extension)
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await myStatus(tokens.access_token)).toBe(200)
  const renewed = await tokenRequest({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  expect(await myStatus(renewed.tokens.access_token)).toBe(200)
})

test('a token is worth nothing without the key, and nothing once the person is gone', async () => {
  const { tokens } = await exchange((await signIn()).searchParams.get('code') ?? '')
  const token = tokens.access_token
  expect(await myStatus(token, 'Bearer', null)).toBe(401)
  expect(await myStatus(token, 'Bearer')).toBe(401)
  expect(await myStatus(token, 'DPoP', null)).toBe(401)
  expect(await myStatus(token, 'DPoP', proof('GET', `${origin}/api/v1/me`, token))).toBe(401)
  people = []
  expect(await myStatus(token)).toBe(401)
})

test('who is signed in on the portal is not asked again; signing out there is enough', async () => {
  const visit = browser()
  await signIn(visit)
  expect((await visit(authorizeUrl())).url).toContain(`${redirectUri}?code=`)
  await visit(`${origin}/portal/logout`, {
    method: 'POST',
    headers: { 'content-type': form, 'sec-fetch-site': 'same-origin' },
  })
  const asked = await visit(authorizeUrl())
  expect(asked.url).toContain('/oauth/interaction/')
  expect(asked.response?.headers.get('content-security-policy')).toContain(
    `form-action 'self' https://${extensionId}.chromiumapp.org;`,
  )
})

test('a code that comes twice ends all that came from it', async () => {
  const code = (await signIn()).searchParams.get('code') ?? ''
  const { tokens } = await exchange(code)
  expect((await exchange(code)).status).toBe(400)
  expect(await myStatus(tokens.access_token)).toBe(401)
})

test('a renewed token that is used again ends all that came from it', async () => {
  const { tokens } = await exchange((await signIn()).searchParams.get('code') ?? '')
  const renew = () => tokenRequest({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  const { tokens: second } = await renew()
  expect((await renew()).status).toBe(400)
  expect(await myStatus(second.access_token)).toBe(401)
})

test('tokens are given for a proof and the right verifier alone', async () => {
  const code = (await signIn()).searchParams.get('code') ?? ''
  expect((await exchange(code, { code_verifier: 'w'.repeat(64) })).status).toBe(400)
  const other = (await signIn()).searchParams.get('code') ?? ''
  const fields = { grant_type: 'authorization_code', code: other, redirect_uri: redirectUri, code_verifier: verifier }
  expect((await tokenRequest(fields, null)).tokens.error).toBe('invalid_grant')
})

test.each([
  ['another redirect address', { redirect_uri: 'https://evil.example/cb' }],
  ['a longer redirect address', { redirect_uri: `${redirectUri}/x` }],
  ['an unknown client', { client_id: 'evil' }],
])('%s is told on a page of ours and never followed', async (_, more) => {
  const page = await browser()(authorizeUrl(more))
  expect(page.url).toContain(origin)
  expect(page.response?.status).toBe(400)
  expect(await page.response?.text()).toContain('The sign-in could not go on')
})

test.each([
  ['no challenge', { code_challenge: '', code_challenge_method: '' }],
  ['a plain challenge', { code_challenge_method: 'plain' }],
  ['an implicit answer', { response_type: 'id_token', nonce: 'n' }],
])('%s gets no code', async (_, more) => {
  const { url } = await browser()(authorizeUrl(more))
  expect(url).not.toContain('code=')
  expect(url).toContain('error=')
})

test('metadata names the gateway', async () => {
  const metadata = (await (await fetch(`${origin}/oauth/.well-known/openid-configuration`)).json()) as Record<
    string,
    unknown
  >
  expect(metadata).toMatchObject({
    issuer: `${origin}/oauth`,
    token_endpoint: `${origin}/oauth/token`,
    authorization_endpoint: `${origin}/oauth/auth`,
  })
})
