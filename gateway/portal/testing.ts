import type { Hono } from 'hono'
import type { Context } from '../directory/context.ts'
import { checkPassword, defaultPolicy } from '../domain/password-policy.ts'
import { Problem } from '../domain/problem.ts'
import type { Person } from '../http/caller.ts'
import type { HttpEnv } from '../http/env.ts'
import type { PortalServices, Status } from './ports.ts'

/** A portal for tests: Ana with one connection; her password is `right`, and `taken-password` is refused by the tenant. */
export const ana: Person = { kind: 'user', id: 'u-ana', name: 'Ana Horvat', role: null }

export function anaStatus(state: Status['state']): Status {
  const passwordState = { in_sync: 'in_sync', waiting: 'pending', failed: 'rejected', unbound: 'none' } as const
  const connection = {
    id: 'c1',
    name: 'Contoso',
    account: 'ana@contoso.example',
    password: {
      state: passwordState[state],
      syncedAt: state === 'in_sync' ? '2026-11-23T14:02:00.000Z' : null,
      reason: state === 'failed' ? 'It was used before. Choose one that you never had.' : null,
    },
    lastSyncAt: '2026-11-23T14:02:00.000Z',
  }
  return {
    user: { email: 'ana@contoso.example', displayName: 'Ana Horvat' },
    state,
    password: goodForEver,
    connections: state === 'unbound' ? [] : [connection],
    news: [],
    action: null,
    events: [],
  }
}

const goodForEver = { expiresAt: null, expiring: false, expired: false, blocksAt: null, blocked: false }

export const anaGround = {
  policy: defaultPolicy,
  person: { names: ['Ana Horvat'], email: 'ana@contoso.example' },
  looksUp: false,
}

export type FakePortal = PortalServices & {
  calls: string[]
  state: Status['state']
  /** What the status is apart from its state. */
  more: Partial<Status>
  invitations: Set<string>
}

export function fakePortal(): FakePortal {
  const fake: FakePortal = {
    calls: [],
    state: 'in_sync',
    more: {},
    invitations: new Set(['activation invitation', 'reset invitation']),
    async signIn({ password }) {
      fake.calls.push('signIn')
      if (password !== 'right') throw new Problem('wrong_credentials', 'Email or password is wrong.')
      return {
        kind: 'signed_in',
        person: ana,
        session: 'session-ana',
        browser: 'browser-ana',
        sync: [{ connection: 'c1', password: 'updated', reason: null }],
        mustChange: null,
      }
    },
    async signOut(session) {
      fake.calls.push(`signOut ${session}`)
    },
    status: async () => ({ ...anaStatus(fake.state), ...fake.more }),
    ground: async () => anaGround,
    async newsSeen({ id }) {
      fake.calls.push(`newsSeen ${id}`)
    },
    async changePassword(_, { currentPassword, newPassword }) {
      fake.calls.push('changePassword')
      if (currentPassword !== 'right') throw new Problem('wrong_credentials', 'Email or password is wrong.')
      if (newPassword.length < 12) {
        throw new Problem('password_too_weak', 'Choose a stronger password.', {
          broken: checkPassword(newPassword, {
            policy: defaultPolicy,
            person: { names: [], email: '' },
          }).filter(({ ok }) => !ok),
        })
      }
      if (newPassword === 'taken-password') {
        throw new Problem(
          'password_refused_by_tenant',
          'Microsoft 365 refused it: it is too common. Choose another one.',
        )
      }
    },
    mustConfirm: async () => false,
    async forgot({ email }) {
      fake.calls.push(`forgot ${email}`)
    },
    async invitation({ token, purpose }) {
      const alive = fake.invitations.has(`${purpose} ${token}`)
      return alive ? { id: ana.id, email: 'ana@contoso.example', displayName: 'Ana Horvat', ground: anaGround } : null
    },
    async choosePassword({ token, purpose }) {
      fake.calls.push('choosePassword')
      if (!fake.invitations.delete(`${purpose} ${token}`)) throw new Problem('link_gone', 'Ask for another one.')
      return {
        kind: 'signed_in',
        person: ana,
        session: 'session-ana',
        browser: 'browser-ana',
        sync: [],
        mustChange: null,
      }
    },
  }
  return fake
}

/** For pages that never look into it: whoever does, fails. */
export const noDirectory = new Proxy({} as Context, {
  get(_, name) {
    throw new Error(`This portal has no directory, and was asked for its ${String(name)}.`)
  },
})

export const anaSession = async (session: string) => (session === 'session-ana' ? ana : null)

/** Sends forms as a browser on our own page does. */
export function browserOf(app: Hono<HttpEnv>, publicUrl: string) {
  const cookies = new Map<string, string>()
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('accept', 'text/html')
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await app.request(publicUrl + path, { ...init, headers })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1)
      const name = pair.slice(0, pair.indexOf('='))
      if (/max-age=0/i.test(cookie)) cookies.delete(name)
      else cookies.set(name, pair.slice(name.length + 1))
    }
    return response
  }
  const post = (path: string, fields: Record<string, string>, more: Record<string, string> = {}) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...more },
      body: new URLSearchParams(fields).toString(),
    })
  return { get: send, post, cookies }
}
