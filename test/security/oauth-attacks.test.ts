import { createHash, randomBytes } from 'node:crypto'
import { grantRole, revokeRole } from '@lockstep/gateway/directory/roles'
import { system } from '@lockstep/gateway/domain/actor'
import { extensionId } from '@lockstep/shared/contract/extension'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { askDevice, askDeviceTokens, askTokens, type Key, letIn, proofKey, renewTokens } from '../support/oauth.ts'
import { type Visitor, visitor } from '../support/visitor.ts'

const password = 'Sunny-Harbour-Lamp-3'
const cliRedirect = 'http://127.0.0.1/cb'
const extensionRedirect = `https://${extensionId}.chromiumapp.org/cb`

let here: Here
let people = 0
let ana: Awaited<ReturnType<typeof somebody>>
const url = () => here.gateway.url

beforeAll(async () => {
  here = await startHere()
  ana = await somebody()
}, 60_000)
afterAll(() => here.close())
beforeEach(() => here.forgiveGuesses())

async function somebody() {
  people += 1
  const email = `person${people}@contoso.example`
  const { id } = await here.client.call('POST /users', { body: { email, initialPassword: password, sendMail: false } })
  const browser = visitor(url())
  await browser.post('/portal/login', { email, password })
  return { id, browser }
}

type Fields = Record<string, string>
const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')
const asCli: Fields = { client_id: 'cli', redirect_uri: cliRedirect }
const asExtension: Fields = { client_id: 'extension', redirect_uri: extensionRedirect }

const asked = (more: Fields): Fields => ({
  response_type: 'code',
  scope: 'openid offline_access',
  state: 's',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  ...asCli,
  ...more,
})

/** Where somebody who is signed in ends who follows such a link: an address of a program, or a page of ours. */
async function follow(browser: Visitor, search: URLSearchParams, path = '/oauth/auth') {
  let at = await browser.get(`${path}?${search}`)
  let to = at.to
  for (let hops = 0; to !== null && hops < 10; hops++) {
    const next = new URL(to, url())
    if (next.origin !== url()) return { status: at.status, left: next }
    at = await browser.get(next.pathname + next.search)
    to = at.to
  }
  return { status: at.status, left: null, text: at.text }
}

async function codeFor(more: Fields = {}, browser = ana.browser): Promise<string> {
  const { left } = await follow(browser, new URLSearchParams(asked(more)))
  return left?.searchParams.get('code') ?? ''
}

const trade = (code: string, more: Fields = {}, headers: Fields = {}) =>
  askTokens(url(), { grant_type: 'authorization_code', code, code_verifier: verifier, ...asCli, ...more }, headers)
const meAs = async (authorization: string, more: Fields = {}) =>
  (await fetch(`${url()}/api/v1/me`, { headers: { authorization, ...more } })).status

test('the way that is attacked works for those whom it is for', async () => {
  const tokens = await trade(await codeFor())
  expect(tokens.status).toBe(200)
  expect(await meAs(`Bearer ${tokens.access_token}`)).toBe(200)
})

