import { grantRole } from '@lockstep/gateway/directory/roles'
import { system } from '@lockstep/gateway/domain/actor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { beginOauth, exchange, followOauth } from '../support/oauth.ts'
import { type Visitor, visitor } from '../support/visitor.ts'

const password = 'Sunny-Harbour-Lamp-3'
const another = 'Green-Window-Chair-8'

let here: Here
let people = 0
const url = () => here.gateway.url

beforeAll(async () => {
  here = await startHere({ secondFactor: 'admins' })
}, 60_000)
afterAll(() => here.close())

/** Somebody who may read events, and needs no second factor for it. */
async function auditor() {
  people += 1
  const email = `person${people}@contoso.example`
  const body = { email, displayName: `Person ${people}`, initialPassword: password, sendMail: false }
  const { id } = await here.client.call('POST /users', { body })
  await grantRole(here.context, system, { userId: id, role: 'auditor' })
  const browser = visitor(url())
  expect((await browser.post('/portal/login', { email, password })).status).toBe(303)
  return { id, email, browser }
}

async function bearerOf(browser: Visitor): Promise<string> {
  const { verifier, interaction } = await beginOauth(browser)
  return await exchange(url(), await followOauth(browser, interaction), verifier)
}

const statusOf = async (headers: Record<string, string>) => (await fetch(`${url()}/api/v1/me`, { headers })).status

/** An open stream that has nothing to say; resolves with how long it stayed after that was asked. */
async function openStream(headers: Record<string, string>) {
  const response = await fetch(`${url()}/api/v1/events/stream?type=nothing_at_all`, { headers })
  expect(response.status).toBe(200)
  const reader = response.body?.getReader()
  await reader?.read()
  return async () => {
    const since = performance.now()
    while (!(await reader?.read())?.done);
    return performance.now() - since
  }
}

type Someone = Awaited<ReturnType<typeof auditor>>
const call = () => here.client
const causes: [string, (who: Someone, other: Visitor) => Promise<unknown>][] = [
  [
    'a password that an administrator sets',
    ({ id }) => call().call('PUT /users/{id}/password', { params: { id }, body: { password: another } }),
  ],
  [
    'a change of the password elsewhere',
    (_, other) => other.post('/portal/password', { currentPassword: password, newPassword: another, reason: 'change' }),
  ],
  ['being suspended', ({ id }) => call().call('POST /users/{id}/suspend', { params: { id } })],
  ['being deleted', ({ id }) => call().call('DELETE /users/{id}', { params: { id }, query: { accounts: 'keep' } })],
  ['another role', ({ id }) => grantRole(here.context, system, { userId: id, role: 'helpdesk' })],
  ['signing out everywhere else', (_, other) => other.post('/portal/security/sessions/end-others', {})],
]

describe('what ends a session ends it for the cookie, the token of a program, and an open stream', () => {
  test.concurrent.each(causes)('%s', async (_, end) => {
    const who = await auditor()
    const other = visitor(url())
    await other.post('/portal/login', { email: who.email, password })
    const cookie = { cookie: who.browser.header() }
    const bearer = { authorization: `Bearer ${await bearerOf(who.browser)}` }
    expect([await statusOf(cookie), await statusOf(bearer)]).toEqual([200, 200])
    const ended = await Promise.all([openStream(cookie), openStream(bearer)])
    await end(who, other)
    expect([await statusOf(cookie), await statusOf(bearer)]).toEqual([401, 401])
    for (const tookMs of await Promise.all(ended.map((wait) => wait()))) expect(tookMs).toBeLessThan(5_000)
  })
})

test('signing out, and ending one session from another browser, end that cookie and its stream', async () => {
  const { browser, email } = await auditor()
  const other = visitor(url())
  await other.post('/portal/login', { email, password })
  const cookie = { cookie: other.header() }
  const ended = await openStream(cookie)
  const { items } = (await browser.call('GET', '/me/sessions')).body as { items: { id: string; current: boolean }[] }
  expect(items.map(({ current }) => current).sort()).toEqual([false, true])
  const id = items.find(({ current }) => !current)?.id
  expect((await browser.call('DELETE', `/me/sessions/${id}`)).status).toBe(204)
  expect(await statusOf(cookie)).toBe(401)
  expect(await ended()).toBeLessThan(5_000)
  const mine = { cookie: browser.header() }
  const stream = await openStream(mine)
  await browser.post('/portal/logout', {})
  expect(await statusOf(mine)).toBe(401)
  expect(await stream()).toBeLessThan(5_000)
})

