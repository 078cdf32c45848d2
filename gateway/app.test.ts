import { beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { Problem } from './domain/problem.ts'
import { testHandlers, testIdempotency, testNow, testSettings } from './http/testing.ts'
import { testOauth } from './portal/oauth/testing.ts'
import type { Status } from './portal/ports.ts'
import { ana, anaGround, anaSession, anaStatus, browserOf, fakePortal, noDirectory } from './portal/testing.ts'

const { publicUrl } = testSettings
const services = () => fakePortal()

async function open() {
  const portal = services()
  const { app } = await buildApp({
    settings: {
      ...testSettings,
      organisation: 'Contoso',
      supportContact: 'help@contoso.example',
      sendsMail: true,
      language: 'en',
      version: '0.1.0',
    },
    log: { info: () => undefined, error: (fields) => console.error(fields) },
    now: () => testNow,
    newId: () => 'request-1',
    assetsFolder: '/nonexistent',
    sessionOf: anaSession,
    confirmedAtOf: async () => testNow,
    directory: noDirectory,
    apiTokenOf: async () => null,
    personOf: async (id) => (id === ana.id ? ana : null),
    handlers: testHandlers({}),
    portal,
    idempotency: testIdempotency(),
    oauth: testOauth(),
    finishAuthorization: async () => ({ id: 'c1' }),
    isReady: async () => true,
  })
  return { portal, browser: browserOf(app, publicUrl) }
}

let { portal, browser } = await open()
beforeEach(async () => {
  const fresh = await open()
  portal = fresh.portal
  browser = fresh.browser
})

const signIn = () => browser.post('/portal/login', { email: 'ana@contoso.example', password: 'right' })
const [anaConnection] = anaStatus('in_sync').connections
if (!anaConnection) throw new Error('Ana has no connection.')
const driftedConnection: Status['connections'][number] = {
  ...anaConnection,
  password: { state: 'drifted', syncedAt: null, reason: null },
}
const happened = (type: string, outcome: Status['events'][number]['outcome']): Status['events'][number] => ({
  id: `e-${type}`,
  at: '2026-11-23T14:02:00.000Z',
  type,
  outcome,
  cause: null,
  actor: { kind: 'user', id: ana.id, name: ana.name },
  user: ana.id,
  connection: null,
  account: null,
  changes: [],
  requestId: null,
  detail: null,
  hash: '',
})

const leadsTo = (response: Response) => [response.status, response.headers.get('location')]

describe('password page', () => {
  test('somebody who comes from Microsoft signs in and comes back with the reason', async () => {
    const first = await browser.get('/portal/password?reason=reset')
    const text = await first.text()
    expect(text).toContain('Your password for Contoso, Microsoft 365 included, is reset here.')
    expect(text).toContain('name="to" value="password"')
    const fields = { email: 'ana@contoso.example', password: 'right', to: 'password', reason: 'reset' }
    expect(leadsTo(await browser.post('/portal/login', fields))).toEqual([303, '/portal/password?reason=reset'])
    expect(await (await browser.get('/portal/password?reason=reset')).text()).toContain('is reset here.')
  })

  test('a reason that is not on the list changes nothing on the page', async () => {
    const text = await (await browser.get('/portal/password?reason=%3Cscript%3E')).text()
    expect(text).toContain('is changed here.')
    expect(text).not.toContain('%3Cscript')
    expect(text).not.toContain('<script>')
  })

  test('a change leads to a page that says what became of it', async () => {
    await signIn()
    const fields = { currentPassword: 'right', newPassword: 'correct horse battery', reason: 'change' }
    expect(leadsTo(await browser.post('/portal/password', fields))).toEqual([303, '/portal/password/done'])
    const done = await (await browser.get('/portal/password/done')).text()
    expect(done).toContain('Your password is changed')
    expect(done).toContain('Updated in Microsoft 365 at')
    portal.state = 'waiting'
    expect(await (await browser.get('/portal/password/done')).text()).toContain('You can close this page.')
  })

  test.each([
    ['wrong', 'correct horse battery', 401, 'The current password is wrong. Nothing was changed.'],
    ['right', 'short', 422, 'What is marked below is still missing.'],
    ['right', 'taken-password', 422, 'Microsoft 365 refused this password. Nothing was changed.'],
    ['right', '', 422, 'Use a password of at most 256 characters.'],
    ['right', 'x'.repeat(300), 422, 'Use a password of at most 256 characters.'],
  ])(
    'a refusal stands on the page, and no password comes back: %s, %s',
    async (currentPassword, newPassword, status, sentence) => {
      await signIn()
      const response = await browser.post('/portal/password', { currentPassword, newPassword, reason: 'change' })
      const text = await response.text()
      expect(response.status).toBe(status)
      expect(text).toContain(sentence)
      if (newPassword.length > 5) expect(text).not.toContain(newPassword)
    },
  )
})

describe('sign-in', () => {
  test('tells at once that Microsoft 365 has the password now', async () => {
    expect(leadsTo(await signIn())).toEqual([303, '/portal?notice=updated'])
    const text = await (await browser.get('/portal?notice=updated')).text()
    expect(text).toContain('use this password from now on')
    expect(text).toContain('Same password everywhere since')
  })

  test('a refusal keeps the email and tells nothing about the account', async () => {
    const response = await browser.post('/portal/login', { email: 'ana@contoso.example', password: 'no' })
    const text = await response.text()
    expect(response.status).toBe(401)
    expect(text).toContain('value="ana@contoso.example"')
    expect(text).toContain('The email or the password is wrong.')
  })

  test.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '__proto__'])(
    'never leads to an address from outside: %s',
    async (to) => {
      const response = await browser.post('/portal/login', { email: 'a', password: 'right', to })
      expect(response.headers.get('location')).toMatch(/^\/portal(\?notice=\w+)?$/)
    },
  )

  test('a form from another site signs nobody in', async () => {
    const fields = { email: 'a', password: 'right' }
    const response = await browser.post('/portal/login', fields, { 'sec-fetch-site': 'cross-site' })
    expect(response.status).toBe(403)
    expect(portal.calls).toEqual([])
    expect(await response.text()).toContain('The request came from another site')
  })

  test('signing out ends the session on both sides', async () => {
    await signIn()
    expect(leadsTo(await browser.post('/portal/logout', {}))).toEqual([303, '/portal/login'])
    expect(portal.calls).toEqual(['signIn', 'signOut session-ana'])
    // What is left lets nobody in.
    expect([...browser.cookies.keys()]).toEqual(['__Host-lockstep-browser'])
  })

  test('too large a form is refused', async () => {
    expect((await browser.post('/portal/login', { email: 'a'.repeat(20_000), password: 'x' })).status).toBe(413)
  })
})

