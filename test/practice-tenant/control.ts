import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { addSecret } from './applications.ts'
import { Refusal } from './errors.ts'
import { addTo, createGroup, deleteGroup, removeFrom, updateGroup } from './groups.ts'
import { changeSku, licenceAct } from './licences.ts'
import { directoryRoles } from './rights.ts'
import { type SignIn, signIn } from './sign-in.ts'
import type { Fault, Person, Properties, QuotaSize, Sku, State, Switches } from './state.ts'
import {
  createUser,
  deleteUser,
  find,
  purgeUser,
  restoreUser,
  revokeSessions,
  setManager,
  updateUser,
} from './users.ts'

export type { SignIn }

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
      state.faults.push(faultOf(body))
      return undefined
    case 'DELETE /faults':
      state.faults = []
      return undefined
    case 'GET /held':
      return { held: state.held.length }
    case 'POST /release':
      for (const goOn of state.held.splice(0)) goOn()
      return undefined
    case 'POST /sign-in':
      return signIn(state, String(body['userPrincipalName']), String(body['password']))
    case 'POST /acts':
      return adminActs(state, body)
    case 'POST /secret':
      return changeSecret(state, body)
    case 'POST /sign-ins':
      state.signIns.push({
        at: state.now(),
        userId: find(state, String(body['user'])).id,
        clientAppUsed: String(body['client']),
        errorCode: Number(body['errorCode'] ?? 0),
      })
      return undefined
    case 'PUT /photos':
      state.photos.set(find(state, String(body['user'])).id, String(body['jpeg']))
      return undefined
    case 'PUT /synced':
      state.syncedAt = body['synced'] === true ? state.now() : null
      return undefined
    case 'POST /certificates':
      state.app.certificates.push(String(body['pem']))
      return undefined
    case 'POST /rights':
      return changeRights(state, body)
    case 'POST /domains':
      return changeDomain(state, body)
    case 'PUT /signed-in':
      state.signedIn =
        body['user'] === null
          ? null
          : {
              userId: find(state, String(body['user'])).id,
              // The sign-in service is one for all tenants: somebody may come who is at home in another.
              tenantId: String(body['tenantId'] ?? state.tenantId),
            }
      return undefined
    case 'POST /redirects':
      state.app.redirectUris.add(String(body['uri']))
      return undefined
    case 'PUT /skus':
      return changeSku(state, key, body as Partial<Sku>)
    case 'PUT /app':
      state.app.enabled = body['enabled'] === true
      return undefined
    case 'POST /clock':
      state.clockMs += Number(body['advanceMs'] ?? 0)
      return { now: state.now() }
    case 'POST /forget-deltas':
      state.deltaEpoch += 1
      return undefined
    case 'PUT /quota':
      state.quota = quotaOf(body['size'])
      return undefined
    case 'GET /switches':
      return state.switches
    case 'PUT /switches':
      return setSwitches(state.switches, body)
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

/** How often and how: `match` by method and a pattern of the path, `dropBefore` and `dropAfter` break the connection. */
function faultOf(body: Properties): Fault {
  const { match = {}, times = 1, dropBefore, dropAfter, retryAfter, ...rest } = body
  const drop = dropBefore === true ? 'before' : dropAfter === true ? 'after' : undefined
  return {
    ...(rest as Partial<Fault>),
    match: match as Fault['match'],
    times: Number(times),
    ...(drop !== undefined && { drop }),
    ...(retryAfter !== undefined && { retryAfter: String(retryAfter) }),
  }
}

function quotaOf(size: unknown): QuotaSize {
  if (size === 'S' || size === 'M' || size === 'L' || size === 'off') return size
  throw new Error('The size is S, M, L or off.')
}

function setSwitches(switches: Switches, body: Properties): Switches {
  for (const [name, value] of Object.entries(body)) {
    if (!(name in switches) || typeof value !== 'boolean')
      throw new Error(`There is no switch ${name}, or it is not true or false.`)
    switches[name as keyof Switches] = value
  }
  return switches
}

