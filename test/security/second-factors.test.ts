import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { contentOf } from '@lockstep/gateway/store/mails'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authenticator, authenticatorOf, keyIn } from '../support/authenticator.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { type Visitor, visitor } from '../support/visitor.ts'

const password = 'Canary-Harbour-7731'
const root = { email: 'root@contoso.example', password: 'Copper-Meadow-72' }
const stepCookie = '__Host-lockstep-step'
const keyCookie = '__Host-lockstep-step-key'

let here: Here
let people = 0
const url = () => here.gateway.url

beforeAll(async () => {
  here = await startHere({ secondFactor: 'admins' })
  await here.createAdmin()
}, 60_000)
afterAll(() => here.close())
beforeEach(() => here.forgiveGuesses())

/** Somebody new with a password, and a browser. */
async function somebody() {
  people += 1
  const email = `person${people}@contoso.example`
  const body = { email, displayName: `Person ${people}`, initialPassword: password, sendMail: false }
  const { id } = await here.client.call('POST /users', { body })
  return { id, email, browser: visitor(url()) }
}

const enter = (browser: Visitor, email: string, given = password) =>
  browser.post('/portal/login', { email, password: given })

/** Somebody who is signed in with an app set up. */
async function enrolled() {
  const person = await somebody()
  await enter(person.browser, person.email)
  const { app, codes } = await setUp(person.browser, '/portal/security/app')
  return { ...person, app, codes }
}

/** Each code is good once, so the next one is taken; a clock may be one step off. */
async function setUp(browser: Visitor, path: string): Promise<{ app: Authenticator; codes: string[] }> {
  const app = authenticatorOf(keyIn((await browser.get(path)).text))
  const { text } = await browser.post(path, { code: app.code(Date.now() - 30_000), name: '' })
  return { app, codes: [...text.matchAll(/<code>([\w-]{29})<\/code>/g)].map(([, code = '']) => code) }
}

/** Every byte that the gateway keeps. */
async function kept(): Promise<Buffer[]> {
  const folder = dirname(here.storeLog)
  return await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
}