describe('home', () => {
  test('news is said until it was read, without scripts too', async () => {
    await signIn()
    const news = [{ connection: 'c1', name: 'Contoso', at: '2026-11-23T14:02:00.000Z' }]
    portal.more = { news }
    const text = await (await browser.get('/portal')).text()
    expect(text).toContain('Your Microsoft 365 password has been updated')
    expect(text).toContain('Phones, Outlook and other apps')
    expect(text).toContain('action="/portal/seen"')
    expect(leadsTo(await browser.post('/portal/seen', {}))).toEqual([303, '/portal'])
    expect(portal.calls.at(-1)).toBe('newsSeen u-ana')
    portal.more = {}
    expect(await (await browser.get('/portal')).text()).not.toContain('Phones, Outlook')
  })

  test('two passwords are made one by confirming the one of here', async () => {
    await signIn()
    portal.more = { state: 'waiting', action: 'sign_in', connections: [driftedConnection] }
    const text = await (await browser.get('/portal')).text()
    expect(text).toContain('You have two passwords at the moment')
    expect(text).toContain('href="/portal/login?reason=same"')
    const form = await (await browser.get('/portal/login?reason=same')).text()
    expect(form).toContain('Confirm your password, and Microsoft 365 gets it.')
    expect(form).toContain('value="ana@contoso.example"')
  })

  test('what happened is told in words, and what is for administrators is not', async () => {
    await signIn()
    portal.more = { events: [happened('password_change', 'success'), happened('binding_update', 'success')] }
    const text = await (await browser.get('/portal?lang=de')).text()
    expect(text).toContain('Ihr Passwort wurde geändert')
    expect(text).not.toContain('binding')
  })
})

describe.each([
  ['activate', '/portal', 'Ask the person who invited you for a new one.'],
  ['reset', '/portal/password/done', 'Have a new one sent to you.'],
])('the link to %s', (name, leads, goneWords) => {
  const path = `/portal/${name}`
  const form = { newPassword: 'correct horse battery' }

  test('opening it uses nothing up, sending the form does', async () => {
    for (let i = 0; i < 5; i += 1) {
      const opened = await browser.get(`${path}/invitation`, { method: i % 2 === 0 ? 'GET' : 'HEAD' })
      expect(leadsTo(opened)).toEqual([303, path])
      expect(opened.headers.get('referrer-policy')).toBe('no-referrer')
      expect(opened.headers.get('cache-control')).toContain('no-store')
    }
    expect(await (await browser.get(path)).text()).toContain('Ana Horvat')
    expect(leadsTo(await browser.post(path, form))).toEqual([303, leads])
    await browser.get(`${path}/invitation`)
    expect((await browser.post(path, form)).status).toBe(410)
  })

  test('one that is not ours says what to do', async () => {
    await browser.get(`${path}/other`)
    const response = await browser.get(path)
    expect(response.status).toBe(410)
    expect(await response.text()).toContain(goneWords)
  })

  test('a script needs no cookie, and a browser with another link cannot use this one', async () => {
    expect((await browser.post(`${path}/invitation`, form)).status).toBe(303)
    portal.invitations.add('activation invitation').add('reset invitation')
    await browser.post('/portal/logout', {})
    await browser.get(`${path}/other`)
    expect((await browser.post(`${path}/invitation`, form)).status).toBe(410)
  })

  test('in the browser of somebody else it does nothing but say so', async () => {
    await signIn()
    portal.invitation = async () => ({
      id: 'u-ben',
      email: 'ben@contoso.example',
      displayName: 'Ben Maier',
      ground: anaGround,
    })
    await browser.get(`${path}/invitation`)
    const shown = await browser.get(path)
    expect(shown.status).toBe(409)
    expect(await shown.text()).toContain('It was sent to Ben Maier, and this browser is signed in as Ana Horvat.')
    expect((await browser.post(path, form)).status).toBe(409)
    expect(portal.calls).toEqual(['signIn'])
  })
})

