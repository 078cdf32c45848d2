import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { createUser } from './directory/create-user.ts'
import { grantRole } from './directory/roles.ts'
import { type TestDirectory, testDirectory } from './directory/testing.ts'
import { createToken } from './directory/tokens.ts'
import { system } from './domain/actor.ts'
import { facesOf } from './faces.ts'
import { json, testSettings } from './http/testing.ts'
import { browserOf } from './portal/testing.ts'
import { openMails } from './store/testing.ts'
import type { Sync } from './sync/sync.ts'

const { publicUrl } = testSettings
const first = 'Violet-Harbour-41'
const second = 'Copper-Meadow-72'

let world: TestDirectory
let app: Awaited<ReturnType<typeof buildApp>>['app']
let anaId: string
/** Calls that reached the engine. */
let reached: string[]

beforeEach(async () => {
  world = await testDirectory()
  reached = []
  // The engine has tests of its own; here it only says that it was asked.
  const sync = new Proxy({} as Sync, {
    get: (_, name) => async () => reached.push(String(name)) && { created: true, binding: {} },
  })
  app = (
    await buildApp({
      settings: {
        ...testSettings,
        organisation: 'Contoso',
        supportContact: null,
        sendsMail: true,
        language: 'en',
        version: '0.1.0',
      },
      log: { info: () => undefined, error: (fields) => console.error(fields) },
      now: world.runtime.now,
      newId: world.runtime.newId,
      assetsFolder: '/nonexistent',
      isReady: async () => true,
      ...facesOf(world.context, sync, { file: '/dev/null/instance.key' }),
    })
  ).app
  anaId = await person('ana@contoso.example', first)
  await world.addConnection('c1')
  await world.bind('c1', anaId)
})
afterEach(() => world.close())

async function person(email: string, initialPassword?: string): Promise<string> {
  const input = { email, state: 'active' as const, sendMail: true, ...(initialPassword && { initialPassword }) }
  return (await createUser(world.context, system, input)).id
}

const request = (path: string, init: RequestInit = {}) => app.request(publicUrl + path, init)
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

async function tokenOf(role: 'admin' | 'helpdesk' | 'auditor', allow: string[] = []): Promise<string> {
  const made = await createToken(world.context, system, { name: 'script', role, allow })
  return made.token
}

test('a password goes from the portal to the tenant: sign-in, change, sign-out', async () => {
  const browser = browserOf(app, publicUrl)
  const entered = await browser.post('/portal/login', { email: 'Ana@Contoso.example', password: first })
  expect(entered.headers.get('location')).toBe('/portal?notice=updated')
  expect(await (await browser.get('/portal')).text()).toContain('Same password everywhere since')
  const change = { currentPassword: first, newPassword: second, reason: 'change' }
  expect((await browser.post('/portal/password', change)).headers.get('location')).toBe('/portal/password/done')
  expect([...world.tenants.values()]).toEqual([second])
  await browser.post('/portal/logout', {})
  expect((await browser.post('/portal/login', { email: 'ana@contoso.example', password: first })).status).toBe(401)
  expect((await browser.post('/portal/login', { email: 'ana@contoso.example', password: second })).status).toBe(303)
})

test('what the tenant refuses stands in the form, and the former password stays', async () => {
  const browser = browserOf(app, publicUrl)
  await browser.post('/portal/login', { email: 'ana@contoso.example', password: first })
  world.behaviour.set('c1', 'refuses')
  const refused = await browser.post('/portal/password', {
    currentPassword: first,
    newPassword: second,
    reason: 'change',
  })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('id="newPassword-error"')
  expect([...world.tenants.values()]).toEqual([first])
})

test('a weak password is refused with each rule that it breaks', async () => {
  const browser = browserOf(app, publicUrl)
  await browser.post('/portal/login', { email: 'ana@contoso.example', password: first })
  const refused = await browser.post('/portal/password', {
    currentPassword: first,
    newPassword: 'short',
    reason: 'change',
  })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('Between 12 and 256 characters.')
})