/** What somebody does in the admin center, past Lockstep. */
function adminActs(state: State, body: Properties): unknown {
  const name = String(body['user'])
  const group = String(body['group'])
  const link = { '@odata.id': `/directoryObjects/${name}` }
  switch (body['act']) {
    case 'patch':
      return updateUser(state, null, name, body['body'])
    case 'set_password':
      return updateUser(state, null, name, {
        passwordProfile: { password: body['password'], forceChangePasswordNextSignIn: body['mustChange'] === true },
      })
    case 'disable':
      return updateUser(state, null, name, { accountEnabled: false })
    case 'enable':
      return updateUser(state, null, name, { accountEnabled: true })
    case 'revoke':
      return revokeSessions(state, null, name)
    case 'delete':
      return deleteUser(state, null, name)
    case 'purge':
      return purgeUser(state, null, name)
    case 'restore':
      return restoreUser(state, null, name, body['body'] ?? null)
    case 'create':
      return createUser(state, null, body['body'])
    case 'set_manager':
      return setManager(state, null, name, { '@odata.id': `/users/${String(body['manager'])}` })
    case 'create_group':
      return createGroup(state, null, body['body'])
    case 'patch_group':
      return updateGroup(state, null, group, body['body'])
    case 'delete_group':
      return deleteGroup(state, null, group)
    case 'add_member':
      return addTo(state, null, 'members', group, link)
    case 'remove_member':
      return removeFrom(state, null, 'members', group, name)
    case 'withdraw_roles':
      return withdrawRoles(state, name)
    case 'give_licence':
    case 'take_licence':
    case 'inherit_licence':
      return licenceAct(state, body['act'], { user: name, sku: String(body['sku']), group })
    case 'grant_role':
      return grantRole(state, name, String(body['role'] ?? directoryRoles.globalAdministrator))
    case 'make_eligible':
      return makeEligible(state, name, String(body['role'] ?? directoryRoles.globalAdministrator))
    default:
      throw new Error(`Nobody knows the act ${String(body['act'])}.`)
  }
}

function grantRole(state: State, name: string, roleDefinitionId: string): void {
  const id = `role-${state.roleAssignments.length}`
  state.roleAssignments.push({ id, principalId: find(state, name).id, roleDefinitionId })
}

function withdrawRoles(state: State, name: string): void {
  const { id } = find(state, name)
  const kept = state.roleAssignments.filter(({ principalId }) => principalId !== id)
  state.roleAssignments.splice(0, state.roleAssignments.length, ...kept)
}

function makeEligible(state: State, name: string, roleDefinitionId: string): void {
  const id = `eligible-${state.roleEligibilities.length}`
  state.roleEligibilities.push({ id, principalId: find(state, name).id, roleDefinitionId })
}

/** `expire` ends all secrets, `endsAt` sets when they end or when the new one does. */
function changeSecret(state: State, body: Properties): unknown {
  const { expire, secret, endsAt } = body
  if (expire === true) for (const each of state.app.secrets) each.endsAt = state.now() - 1
  if (typeof secret === 'string') addSecret(state, secret, typeof endsAt === 'number' ? endsAt : undefined)
  else if (typeof endsAt === 'number') for (const each of state.app.secrets) each.endsAt = endsAt
  return undefined
}

function changeRights(state: State, body: Properties): unknown {
  for (const right of (body['grant'] ?? []) as string[]) state.app.permissions.add(right)
  for (const right of (body['withdraw'] ?? []) as string[]) state.app.permissions.delete(right)
  for (const role of (body['grantRoles'] ?? []) as string[]) state.app.roles.add(role)
  for (const role of (body['withdrawRoles'] ?? []) as string[]) state.app.roles.delete(role)
  for (const right of (body['grantDelegated'] ?? []) as string[]) state.app.delegated.add(right)
  for (const right of (body['withdrawDelegated'] ?? []) as string[]) state.app.delegated.delete(right)
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
