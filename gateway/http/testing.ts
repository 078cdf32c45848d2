import { endpoints } from '@lockstep/shared/contract/endpoints'
import { Hono } from 'hono'
import type { ApiToken, Gatekeeper, Person } from './caller.ts'
import type { HttpEnv } from './env.ts'
import type { FirstOrAgain, IdempotencyMemory } from './idempotency.ts'
import { identifier } from './identify.ts'
import { layers } from './layers.ts'
import { type Handlers, serve } from './serve.ts'
import type { HttpSettings } from './settings.ts'
import { stepUp } from './step-up.ts'
import { createStreams } from './streams.ts'

/** Pieces for tests of what is served: fakes of everything behind the HTTP layer. */

export const testSettings: HttpSettings = {
  publicUrl: 'https://lockstep.contoso.example',
  listenHost: '0.0.0.0',
  extensionIds: ['abcdefghijklmnopabcdefghijklmnop'],
  trustedProxies: [],
}

export const person = (role: Person['role']): Person => ({ kind: 'user', id: `u-${role}`, name: `The ${role}`, role })

const apiToken = (role: ApiToken['role']): ApiToken => ({
  kind: 'token',
  id: `t-${role}`,
  name: 'script',
  role,
  allow: [],
})

/** Sessions and tokens are named after the role that they give. */
export const testGatekeeper: Gatekeeper = {
  async session(token) {
    if (token === 'session-user') return person(null)
    const role = (['admin', 'helpdesk', 'auditor'] as const).find((name) => token === `session-${name}`)
    return role ? person(role) : null
  },
  async apiToken(token) {
    const role = (['admin', 'helpdesk', 'auditor'] as const).find((name) => token === `lks_${name}`)
    return role ? apiToken(role) : null
  },
  async accessToken(token) {
    if (token === 'access-admin') return { person: person('admin'), jkt: null }
    return token.startsWith('bound-') ? { person: person('admin'), jkt: token.slice('bound-'.length) } : null
  },
  confirmedAt: async (credential) => ('session' in credential ? testNow - 60_000 : null),
}

export function testIdempotency(): IdempotencyMemory {
  const seen = new Map<string, { fingerprint: string; done: { status: number; answer: string | null } | null }>()
  return {
    async begin(scope, key, fingerprint): Promise<FirstOrAgain> {
      const before = seen.get(scope + key)
      if (before && before.fingerprint !== fingerprint) return { kind: 'other_request' }
      if (before) return before.done ? { kind: 'again', ...before.done } : { kind: 'in_flight' }
      seen.set(scope + key, { fingerprint, done: null })
      return { kind: 'first' }
    },
    async finish(scope, key, status, answer) {
      const before = seen.get(scope + key)
      if (before) before.done = { status, answer }
    },
    async forget(scope, key) {
      seen.delete(scope + key)
    },
    mac: (text) => `mac of ${text}`,
  }
}

/** Every endpoint answers "not prepared", apart from what a test prepares. */
export function testHandlers(prepared: Partial<Handlers>): Handlers {
  const others = Object.keys(endpoints).map((name) => [
    name,
    () => Promise.reject(new Error(`${name} is not prepared`)),
  ])
  return { ...Object.fromEntries(others), ...prepared } as Handlers
}

export type Logged = { level: 'info' | 'error'; fields: Record<string, unknown>; message: string }

export function testApp(prepared: Partial<Handlers>, settings: Partial<HttpSettings> = {}) {
  const all = { ...testSettings, ...settings }
  const logged: Logged[] = []
  const app = new Hono<HttpEnv>()
  layers(app, {
    settings: all,
    log: {
      info: (fields, message) => logged.push({ level: 'info', fields, message }),
      error: (fields, message) => logged.push({ level: 'error', fields, message }),
    },
    now: () => testNow,
    newId: () => 'request-1',
    renderProblem: (problem) => `<h1>${problem.title}</h1>`,
  })
  serve(app, testHandlers(prepared), {
    identify: identifier({ gatekeeper: testGatekeeper, publicUrl: all.publicUrl, now: () => testNow }),
    assertConfirmed: stepUp({ gatekeeper: testGatekeeper, now: () => testNow }),
    idempotency: testIdempotency(),
    streams: createStreams(new AbortController().signal),
    addressOf: () => '192.0.2.1',
    checkAnswers: true,
  })
  const request = (path: string, init: RequestInit = {}) => app.request(all.publicUrl + path, init)
  return { app, request, logged }
}

/** ms */
export const testNow = Date.UTC(2026, 10, 23, 14, 2)

/** Headers of a request that our own page made. */
export const ownPage = { 'sec-fetch-site': 'same-origin' }

/** A JSON request with a bearer token. */
export function json(method: string, token: string, body: unknown): RequestInit {
  return {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}