describe('between password and code', () => {
  test('nobody is signed in, nothing holds the password, and cookie and database are worth nothing alone', async () => {
    const { email, app } = await enrolled()
    const browser = visitor(url())
    expect(await enter(browser, email)).toMatchObject({ status: 303, to: '/portal/login/code' })
    const page = await browser.get('/portal/login/code')
    expect(page.text).not.toContain(password)
    expect(browser.header()).not.toContain(password)
    expect((await browser.call('GET', '/me')).status).toBe(401)
    for (const file of await kept()) {
      expect(file.includes(password)).toBe(false)
      expect(file.includes(browser.cookies.get(keyCookie) ?? '')).toBe(false)
      expect(file.includes(browser.cookies.get(stepCookie) ?? '')).toBe(false)
    }
    const thief = visitor(url())
    thief.cookies.set(keyCookie, browser.cookies.get(keyCookie) ?? '')
    expect((await thief.post('/portal/login/code', { code: app.code() })).status).toBe(401)
    browser.cookies.set(keyCookie, Buffer.alloc(32).toString('base64url'))
    expect((await browser.post('/portal/login/code', { code: app.code() })).status).toBe(401)
    expect((await browser.call('GET', '/me')).status).toBe(401)
  })

  test('a code cannot be used before the password', async () => {
    const { email, app } = await enrolled()
    const browser = visitor(url())
    expect((await browser.get('/portal/login/code')).status).toBe(401)
    expect((await browser.post('/portal/login/code', { code: app.code() })).status).toBe(401)
    expect(await browser.call('POST', '/session', { email, password: 'wrong', otp: app.code() })).toMatchObject({
      status: 401,
      body: { code: 'wrong_credentials' },
    })
    // It was not used up by that.
    await enter(browser, email)
    expect((await browser.post('/portal/login/code', { code: app.code() })).status).toBe(303)
  })

  test('a code works once, in whichever form it comes', async () => {
    const { email, app } = await enrolled()
    const code = app.code()
    const [one, other] = [visitor(url()), visitor(url())]
    await enter(one, email)
    await enter(other, email)
    expect(await one.post('/portal/login/code', { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` })).toMatchObject({
      status: 303,
      to: '/portal',
    })
    expect((await other.post('/portal/login/code', { code })).status).toBe(401)
    expect(await other.call('POST', '/session', { email, password, otp: code })).toMatchObject({
      body: { code: 'wrong_code' },
    })
  })

  test('five wrong codes end it; the right one comes too late', async () => {
    const { email, app } = await enrolled()
    const browser = visitor(url())
    await enter(browser, email)
    for (let n = 0; n < 5; n++) await browser.post('/portal/login/code', { code: '000000' })
    expect(await browser.post('/portal/login/code', { code: app.code() })).toMatchObject({ status: 401, to: null })
    expect((await browser.call('GET', '/me')).status).toBe(401)
  })

  test('the API says what is missing, and only to whoever knows the password', async () => {
    const { email, codes } = await enrolled()
    const ask = (body: object) => visitor(url()).call('POST', '/session', { email, ...body })
    expect(await ask({ password: 'wrong' })).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
    expect(await ask({ password })).toMatchObject({ status: 401, body: { code: 'second_factor_needed' } })
    expect(await ask({ password, otp: codes[3] })).toMatchObject({ status: 200, body: { user: { email } } })
    expect(await ask({ password, otp: codes[3] })).toMatchObject({ status: 401, body: { code: 'wrong_code' } })
  })
})

describe('administrators', () => {
  test('set a factor up before they get in, and only then reach the console', async () => {
    const browser = visitor(url())
    expect(await browser.call('POST', '/session', root)).toMatchObject({
      status: 403,
      body: { code: 'second_factor_missing' },
    })
    const sent = await browser.post('/portal/login', { ...root, to: 'admin' })
    expect(sent).toMatchObject({ status: 303, to: '/portal/login/set-up' })
    expect((await browser.get('/admin')).to).toBe('/portal/login?to=admin')
    const { codes } = await setUp(browser, '/portal/login/set-up')
    expect(codes).toHaveLength(10)
    expect((await browser.get('/admin')).status).toBe(200)
    const [factor] = ((await browser.call('GET', '/me/factors')).body as { factors: { id: string }[] }).factors
    expect(await browser.call('DELETE', `/me/factors/${factor?.id}`)).toMatchObject({
      status: 409,
      body: { code: 'factor_is_last' },
    })
  })

  test('take the factors of somebody away who lost them: an event, a mail, and the sessions end', async () => {
    const { id, email, browser } = await enrolled()
    expect(await here.client.call('GET /users/{id}', { params: { id } })).toMatchObject({ mfa: { totp: true } })
    await here.client.call('POST /users/{id}/factors/reset', { params: { id } })
    expect((await browser.call('GET', '/me')).status).toBe(401)
    expect(await here.client.call('GET /users/{id}', { params: { id } })).toMatchObject({ mfa: { totp: false } })
    const events = await here.client.call('GET /events', { query: { user: id, type: 'login_factor_reset' } })
    expect(events.items).toMatchObject([{ actor: { kind: 'token' } }])
    const { store, vault } = here.context
    const mails = await store.db.selectFrom('mails').selectAll().where('user_id', '=', id).execute()
    expect(mails.map((mail) => contentOf(vault, mail)?.text).at(-1)).toContain(
      'An administrator took all second factors away',
    )
    expect(await enter(visitor(url()), email)).toMatchObject({ status: 303, to: '/portal' })
  })

  test('helpdesk may not', async () => {
    const { id } = await enrolled()
    const token = await here.tokenOf('helpdesk')
    const path = `${url()}/api/v1/users/${id}/factors/reset`
    const answer = await fetch(path, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(403)
  })
})

test('before the password is changed the factor is asked for again, once five minutes are over', async () => {
  const { browser, app } = await enrolled()
  const change = { currentPassword: password, newPassword: 'Velvet-Tractor-Moon-5' }
  expect((await browser.get('/portal/password?reason=change')).status).toBe(200)
  await here.context.store.change({ kind: 'system', id: null, name: 'test' }, async (changed) => {
    changed.quiet('time goes by')
    await changed.trx
      .updateTable('sessions')
      .set({ confirmed_at: changed.now - 300_000 })
      .execute()
  })
  expect(await browser.call('PUT', '/me/password', change)).toMatchObject({ body: { code: 'step_up_needed' } })
  const confirm = '/portal/confirm?to=password&reason=forced'
  expect(await browser.post('/portal/password', { ...change, reason: 'forced' })).toMatchObject({ to: confirm })
  expect(await browser.get('/portal/password?reason=forced')).toMatchObject({ to: confirm })
  const sent = await browser.post('/portal/confirm', { code: app.code(), to: 'password', reason: 'forced' })
  expect(sent.to).toBe('/portal/password?reason=forced')
  expect(await browser.post('/portal/password', { ...change, reason: 'forced' })).toMatchObject({
    to: '/portal/password/done',
  })
})

test('a password that is set anew leaves the factors as they are', async () => {
  const { id, email } = await enrolled()
  const fresh = 'Velvet-Tractor-Moon-5'
  await here.client.call('PUT /users/{id}/password', { params: { id }, body: { password: fresh } })
  expect(await enter(visitor(url()), email, fresh)).toMatchObject({ to: '/portal/login/code' })
})

test('recovery codes made anew are told once, whatever the idempotency key', async () => {
  const { browser } = await enrolled()
  const renew = () =>
    fetch(`${url()}/api/v1/me/recovery-codes`, {
      method: 'POST',
      headers: { cookie: browser.header(), 'sec-fetch-site': 'same-origin', 'idempotency-key': 'renew' },
    })
  const { recoveryCodes } = (await (await renew()).json()) as { recoveryCodes: string[] }
  expect(await (await renew()).json()).toMatchObject({ code: 'answer_not_kept' })
  for (const file of await kept()) expect(file.includes(recoveryCodes[0] ?? '')).toBe(false)
})