test('a session signs in to the API as well, and the answer keeps the contract', async () => {
  const response = await request('/api/v1/session', {
    ...json('POST', '', { email: 'ana@contoso.example', password: first }),
    headers: { 'content-type': 'application/json' },
  })
  expect(await response.json()).toMatchObject({ user: { id: anaId }, sync: [{ password: 'updated' }] })
  const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  const status = await request('/api/v1/me/status', { headers: { cookie } })
  expect(await status.json()).toMatchObject({ state: 'in_sync', user: { email: 'ana@contoso.example' } })
})

test('an invited person chooses a password by the link of the mail, once', async () => {
  await person('ben@contoso.example')
  const mails = await openMails(world.context.store.db, world.context.vault)
  const token = /\/portal\/activate\/([\w-]+)/.exec(mails.map(({ text }) => text).join('\n'))?.[1] ?? ''
  const browser = browserOf(app, publicUrl)
  await browser.get(`/portal/activate/${token}`)
  expect((await browser.post('/portal/activate', { newPassword: second })).headers.get('location')).toBe('/portal')
  expect(await (await browser.get('/portal')).text()).toContain('ben@contoso.example')
  expect((await browserOf(app, publicUrl).post(`/portal/activate/${token}`, { newPassword: first })).status).toBe(410)
})

test('a repeated request with one key makes one user', async () => {
  const init = json('POST', await tokenOf('admin'), { email: 'cai@contoso.example' })
  const keyed = { ...init, headers: { ...(init.headers as object), 'idempotency-key': 'k1' } }
  const answers = [await request('/api/v1/users', keyed), await request('/api/v1/users', keyed)]
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(await answers[0]?.text()).toBe(await answers[1]?.text())
})

describe('limits', () => {
  const bindAna = async (token: string, body: object = {}) =>
    request(`/api/v1/connections/c1/bindings/${anaId}`, json('PUT', token, body))

  test('helpdesk binds ordinary people, never holders of a role', async () => {
    expect((await bindAna(await tokenOf('helpdesk'))).status).toBe(201)
    await grantRole(world.context, system, { userId: anaId, role: 'auditor' })
    const token = await tokenOf('helpdesk')
    for (const [method, path, body] of [
      ['PUT', `/connections/c1/bindings/${anaId}`, {}],
      ['DELETE', `/connections/c1/bindings/${anaId}`, ''],
      ['POST', `/connections/c1/bindings/${anaId}/sync`, ''],
      ['POST', '/connections/c1/bindings/bulk', { unbind: [anaId] }],
      ['POST', `/users/${anaId}/activate`, {}],
    ] as const) {
      const response = await request(`/api/v1${path}`, json(method, token, body))
      expect([path, response.status]).toEqual([path, 403])
    }
    expect(reached).toEqual(['bindUser'])
  })

  test('helpdesk never chooses a password or an address', async () => {
    const token = await tokenOf('helpdesk')
    expect((await request(`/api/v1/users/${anaId}/password`, json('PUT', token, { password: second }))).status).toBe(
      403,
    )
    expect((await request(`/api/v1/users/${anaId}`, json('PATCH', token, { email: 'x@contoso.example' }))).status).toBe(
      403,
    )
  })

  test('a token overrides and approves only when it was made for that', async () => {
    const override = { override: ['protected'] }
    expect(await codeOf(await bindAna(await tokenOf('helpdesk'), override))).toBe('forbidden')
    expect(await codeOf(await bindAna(await tokenOf('admin'), override))).toBe('forbidden')
    expect((await bindAna(await tokenOf('admin', ['override']), override)).status).toBe(201)
    const approve = '/api/v1/connections/c1/plan/p1/approve'
    expect((await request(approve, json('POST', await tokenOf('admin'), ''))).status).toBe(403)
    expect((await request(approve, json('POST', await tokenOf('admin', ['approve']), ''))).status).toBe(200)
  })
})
