import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { Refusal } from './errors.ts'
import { type Fault, hashOf, type Person, type Properties, type QuotaSize, type State } from './state.ts'
import { createUser, deleteUser, find, restoreUser, updateUser } from './users.ts'

/** What a test may see and do beside Graph: never part of what the gateway meets. */
export function createControl(state: State): Server {
  return createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://control')
    const raw = await text(request)
    let status = 200
    let body: unknown
    try {
      body = act(state, request.method ?? 'GET', url, raw === '' ? {} : (JSON.parse(raw) as Properties))
    } catch (error) {
      status = error instanceof Refusal ? error.status : 400
      body = { error: error instanceof Error ? error.message : String(error) }
    }
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? { ok: true }))
  })
}

export type SignIn = { ok: boolean; reason: string | null }

/** What the sign-in page would say ("Microsoft Entra authentication error codes"). */
export function signIn(state: State, name: string, password: string): SignIn {
  const id = state.byName.get(name.toLowerCase())
  const person = id === undefined ? undefined : state.people.get(id)
  if (person === undefined || person.deletedAt !== null) return { ok: false, reason: 'AADSTS50034' }
  if (person.passwordHash !== hashOf(password)) return { ok: false, reason: 'AADSTS50126' }
  if (person.properties['accountEnabled'] !== true) return { ok: false, reason: 'AADSTS50057' }
  return person.mustChange ? { ok: false, reason: 'AADSTS50055' } : { ok: true, reason: null }
}

const show = (person: Person) => ({
  ...person.properties,
  deletedAt: person.deletedAt,
  mustChange: person.mustChange,
  manager: person.manager,
})

function act(state: State, method: string, url: URL, body: Properties): unknown {
  const [, what = '', key = ''] = url.pathname.split('/').map(decodeURIComponent)
  switch (`${method} /${what}`) {
    case 'GET /state':
      return {
        users: [...state.people.values()].map(show),
        groups: [...state.groups.values()].map((group) => ({ ...group.properties, members: [...group.members] })),
        now: state.now(),
      }
    case 'GET /accounts':
      return show(state.people.get(key.toLowerCase()) ?? find(state, key))
    case 'GET /log':
      return state.log.slice(Number(url.searchParams.get('from') ?? 0))
    case 'POST /reset-log':
      state.log.length = 0
      return undefined
    case 'GET /counts':
      return counts(state)
    case 'GET /audits':
      return state.audits
    case 'POST /faults':
      state.faults.push(body as unknown as Fault)
      return undefined
    case 'DELETE /faults':
      state.faults = []
      return undefined
    case 'POST /sign-in':
      return signIn(state, String(body['userPrincipalName']), String(body['password']))
    case 'POST /acts':
      return adminActs(state, body)
    case 'POST /secret':
      return changeSecret(state, body)
    case 'POST /certificates':
      state.app.certificates.push(String(body['pem']))
      return undefined
    case 'POST /rights':
      return changeRights(state, body)
    case 'POST /domains':
      return changeDomain(state, body)
    case 'POST /clock':
      state.clockMs += Number(body['advanceMs'] ?? 0)
      return { now: state.now() }
    case 'POST /forget-deltas':
      state.forgottenBefore = state.seq + 1
      return undefined
    case 'PUT /quota':
      state.quota = body['size'] as QuotaSize
      return undefined
    case 'PUT /lag':
      state.lagMs = Number(body['ms'])
      return undefined
    case 'PUT /latency':
      state.latencyMs = Number(body['ms'])
      return undefined
    default:
      throw new Error(`The control port does not know ${method} ${url.pathname}.`)
  }
}

function counts(state: State): Record<string, number> {
  const out: Record<string, number> = {}
  for (const entry of state.log) {
    const key = `${entry.method} ${entry.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '{id}')}`
    out[key] = (out[key] ?? 0) + 1
  }
  return out
}

/** What somebody does in the admin center, past Lockstep. */
function adminActs(state: State, body: Properties): unknown {
  const name = String(body['user'])
  switch (body['act']) {
    case 'patch':
      return updateUser(state, name, body['body'], 'user')
    case 'set_password':
      return updateUser(
        state,
        name,
        { passwordProfile: { password: body['password'], forceChangePasswordNextSignIn: false } },
        'user',
      )
    case 'disable':
      return updateUser(state, name, { accountEnabled: false }, 'user')
    case 'enable':
      return updateUser(state, name, { accountEnabled: true }, 'user')
    case 'delete':
      return deleteUser(state, name, 'user')
    case 'restore':
      return restoreUser(state, name, null)
    case 'create':
      return createUser(state, body['body'])
    case 'grant_role':
      state.roleAssignments.push({
        id: `role-${state.roleAssignments.length}`,
        principalId: find(state, name).id,
        roleDefinitionId: String(body['role'] ?? '62e90394-69f5-4237-9190-012177145e10'),
      })
      return undefined
    default:
      throw new Error(`Nobody knows the act ${String(body['act'])}.`)
  }
}

function changeSecret(state: State, body: Properties): unknown {
  if (body['expire'] === true) for (const secret of state.app.secrets) secret.endsAt = state.now() - 1
  if (typeof body['secret'] === 'string')
    state.app.secrets.push({ hash: hashOf(body['secret']), endsAt: state.now() + 365 * 86_400_000 })
  return undefined
}

function changeRights(state: State, body: Properties): unknown {
  for (const right of (body['grant'] ?? []) as string[]) state.app.permissions.add(right)
  for (const right of (body['withdraw'] ?? []) as string[]) state.app.permissions.delete(right)
  for (const role of (body['grantRoles'] ?? []) as string[]) state.app.roles.add(role)
  for (const role of (body['withdrawRoles'] ?? []) as string[]) state.app.roles.delete(role)
  return { permissions: [...state.app.permissions], roles: [...state.app.roles] }
}

function changeDomain(state: State, body: Properties): unknown {
  const id = String(body['id']).toLowerCase()
  const before = state.domains.get(id) ?? {
    id,
    isVerified: true,
    isDefault: false,
    isInitial: false,
    authenticationType: 'Managed' as const,
    passwordValidityPeriodInDays: null,
    federation: null,
  }
  state.domains.set(id, { ...before, ...(body as Partial<typeof before>), id })
  return undefined
}
