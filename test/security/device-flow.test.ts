import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { system } from '@lockstep/gateway/domain/actor'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { askDevice, askDeviceTokens, letIn, renewTokens } from '../support/oauth.ts'
import { type Visitor, visitor } from '../support/visitor.ts'

const password = 'Sunny-Harbour-Lamp-3'

let here: Here
let people = 0
const url = () => here.gateway.url
const inStore = (
  work: (trx: Parameters<Parameters<Here['context']['store']['change']>[1]>[0]['trx']) => Promise<unknown>,
) =>
  here.context.store.change(system, async (change) => {
    change.quiet('another time')
    await work(change.trx)
  })

beforeAll(async () => {
  here = await startHere()
}, 60_000)
afterAll(() => here.close())
beforeEach(() => here.forgiveGuesses())

async function somebody() {
  people += 1
  const email = `person${people}@contoso.example`
  const body = { email, displayName: `Person ${people}`, initialPassword: password, sendMail: false }
  const { id } = await here.client.call('POST /users', { body })
  const browser = visitor(url())
  await browser.post('/portal/login', { email, password })
  return { id, email, browser }
}

const statusOf = async (token: string) =>
  (await fetch(`${url()}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status
const answer = (browser: Visitor, code: string, says: string) => browser.post('/oauth/device', { code, answer: says })
const events = async (user: string, type: string) =>
  (await here.client.call('GET /events', { query: { user, type } })).items

describe('a program that asks by a code', () => {
  test('is let in by a yes that says who, what, where and when, and not before', async () => {
    const { id, email, browser } = await somebody()
    const device = await askDevice(url(), { 'user-agent': 'Lockstep CLI/0.1.0 (Linux; somewhere)' })
    expect(device.userCode).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
    expect(device.address).toBe(`${url()}/oauth/device`)
    expect(await askDeviceTokens(url(), device.deviceCode)).toMatchObject({ error: 'authorization_pending' })
    const { text } = await answer(browser, device.userCode.toLowerCase().replace('-', ' '), '')
    for (const fact of [email, 'Lockstep CLI on Linux', '127.0.0.1', '<time', 'Yes, let it in'])
      expect(text).toContain(fact)
    // What a stranger says of itself is not repeated to the person who decides.
    expect(text).not.toContain('somewhere')
    expect(await askDeviceTokens(url(), device.deviceCode)).toMatchObject({ error: 'authorization_pending' })
    expect((await answer(browser, device.userCode, 'yes')).text).toContain('The command line is signed in')
    const tokens = await askDeviceTokens(url(), device.deviceCode)
    expect(tokens.token_type).toBe('Bearer')
    expect(await statusOf(tokens.access_token)).toBe(200)
    expect(await events(id, 'login_program')).toMatchObject([{ cause: 'cli', actor: { id } }])
  })

  test('is told no, and stays out', async () => {
    const { browser } = await somebody()
    const { userCode, deviceCode } = await askDevice(url())
    expect((await answer(browser, userCode, 'no')).text).toContain('was not let in')
    expect(await askDeviceTokens(url(), deviceCode)).toMatchObject({ error: 'access_denied' })
    expect((await answer(browser, userCode, 'yes')).status).toBe(422)
  })

  test('gets tokens once; whoever brings the code again ends them', async () => {
    const { browser } = await somebody()
    const { userCode, deviceCode } = await askDevice(url())
    await answer(browser, userCode, 'yes')
    const { access_token: token } = await askDeviceTokens(url(), deviceCode)
    expect(await askDeviceTokens(url(), deviceCode)).toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(token)).toBe(401)
  })

  test('has ten minutes', async () => {
    const { browser } = await somebody()
    const { userCode, deviceCode } = await askDevice(url())
    const row = inStore((trx) =>
      trx
        .updateTable('oauth_entries')
        .set({ ends_at: Date.now() - 1 })
        .where('model', '=', 'DeviceCode')
        .execute(),
    )
    await row
    expect((await answer(browser, userCode, 'yes')).status).toBe(422)
    expect(await askDeviceTokens(url(), deviceCode)).toMatchObject({ error: 'invalid_grant' })
  })

  test('is used once: a second person cannot say yes to the same code', async () => {
    const [ana, ben] = [await somebody(), await somebody()]
    const { userCode, deviceCode } = await askDevice(url())
    await answer(ana.browser, userCode, 'yes')
    expect((await answer(ben.browser, userCode, 'yes')).status).toBe(422)
    const { access_token: token } = await askDeviceTokens(url(), deviceCode)
    const me = await fetch(`${url()}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
    expect(await me.json()).toMatchObject({ user: { id: ana.id } })
  })
})

