import { describe, expect, test } from 'vitest'
import { isExtensionOrigin } from './cors.ts'
import { isOwnRequest } from './cross-site.ts'
import { loggablePath } from './request-log.ts'
import { json, ownPage, testApp, testSettings } from './testing.ts'

const { request } = testApp({
  signOut: async ({ session }) => session.end(),
  signIn: async () => Promise.reject(new Error()),
})

test('every answer carries the security headers, whatever became of the request', async () => {
  const answers = await Promise.all([
    request('/api/v1/users'),
    request('/nowhere'),
    request('/nowhere', { headers: { accept: 'text/html' } }),
    request('/api/v1/session', { ...json('POST', 'x', { email: 'a', password: 'b' }) }),
    request('/api/v1/users', { method: 'OPTIONS' }),
    request('/api/v1/users', { headers: { host: 'evil.example' } }),
  ])
  expect(answers.map((answer) => answer.status)).toEqual([401, 404, 404, 500, 403, 421])
  for (const answer of answers) {
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  }
})

describe('host', () => {
  const status = async (settings: object, host: string, path = '/api/v1/users') =>
    (await testApp({}, settings).request(path, { headers: { host } })).status

  test('a foreign name is misdirected, ours passes', async () => {
    expect(await status({}, 'evil.example')).toBe(421)
    expect(await status({}, 'localhost')).toBe(421)
    expect(await status({}, 'lockstep.contoso.example')).toBe(401)
    expect(await status({}, 'lockstep.contoso.example.evil.example')).toBe(421)
  })

  test('loopback names pass on a loopback listener alone', async () => {
    expect(await status({ listenHost: '127.0.0.1' }, 'localhost:8080')).toBe(401)
    expect(await status({ listenHost: '127.0.0.1' }, '[::1]:8080')).toBe(401)
    expect(await status({ listenHost: '127.0.0.1' }, 'localhost.evil.example')).toBe(421)
  })
})

describe('cross-site requests', () => {
  const ours = (origin: string) => origin === testSettings.publicUrl
  const json = 'application/json'
  const form = 'application/x-www-form-urlencoded'
  test.each([
    ['GET', 'cross-site', 'https://evil.example', undefined, true],
    ['POST', 'same-origin', testSettings.publicUrl, form, true],
    ['POST', 'same-origin', 'null', form, true],
    ['POST', 'same-site', testSettings.publicUrl, form, false],
    ['POST', 'cross-site', 'https://evil.example', json, false],
    ['POST', 'none', undefined, form, false],
    ['DELETE', 'cross-site', undefined, undefined, false],
    ['POST', undefined, testSettings.publicUrl, form, true],
    ['POST', undefined, 'https://evil.example', json, false],
    ['POST', undefined, 'null', form, false],
    ['POST', undefined, undefined, form, false],
    ['POST', undefined, undefined, undefined, false],
    ['POST', undefined, undefined, 'text/plain; charset=utf-8', false],
    ['POST', undefined, undefined, 'application/json; charset=utf-8', true],
    ['PUT', undefined, undefined, undefined, true],
  ] as const)('%s, site %s, origin %s, type %s: %s', (method, site, origin, contentType, passes) => {
    expect(isOwnRequest({ method, site, origin, contentType }, ours)).toBe(passes)
  })

  test('sign-in and sign-out are guarded too', async () => {
    for (const method of ['POST', 'DELETE']) {
      const response = await request('/api/v1/session', { method, headers: { 'sec-fetch-site': 'cross-site' } })
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'cross_site_request'])
    }
  })
})

test('the session cookie cannot be read by scripts, planted by siblings or sent in the clear', async () => {
  const { request: sign } = testApp({
    signOut: async ({ session }) => session.start('new-token', 'known'),
  })
  const response = await sign('/api/v1/session', { method: 'DELETE', headers: ownPage })
  expect(response.headers.getSetCookie()).toEqual([
    '__Host-lockstep=new-token; Path=/; HttpOnly; Secure; SameSite=Lax',
    '__Host-lockstep-browser=known; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax',
  ])
})

describe('other origins', () => {
  const id = testSettings.extensionIds[0]
  test.each([
    [`chrome-extension://${id}`, true],
    [`chrome-extension://${id}x`, false],
    [`chrome-extension://x${id}`, false],
    ['moz-extension://1b2f3c4d-0000-4000-8000-123456789abc', true],
    ['moz-extension://evil', false],
    ['null', false],
    [testSettings.publicUrl, false],
    ['https://evil.example', false],
  ])('%s: %s', async (origin, allowed) => {
    expect(isExtensionOrigin(origin, testSettings.extensionIds)).toBe(allowed)
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await request('/api/v1/users', { method, headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(allowed ? origin : null)
      expect(headers.get('access-control-allow-credentials')).toBeNull()
      expect(headers.get('vary')).toContain('Origin')
    }
  })
})

test('paths that hold a token are logged without it', () => {
  expect(loggablePath('/portal/activate/s3cret')).toBe('/portal/activate/{token}')
  expect(loggablePath('/api/v1/users/u1')).toBe('/api/v1/users/u1')
})
