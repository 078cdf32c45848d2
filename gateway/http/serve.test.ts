import { type EndpointName, endpoints } from '@lockstep/shared/contract/endpoints'
import type { User } from '@lockstep/shared/contract/user'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { json, testApp, testNow } from './testing.ts'

const time = new Date(testNow).toISOString()
const ana: z.input<typeof User> = {
  id: 'u1',
  email: 'ana@contoso.example',
  displayName: 'Ana',
  givenName: null,
  familyName: null,
  alternateEmail: null,
  state: 'active',
  role: null,
  attributes: {},
  password: {
    state: 'set',
    set: true,
    version: 1,
    changedAt: time,
    expiresAt: null,
    expired: false,
    blocked: false,
    mustChange: false,
  },
  mfa: { totp: false, passkeys: 0 },
  bindings: [],
  createdAt: time,
  updatedAt: time,
}

const answering = testApp({ createUser: async ({ body }) => ({ ...ana, email: body.email }), getUser: async () => ana })

async function refusal(response: Response | Promise<Response>) {
  const settled = await response
  const body = (await settled.json()) as { code: string; errors?: { path: string }[] }
  expect(settled.headers.get('content-type')).toBe('application/problem+json')
  return { status: settled.status, code: body.code, paths: body.errors?.map((error) => error.path) }
}

const post = (body: unknown, more: Record<string, string> = {}) => {
  const init = json('POST', 'lks_admin', body)
  return answering.request('/api/v1/users', { ...init, headers: { ...(init.headers as object), ...more } })
}

describe('bad input is refused with a reason and never reaches a handler', () => {
  const { request } = testApp({})
  const send = (init: RequestInit) => refusal(request('/api/v1/users', init))

  test.each([
    ['no JSON', '{"email":', 400, 'malformed_request', undefined],
    ['an unknown key', { email: 'a@b.example', isAdmin: true }, 422, 'validation_failed', ['isAdmin']],
    ['a poisonous key', '{"email":"a@b.example","__proto__":{"x":1}}', 422, 'validation_failed', ['__proto__']],
    [
      'a poisonous key inside',
      '{"attributes":{"constructor":1}}',
      422,
      'validation_failed',
      ['attributes.constructor'],
    ],
    ['a wrong type', { email: 5 }, 422, 'validation_failed', ['email']],
    ['an address that Microsoft 365 cannot have', { email: 'á@b.example' }, 422, 'validation_failed', ['email']],
    ['JSON too deep', '['.repeat(20) + ']'.repeat(20), 400, 'malformed_request', undefined],
    ['too much', { email: 'a'.repeat(70_000) }, 413, 'request_too_large', undefined],
  ])('%s', async (_, body, status, code, paths) => {
    expect(await send(json('POST', 'lks_admin', body))).toEqual({ status, code, paths })
  })

  test('another content type', async () => {
    const headers = { authorization: 'Bearer lks_admin', 'content-type': 'text/plain' }
    expect(await send({ method: 'POST', headers, body: '{}' })).toMatchObject({ status: 415 })
  })

  test('a query key twice, and one that is not known', async () => {
    const asAdmin = { headers: { authorization: 'Bearer lks_admin' } }
    expect(await refusal(request('/api/v1/users?limit=5&limit=6', asAdmin))).toMatchObject({ status: 400 })
    expect(await refusal(request('/api/v1/users?limt=5', asAdmin))).toMatchObject({ status: 422, paths: ['limt'] })
    expect(await refusal(request('/api/v1/users?limit=501', asAdmin))).toMatchObject({ status: 422, paths: ['limit'] })
  })

  test('a body that announces less than it holds', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(16_384))
    let chunks = 0
    const body = new ReadableStream({
      pull: (controller) => void (chunks++ < 1000 ? controller.enqueue(chunk) : controller.close()),
    })
    const init = { ...json('POST', 'lks_admin', ''), body, duplex: 'half' } as RequestInit
    expect(await send(init)).toMatchObject({ status: 413 })
    expect(chunks).toBeLessThan(20)
  })
})