describe('the page for the code', () => {
  test('is for people who are signed in, and leads back to it', async () => {
    const { email } = await somebody()
    const stranger = visitor(url())
    expect(await stranger.get('/oauth/device')).toMatchObject({ status: 303, to: '/portal/login?to=device' })
    const { text } = await stranger.get('/portal/login?to=device')
    expect(text).toContain('name="to" value="device"')
    const signedIn = await stranger.post('/portal/login', { email, password, to: 'device' })
    expect(signedIn).toMatchObject({ status: 303, to: '/oauth/device' })
  })

  test('asks who it is when that was proved too long ago', async () => {
    const { id, browser } = await somebody()
    const { userCode } = await askDevice(url())
    await inStore((trx) =>
      trx
        .updateTable('sessions')
        .set({ confirmed_at: Date.now() - 301_000 })
        .where('user_id', '=', id)
        .execute(),
    )
    expect(await answer(browser, userCode, 'yes')).toMatchObject({ status: 303, to: '/portal/confirm?to=device' })
    expect(await browser.post('/portal/confirm', { code: password, to: 'device' })).toMatchObject({
      to: '/oauth/device',
    })
  })

  test('takes five wrong codes, then not even the right one for a while', async () => {
    const { browser } = await somebody()
    const { userCode } = await askDevice(url())
    for (const wrong of ['BBBB-BBBB', '', 'x', '%', 'CCCC-CCCC'])
      expect((await answer(browser, wrong, '')).status).toBe(422)
    expect((await answer(browser, 'DDDD-DDDD', '')).status).toBe(422)
    const waiting = await answer(browser, userCode, 'yes')
    expect(waiting.status).toBe(429)
    expect(waiting.text).toContain('Wait')
  })

  test('takes no guess back for an own code that is named in between', async () => {
    const { browser } = await somebody()
    const { userCode } = await askDevice(url())
    const statuses: number[] = []
    for (const code of ['BBBB-BBBB', userCode, 'CCCC-CCCC', userCode, 'DDDD-DDDD', userCode, 'FFFF-FFFF'])
      statuses.push((await answer(browser, code, '')).status)
    expect(statuses).toEqual([422, 200, 422, 200, 422, 200, 429])
  })

  test('never takes a code out of a link, and the pages of the provider itself are closed', async () => {
    const { browser } = await somebody()
    const { userCode } = await askDevice(url())
    const page = await browser.get(`/oauth/device?user_code=${userCode}`)
    expect(page.text).not.toContain(userCode)
    expect((await browser.get('/oauth/device/abcdefgh')).status).toBe(404)
  })

  test('asking for codes is slowed by address', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 14 }, () => askDevice(url())))
    expect(asked.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(2)
  })
})

describe('a program that is signed in', () => {
  test('is listed among the sessions, and ends by a click', async () => {
    const { browser } = await somebody()
    const tokens = await letIn(browser, url())
    const listed = await browser.call('GET', '/me/sessions')
    expect(listed.body).toMatchObject({
      items: [
        { kind: 'browser', current: true },
        { kind: 'cli', current: false },
      ],
    })
    const page = (await browser.get('/portal/security')).text
    expect(page).toContain('Command line')
    const id = /sessions\/([\w-]+)\/end"/.exec(page)?.[1] ?? ''
    const other = await somebody()
    expect((await other.browser.post(`/portal/security/sessions/${id}/end`, {})).status).toBe(404)
    expect(await statusOf(tokens.access_token)).toBe(200)
    expect(await browser.post(`/portal/security/sessions/${id}/end`, {})).toMatchObject({ status: 303 })
    expect(await statusOf(tokens.access_token)).toBe(401)
    expect(await renewTokens(url(), tokens.refresh_token)).toMatchObject({ error: 'invalid_grant' })
  })

  test('gets the same answer again when that was lost: within ten seconds, for the last token', async () => {
    const { id, browser } = await somebody()
    const { refresh_token: first } = await letIn(browser, url())
    const second = await renewTokens(url(), first)
    expect(await renewTokens(url(), first)).toEqual(second)
    const third = await renewTokens(url(), second.refresh_token)
    // Now the first one is not the last any more: that is no lost answer.
    expect(await renewTokens(url(), first)).toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(third.access_token)).toBe(401)
    expect(await events(id, 'login_end')).toMatchObject([{ cause: 'token_reused', outcome: 'failure' }])
  })

  test('is ended when a used token comes later than that', async () => {
    const { id, browser } = await somebody()
    const { refresh_token: first } = await letIn(browser, url())
    const second = await renewTokens(url(), first)
    await inStore((trx) =>
      trx
        .updateTable('programs')
        .set({ seen_at: Date.now() - 10_001 })
        .where('user_id', '=', id)
        .execute(),
    )
    expect(await renewTokens(url(), first)).toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(second.access_token)).toBe(401)
    expect(await renewTokens(url(), second.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect((await browser.call('GET', '/me/sessions')).body).toMatchObject({ items: [{ kind: 'browser' }] })
  })

  test('two renewals at once get one answer', async () => {
    const { browser } = await somebody()
    const { refresh_token: token } = await letIn(browser, url())
    const [one, two] = await Promise.all([renewTokens(url(), token), renewTokens(url(), token)])
    expect(one).toEqual(two)
    expect(await statusOf(one.access_token)).toBe(200)
  })

  test('leaves no token and no code in the files, the answer that is kept included', async () => {
    const { browser } = await somebody()
    const device = await askDevice(url())
    await answer(browser, device.userCode, 'yes')
    const first = await askDeviceTokens(url(), device.deviceCode)
    const second = await renewTokens(url(), first.refresh_token)
    const folder = dirname(here.storeLog)
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
    const secrets = [device.deviceCode, device.userCode.replace('-', ''), first, second].flatMap((one) =>
      typeof one === 'string' ? one : [one.access_token, one.refresh_token],
    )
    expect(secrets).toHaveLength(6)
    for (const secret of secrets) expect(files.some((bytes) => bytes.includes(secret))).toBe(false)
  })
})