describe('an authorization request', () => {
  /** Nothing leaves the gateway: there is nobody who could be trusted with the answer. */
  test.each<[string, Fields]>([
    ['an unknown client', { client_id: 'evil' }],
    ['no client', { client_id: '' }],
    ['another redirect address', { redirect_uri: 'https://evil.example/cb' }],
    ['a longer path', { redirect_uri: `${cliRedirect}/x` }],
    ['a query', { redirect_uri: `${cliRedirect}?x=1` }],
    ['a fragment', { redirect_uri: `${cliRedirect}#x` }],
    ['a path that climbs', { redirect_uri: `${cliRedirect}/../x` }],
    ['another loopback name', { redirect_uri: 'http://localhost/cb' }],
    ['credentials before the host', { redirect_uri: 'http://127.0.0.1@evil.example/cb' }],
    ['the redirect address of another client', { redirect_uri: extensionRedirect }],
    ['an extension that is not ours', { ...asExtension, redirect_uri: `https://${'a'.repeat(32)}.chromiumapp.org/cb` }],
    ['a sibling of our extension', { ...asExtension, redirect_uri: `https://x.${extensionId}.chromiumapp.org/cb` }],
    ['plain http for the extension', { ...asExtension, redirect_uri: extensionRedirect.replace('https', 'http') }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
  ])('%s stays on a page of ours', async (_, more) => {
    const { status, left } = await follow(ana.browser, new URLSearchParams(asked(more)))
    expect([status, left]).toEqual([400, null])
  })

  /** The program is ours: it is told that there is no code. */
  test.each<[string, Fields]>([
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['a token at once', { response_type: 'token' }],
    ['an id token at once', { response_type: 'id_token', nonce: 'n' }],
    ['a hybrid answer', { response_type: 'code id_token', nonce: 'n' }],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['a request from elsewhere', { request_uri: 'https://evil.example/request' }],
    ['an answer by message to any window', { response_mode: 'web_message' }],
  ])('%s brings no code', async (_, more) => {
    const { left } = await follow(ana.browser, new URLSearchParams(asked(more)))
    expect(left?.href ?? '').not.toMatch(/[?#&](code|access_token|id_token)=/)
  })

  test('the same field twice brings no code', async () => {
    const search = new URLSearchParams(asked({}))
    search.append('scope', 'openid')
    expect((await follow(ana.browser, search)).left?.searchParams.get('code') ?? null).toBeNull()
  })

  test('more rights than there are is not answered with more rights', async () => {
    const { scope } = (await trade(await codeFor({ scope: 'openid offline_access admin' }))) as { scope?: string }
    expect(scope?.split(' ')).not.toContain('admin')
  })

  test('a silent question of somebody who is nobody is answered with no', async () => {
    const { left } = await follow(visitor(url()), new URLSearchParams(asked({ prompt: 'none' })))
    expect(left?.searchParams.get('code')).toBeNull()
  })

  test('what one browser began, another one cannot end', async () => {
    const begun = await visitor(url()).get(`/oauth/auth?${new URLSearchParams(asked({}))}`)
    const page = await ana.browser.get(new URL(begun.to ?? '', url()).pathname)
    expect([page.status, page.to]).toEqual([401, null])
  })

  test('the issuer is the gateway, whatever a caller says of proxies', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }
    const metadata = await fetch(`${url()}/oauth/.well-known/openid-configuration`, { headers })
    expect(await metadata.text()).not.toContain('evil.example')
  })
})

describe('a token request', () => {
  test.each<[string, Fields]>([
    ['without the verifier', { code_verifier: '' }],
    ['with another verifier', { code_verifier: randomBytes(32).toString('base64url') }],
    ['with another redirect address', { redirect_uri: 'http://127.0.0.1/other' }],
    ['as another client', { client_id: 'extension' }],
    ['as nobody', { client_id: '' }],
    ['as somebody with a password', { grant_type: 'password', username: 'person1@contoso.example', password }],
    ['as itself', { grant_type: 'client_credentials' }],
    ['by exchange', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'x' }],
    ['of no kind', { grant_type: '' }],
  ])('%s brings no token', async (_, more) => {
    const answer = await trade(await codeFor(), more)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.access_token).toBeUndefined()
  })

  test('a code that comes twice ends all that came from it', async () => {
    const code = await codeFor()
    const tokens = await trade(code)
    expect((await trade(code)).status).toBe(400)
    expect(await meAs(`Bearer ${tokens.access_token}`)).toBe(401)
  })

  test('a code is good for a minute', async () => {
    const code = await codeFor()
    const lives = await here.context.store.db
      .selectFrom('oauth_entries')
      .select('ends_at')
      .where('model', '=', 'AuthorizationCode')
      .orderBy('ends_at', 'desc')
      .executeTakeFirstOrThrow()
    expect((lives.ends_at ?? 0) - Date.now()).toBeLessThanOrEqual(60_000)
    await here.context.store.change(system, async (change) => {
      change.quiet('a minute later')
      await change.trx
        .updateTable('oauth_entries')
        .set({ ends_at: Date.now() - 1 })
        .execute()
    })
    expect((await trade(code)).status).toBe(400)
    ana = await somebody()
  })

  test('a token of another kind opens nothing', async () => {
    const code = await codeFor()
    expect(await meAs(`Bearer ${code}`)).toBe(401)
    const { refresh_token: refresh, id_token: id } = (await trade(code)) as unknown as Fields
    expect(await meAs(`Bearer ${refresh}`)).toBe(401)
    expect(await meAs(`Bearer ${id}`)).toBe(401)
    expect(await meAs(`Bearer sha256:${createHash('sha256').update('x').digest('hex')}`)).toBe(401)
    expect((await renewTokens(url(), code)).status).toBe(400)
    expect((await askDeviceTokens(url(), String(refresh))).status).toBe(400)
  })

  test('a token in the address or in a cookie is none', async () => {
    const { access_token: token } = await trade(await codeFor())
    expect((await fetch(`${url()}/api/v1/me?access_token=${token}`)).status).not.toBe(200)
    expect((await fetch(`${url()}/api/v1/me`, { headers: { cookie: `__Host-lockstep=${token}` } })).status).toBe(401)
  })

  test('a renewal by another client is refused, and asks for no more than there was', async () => {
    const { refresh_token: token } = await trade(await codeFor())
    const renewal = { grant_type: 'refresh_token', refresh_token: token }
    expect((await askTokens(url(), { ...renewal, client_id: 'extension' })).status).toBe(400)
    expect((await askTokens(url(), { ...renewal, scope: 'openid admin' })).status).toBe(400)
    expect((await renewTokens(url(), token)).status).toBe(200)
  })

  test('a lost answer is repeated to the same client alone', async () => {
    const { refresh_token: token } = await trade(await codeFor())
    const { access_token: good } = await renewTokens(url(), token)
    const renewal = { grant_type: 'refresh_token', refresh_token: token, client_id: 'extension' }
    expect((await askTokens(url(), renewal)).access_token).toBeUndefined()
    expect(await meAs(`Bearer ${good}`)).toBe(200)
  })

  test('somebody who may not sign in any more renews nothing', async () => {
    const ben = await somebody()
    const { access_token: token, refresh_token: refresh } = await letIn(ben.browser, url())
    await here.client.call('POST /users/{id}/suspend', { params: { id: ben.id } })
    expect(await meAs(`Bearer ${token}`)).toBe(401)
    expect((await renewTokens(url(), refresh)).status).toBe(400)
  })

  test('a role that was taken away is gone at once', async () => {
    const ben = await somebody()
    await grantRole(here.context, system, { userId: ben.id, role: 'auditor' })
    const browser = visitor(url())
    await browser.post('/portal/login', { email: `person${people}@contoso.example`, password })
    const { access_token: token } = await letIn(browser, url())
    const list = async () =>
      (await fetch(`${url()}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } })).status
    expect(await list()).toBe(200)
    await revokeRole(here.context, system, { userId: ben.id })
    expect(await list()).not.toBe(200)
  })

  test('nobody ends the tokens of another client', async () => {
    const { access_token: token, refresh_token: refresh } = await trade(await codeFor())
    for (const one of [token, refresh]) {
      const body = new URLSearchParams({ client_id: 'extension', token: one })
      await fetch(`${url()}/oauth/token/revocation`, { method: 'POST', body })
    }
    expect(await meAs(`Bearer ${token}`)).toBe(200)
  })
})

describe('the extension', () => {
  let key: Key
  beforeAll(async () => {
    key = await proofKey()
  })
  const asOwner = async (code: string, by = key) =>
    trade(code, asExtension, { dpop: await by.proof('POST', `${url()}/oauth/token`) })

  test('gets tokens for its key, and each is worth nothing without it', async () => {
    const { status, access_token: token, refresh_token: refresh } = await asOwner(await codeFor(asExtension))
    expect(status).toBe(200)
    const mine = await ana.browser.call('GET', '/me/sessions')
    expect(mine.body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ kind: 'extension' })]) })
    const api = `${url()}/api/v1/me`
    expect(await meAs(`DPoP ${token}`, { dpop: await key.proof('GET', api, token) })).toBe(200)
    const thief = await proofKey()
    expect(await meAs(`DPoP ${token}`, { dpop: await thief.proof('GET', api, token) })).toBe(401)
    expect(await meAs(`DPoP ${token}`)).toBe(401)
    expect(await meAs(`Bearer ${token}`)).toBe(401)
    expect(await meAs(`DPoP ${token}`, { dpop: await key.proof('POST', api, token) })).toBe(401)
    expect(await meAs(`DPoP ${token}`, { dpop: await key.proof('GET', `${url()}/api/v1/users`, token) })).toBe(401)
    expect(await meAs(`DPoP ${token}`, { dpop: await key.proof('GET', api, 'another') })).toBe(401)
    const once = await key.proof('GET', api, token)
    expect([await meAs(`DPoP ${token}`, { dpop: once }), await meAs(`DPoP ${token}`, { dpop: once })]).toEqual([
      200, 401,
    ])
    const renewal = { grant_type: 'refresh_token', refresh_token: refresh, client_id: 'extension' }
    const dpop = await thief.proof('POST', `${url()}/oauth/token`)
    expect((await askTokens(url(), renewal, { dpop })).access_token).toBeUndefined()
    expect((await askTokens(url(), renewal)).access_token).toBeUndefined()
  })

  test('gets none without a proof, or for a code that was asked for under another key', async () => {
    expect((await trade(await codeFor(asExtension), asExtension)).access_token).toBeUndefined()
    const bound = await codeFor({ ...asExtension, dpop_jkt: (await proofKey()).thumbprint })
    expect((await asOwner(bound)).access_token).toBeUndefined()
  })

  test('cannot ask by a code that people type', async () => {
    const body = new URLSearchParams({ client_id: 'extension', scope: 'openid' })
    expect((await fetch(`${url()}/oauth/device/auth`, { method: 'POST', body })).status).toBe(400)
  })
})

describe('what there is not', () => {
  test.each([
    '/oauth/reg',
    '/oauth/token/introspection',
    '/oauth/me',
    '/oauth/session/end',
    '/oauth/request',
    '/oauth/backchannel',
  ])('%s', async (path) => {
    const answers = await Promise.all(['GET', 'POST'].map((method) => fetch(url() + path, { method })))
    for (const { status } of answers) expect([403, 404, 405]).toContain(status)
  })

  test('tokens by GET, by JSON, or with a field twice', async () => {
    const code = await codeFor()
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, ...asCli }
    const to = `${url()}/oauth/token`
    expect((await fetch(`${to}?${new URLSearchParams(fields)}`)).status).toBe(404)
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) }
    expect((await fetch(to, json)).status).toBe(400)
    const twice = new URLSearchParams(fields)
    twice.append('client_id', 'cli')
    expect((await fetch(to, { method: 'POST', body: twice })).status).toBe(400)
    expect((await fetch(to, { method: 'POST', body: new URLSearchParams({ x: 'x'.repeat(20_000) }) })).status).toBe(413)
  })

  test('a yes that another site sends', async () => {
    const { userCode, deviceCode } = await askDevice(url())
    const cookie = ana.browser.header()
    const from = (site: string) =>
      fetch(`${url()}/oauth/device`, {
        method: 'POST',
        headers: { cookie, 'sec-fetch-site': site, origin: 'https://evil.example' },
        body: new URLSearchParams({ code: userCode, answer: 'yes' }),
      })
    for (const site of ['cross-site', 'same-site', 'none']) expect((await from(site)).status).toBe(403)
    expect(await askDeviceTokens(url(), deviceCode)).toMatchObject({ error: 'authorization_pending' })
  })
})