describe('access', () => {
  const callers = ['nobody', 'session-user', 'session-auditor', 'session-helpdesk', 'session-admin'] as const
  const needed = { public: 0, user: 1, auditor: 2, helpdesk: 3, admin: 4 } as const

  test.each(Object.keys(endpoints) as EndpointName[])('%s refuses everybody below its role', async (name) => {
    const shape = endpoints[name]
    const { request } = testApp({})
    for (const [rank, caller] of callers.entries()) {
      const response = await request(`/api/v1${shape.path.replace(/\{\w+\}/g, 'x')}?unknown=1`, {
        method: shape.method,
        headers: { 'sec-fetch-site': 'same-origin', cookie: `__Host-lockstep=${caller}` },
      })
      // Whoever may pass is stopped by the unknown key, before anything happens.
      const expected = rank >= needed[shape.access] ? 422 : rank === 0 ? 401 : 403
      expect([caller, response.status]).toEqual([caller, expected])
    }
  })

  test('a cookie counts for nothing beside a bearer token', async () => {
    const headers = { authorization: 'Bearer lks_wrong', cookie: '__Host-lockstep=session-admin' }
    expect(await refusal(answering.request('/api/v1/users/u1', { headers }))).toMatchObject({ status: 401 })
  })

  test('an API token is no person', async () => {
    const headers = { authorization: 'Bearer lks_admin' }
    expect(await refusal(answering.request('/api/v1/me', { headers }))).toMatchObject({ status: 403 })
  })
})

describe('answers', () => {
  test('a handler of one status gives the body, one of several says which', async () => {
    expect((await post({ email: 'ben@contoso.example' })).status).toBe(201)
    const { request } = testApp({ deleteUser: async () => undefined })
    const gone = await request('/api/v1/users/u1?accounts=keep', {
      method: 'DELETE',
      headers: { authorization: 'Bearer lks_admin' },
    })
    expect([gone.status, await gone.text()]).toEqual([204, ''])
  })

  test('another method on a known path is told so', async () => {
    expect(
      await refusal(answering.request('/api/v1/users', { method: 'PUT', headers: { authorization: 'x' } })),
    ).toMatchObject({
      status: 405,
    })
  })

  test('a problem keeps its code and its waiting time', async () => {
    const problem = new Problem('too_many_requests', 'Wait.', { retryAfterSeconds: 2.2 })
    const { request } = testApp({ getUser: () => Promise.reject(problem) })
    const response = await request('/api/v1/users/u1', { headers: { authorization: 'Bearer lks_admin' } })
    expect(response.headers.get('retry-after')).toBe('3')
    expect(await refusal(response)).toMatchObject({ status: 429, code: 'too_many_requests' })
  })

  test('a defect leaves nothing behind but an id, in the answer and in the log', async () => {
    const { request, logged } = testApp({ getUser: () => Promise.reject(new Error('the password is Tr0ub4dor')) })
    const response = await request('/api/v1/users/u1', { headers: { authorization: 'Bearer lks_admin' } })
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).toContain('request-1')
    expect(text + JSON.stringify(logged)).not.toContain('Tr0ub4dor')
    expect(logged.some((line) => line.level === 'error')).toBe(true)
  })
})

describe('Idempotency-Key', () => {
  test('the same request runs once; another one with its key is refused', async () => {
    let created = 0
    const { request } = testApp({
      createUser: async ({ body }) => {
        created += 1
        return { ...ana, email: body.email }
      },
    })
    const send = (email: string, token = 'lks_admin') => {
      const init = json('POST', token, { email })
      return request('/api/v1/users', { ...init, headers: { ...(init.headers as object), 'idempotency-key': 'k1' } })
    }
    const first = await (await send('a@b.example')).text()
    expect(await (await send('a@b.example')).text()).toBe(first)
    expect(await refusal(send('c@b.example'))).toMatchObject({ status: 422, code: 'idempotency_key_reused' })
    expect(created).toBe(1)
  })

  test('a refused request may be sent again', async () => {
    let tries = 0
    const { request } = testApp({
      createUser: async () => {
        tries += 1
        if (tries === 1) throw new Problem('email_taken', 'Choose another address.')
        return ana
      },
    })
    const init = json('POST', 'lks_admin', { email: 'a@b.example' })
    const again = { ...init, headers: { ...(init.headers as object), 'idempotency-key': 'k2' } }
    expect((await request('/api/v1/users', again)).status).toBe(409)
    expect((await request('/api/v1/users', again)).status).toBe(201)
  })
})