test("nobody ends or sees somebody else's session", async () => {
  const ana = await auditor()
  const ben = await auditor()
  const { items } = (await ana.browser.call('GET', '/me/sessions')).body as { items: { id: string }[] }
  expect(await ben.browser.call('DELETE', `/me/sessions/${items[0]?.id}`)).toMatchObject({ status: 404 })
  expect((await ana.browser.call('GET', '/me')).status).toBe(200)
})

test('the cookie from before a sign-in is worth nothing after it', async () => {
  const { browser, email } = await auditor()
  const before = { cookie: browser.header() }
  await browser.post('/portal/login', { email, password })
  expect(await statusOf(before)).toBe(401)
  expect(await statusOf({ cookie: browser.header() })).toBe(200)
})

describe('before what may do harm', () => {
  /** As if ten minutes had gone by since everybody proved to be the one. */
  const letConfirmationsEnd = () =>
    here.context.store.change(system, async (change) => {
      change.quiet('time goes by')
      const confirmed_at = change.now - 600_000
      await change.trx.updateTable('sessions').set({ confirmed_at }).execute()
    })
  const exported = '/events/export'

  test('a person confirms again, and the session goes on under another cookie', async () => {
    const { browser } = await auditor()
    const ask = async () =>
      (await fetch(`${url()}/api/v1${exported}`, { headers: { cookie: browser.header() } })).status
    expect(await ask()).toBe(200)
    await letConfirmationsEnd()
    expect(await ask()).toBe(403)
    expect(await browser.call('GET', '/me/factors')).toMatchObject({ status: 200 })
    const before = { cookie: browser.header() }
    expect(await browser.call('POST', '/me/confirm', { code: 'wrong' })).toMatchObject({ status: 401 })
    expect(await browser.call('POST', '/me/confirm', { code: password })).toMatchObject({ status: 204 })
    expect(await statusOf(before)).toBe(401)
    expect(await ask()).toBe(200)
  })

  test('a program is let in again only after its person confirmed in the browser', async () => {
    const { browser } = await auditor()
    const ask = async (token: string) =>
      (await fetch(`${url()}/api/v1${exported}`, { headers: { authorization: `Bearer ${token}` } })).status
    await letConfirmationsEnd()
    const stale = await bearerOf(browser)
    expect(await ask(stale)).toBe(403)
    const { verifier, interaction } = await beginOauth(browser, { prompt: 'login' })
    const stopped = await followOauth(browser, interaction)
    expect(stopped).toMatch(/^\/portal\/confirm\?interaction=/)
    const uid = new URL(stopped, url()).searchParams.get('interaction') ?? ''
    const sent = await browser.post('/portal/confirm', { code: password, interaction: uid })
    const fresh = await exchange(url(), await followOauth(browser, sent.to ?? ''), verifier)
    expect([await ask(stale), await ask(fresh)]).toEqual([403, 200])
  })

  test('a token of a script approves and overrides only with the right that it was made with', async () => {
    const ask = async (token: string, path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const method = path.endsWith('approve') ? 'POST' : 'PUT'
      const answer = await fetch(`${url()}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
      return ((await answer.json()) as { code: string }).code
    }
    const bare = await here.tokenOf('admin')
    const named = await here.tokenOf('admin', ['approve', 'override'])
    const approve = '/connections/none/plan/none/approve'
    const override = '/connections/none/bindings/none'
    expect(await ask(bare, approve, {})).toBe('forbidden')
    expect(await ask(bare, override, { override: ['protected'] })).toBe('forbidden')
    expect(await ask(named, approve, {})).toBe('connection_not_found')
    expect(await ask(named, override, { override: ['protected'] })).toBe('connection_not_found')
  })
})