test('a link for one purpose is none for the other', async () => {
  portal.invitations.delete('reset invitation')
  await browser.get('/portal/reset/invitation')
  expect((await browser.post('/portal/reset', { newPassword: 'correct horse battery' })).status).toBe(410)
})

describe('forgotten', () => {
  test('the page answers the same whoever is asked for', async () => {
    const told = []
    for (const email of ['ana@contoso.example', 'nobody@contoso.example']) {
      const response = await browser.post('/portal/forgot', { email })
      expect(response.status).toBe(202)
      told.push(await response.text())
    }
    expect(new Set(told).size).toBe(1)
    expect(portal.calls).toEqual(['forgot ana@contoso.example', 'forgot nobody@contoso.example'])
  })

  test('an empty form asks for the address, and a refusal keeps it', async () => {
    expect((await browser.post('/portal/forgot', { email: ' ' })).status).toBe(422)
    portal.forgot = async () => {
      throw new Problem('too_many_requests', 'Wait 6 seconds.', { retryAfterSeconds: 6 })
    }
    const response = await browser.post('/portal/forgot', { email: 'ana@contoso.example' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '6'])
    expect(await response.text()).toContain('value="ana@contoso.example"')
  })

  test('the way there is on the sign-in page', async () => {
    expect(await (await browser.get('/portal/login')).text()).toContain('href="/portal/forgot"')
  })
})

test('what people wrote is shown as text', async () => {
  const name = '<img src=x onerror=alert(1)>'
  portal.invitation = async () => ({ id: 'u-a', email: 'a@b.example', displayName: name, ground: anaGround })
  await browser.get('/portal/activate/invitation')
  expect(await (await browser.get('/portal/activate')).text()).not.toContain('<img src=x')
})

test('every page carries the content security policy and asks no other host', async () => {
  await signIn()
  const paths = [
    '/portal',
    '/portal/login',
    '/portal/password',
    '/portal/password/done',
    '/portal/activate',
    '/portal/reset',
    '/portal/forgot',
    '/docs',
    '/admin',
    '/nowhere',
  ]
  for (const path of paths) {
    const response = await browser.get(path)
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self';")
    expect((await response.text()).match(/(?:src|href|action)="(?!\/|\?lang=)/)).toBeNull()
  }
})

test('the console is for holders of a role', async () => {
  expect(leadsTo(await browser.get('/admin'))).toEqual([303, '/portal/login?to=admin'])
  await signIn()
  expect((await browser.get('/admin')).status).toBe(403)
})

test('discovery and the well-known address lead to the password page', async () => {
  const discovery = (await (await browser.get('/.well-known/lockstep')).json()) as Record<string, unknown>
  expect(discovery).toMatchObject({ name: 'Contoso', passwordUrl: `${publicUrl}/portal/password` })
  expect(leadsTo(await browser.get('/.well-known/change-password'))).toEqual([302, '/portal/password'])
})

describe('language', () => {
  const german = { 'accept-language': 'de-AT, en;q=0.5' }
  test('pages speak the language of the browser', async () => {
    const text = await (await browser.get('/portal/login', { headers: german })).text()
    expect(text).toContain('<html lang="de">')
    expect(text).toContain('Geschäftliche E-Mail-Adresse')
  })

  test('a language that was chosen is remembered, and wins', async () => {
    expect(await (await browser.get('/portal/login?lang=ja', { headers: german })).text()).toContain('<html lang="ja">')
    expect(await (await browser.get('/portal/login', { headers: german })).text()).toContain('<html lang="ja">')
  })

  test('a language that nobody translated is answered in ours', async () => {
    expect(await (await browser.get('/portal/login?lang=tlh')).text()).toContain('<html lang="en">')
  })

  test('a refusal is in the same language', async () => {
    const fields = { email: 'ana@contoso.example', password: 'wrong' }
    await browser.get('/portal/login?lang=fr')
    expect(await (await browser.post('/portal/login', fields)).text()).toContain('mot de passe est incorrect')
  })

  test('an error page is, too', async () => {
    const page = await browser.get('/portal/nowhere?lang=es')
    expect(await page.text()).toContain('Ir a la página de inicio')
  })
})
