import { Agent, fetch } from 'undici'
import { type PracticeOptions, type PracticeTenant, startPracticeTenant } from './start.ts'
import type { Properties } from './state.ts'

/** An answer of Graph as a test looks at it. */
export type Got = { status: number; headers: Record<string, string>; body: Properties & { value: Properties[] } }

/** A practice tenant in this process, and a caller that holds a token. */
export type TestTenant = PracticeTenant & {
  /** Method, path below `/v1.0` or a whole link, body, headers. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Got>
  /** A request beside Graph, to the sign-in service. */
  raw(
    path: string,
    init?: { method?: string; body?: string; headers?: Record<string, string>; redirect?: 'manual' },
  ): Promise<Got>
  ask(method: string, path: string, body?: unknown): Promise<Properties>
  /** Takes a new token, with what is granted now. */
  renew(): Promise<void>
  /** A person by number, as the seed made them. */
  person(at: number): { id: string; name: string }
}

export async function startTestTenant(options: Partial<PracticeOptions> = {}): Promise<TestTenant> {
  const tenant = await startPracticeTenant(options)
  const dispatcher = new Agent({ connect: { ca: tenant.caPem } })
  let token = ''
  const raw: TestTenant['raw'] = async (path, init = {}) => {
    const url = path.startsWith('https:') ? path : tenant.graph + path
    const response = await fetch(url, { ...init, dispatcher })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (isJson ? JSON.parse(text) : text === '' ? null : text) as Got['body'],
    }
  }
  const renew = async () => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      scope: `${tenant.graph}/.default`,
    })
    const answer = await raw(`/${tenant.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    token = String(answer.body['access_token'])
  }
  await renew()
  const people = [...tenant.state.people.values()]
  return {
    ...tenant,
    raw,
    renew,
    call: (method, path, body, headers = {}) =>
      raw(path.startsWith('https:') ? path : `/v1.0${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
      }),
    async ask(method, path, body) {
      const response = await fetch(tenant.control + path, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return (await response.json()) as Properties
    },
    person(at) {
      const found = people[at]
      if (found === undefined) throw new Error(`There is no person ${at}.`)
      return { id: found.id, name: String(found.properties['userPrincipalName']) }
    },
    async close() {
      await dispatcher.close()
      await tenant.close()
    },
  }
}

/** Status, code and the targets of the details: what a client decides by. */
export const refusal = ({ status, body }: Got) => {
  const error = body['error'] as { code: string; details?: { code: string; target: string }[] }
  return { status, code: error.code, targets: (error.details ?? []).map((detail) => detail.target) }
}

export const messageOf = ({ body }: Got) => (body['error'] as { message: string }).message

/** A body for `POST /users`. */
export const newUser = (name: string, more: Properties = {}): Properties => ({
  accountEnabled: true,
  displayName: 'Nora Quill',
  mailNickname: name,
  userPrincipalName: `${name}@contoso.example`,
  passwordProfile: { password: 'Violet-Lantern-7', forceChangePasswordNextSignIn: false },
  ...more,
})

export const eventual = { consistencylevel: 'eventual' }
