import { randomUUID } from 'node:crypto'
import { runBatch } from './batch.ts'
import type { Call, Reply } from './call.ts'
import { usersDelta } from './delta.ts'
import { badRequest, denied, envelope, notFound, Refusal } from './errors.ts'
import { compile } from './filter.ts'
import * as groups from './groups.ts'
import type { Quota } from './quota.ts'
import type { Fault, Properties, State } from './state.ts'
import * as users from './users.ts'

type Answer = { status: number; body: unknown }
type Route = {
  method: string
  pattern: RegExp
  /** Resource units before the modifiers; writes count one write besides. */
  units: number
  run(state: State, call: Call, ids: string[]): Answer
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const created = (body: unknown): Answer => ({ status: 201, body })
const done: Answer = { status: 204, body: null }
const read = (state: State, ...rights: string[]) => {
  const any = [
    ...rights,
    ...rights.map((right) => right.replace('.Read.', '.ReadWrite.')),
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ]
  if (!any.some((right) => state.app.permissions.has(right))) throw denied()
}

const id = "([^/()']+)"
const route = (method: string, path: string, units: number, run: Route['run']): Route => ({
  method,
  pattern: new RegExp(`^${path}$`, 'i'),
  units,
  run,
})

const routes: Route[] = [
  route('GET', '/users/delta(?:\\(\\))?', 2, (state, call) => {
    read(state, 'User.Read.All')
    return ok(usersDelta(state, call.query, call.origin))
  }),
  route('GET', '/users/\\$count', 1, (_, call) => {
    if (call.headers['consistencylevel']?.toLowerCase() !== 'eventual')
      throw new Refusal(400, 'Request_BadRequest', '$count is not currently supported.')
    return ok(0)
  }),
  route('GET', '/users', 2, (state, call) => {
    read(state, 'User.Read.All')
    const select = users.parseSelect(param(call, '$select'))
    const test = filterOf(call, 'user')
    const living = [...state.people.values()].filter((person) => person.deletedAt === null)
    const shown = living
      .map((person) => users.view(state, person))
      .filter((properties) => properties !== null && test(properties))
    return ok(
      page(
        call,
        'users',
        shown.map((properties) => users.present(properties ?? {}, select)),
      ),
    )
  }),
  route('POST', '/users', 1, (state, call) =>
    created({ '@odata.context': context(call, 'users/$entity'), ...users.createUser(state, call.body) }),
  ),
  route('GET', `/users/${id}`, 1, (state, call, [key = '']) => {
    read(state, 'User.Read.All')
    const properties = users.view(state, users.find(state, key))
    if (properties === null) throw notFound(key)
    return ok({
      '@odata.context': context(call, 'users/$entity'),
      ...users.present(properties, users.parseSelect(param(call, '$select'))),
    })
  }),
  route('PATCH', `/users/${id}`, 1, (state, call, [key = '']) => {
    users.updateUser(state, key, call.body)
    return done
  }),
  route('DELETE', `/users/${id}`, 1, (state, _, [key = '']) => {
    users.deleteUser(state, key)
    return done
  }),
  route('POST', `/users/${id}/(?:microsoft.graph.)?revokeSignInSessions`, 1, (state, _, [key = '']) =>
    ok(users.revokeSessions(state, key)),
  ),
  route('GET', `/users/${id}/manager`, 1, (state, _, [key = '']) => {
    const { manager } = users.find(state, key)
    if (manager === null) throw notFound('manager')
    return ok(users.present(users.find(state, manager).properties, null))
  }),
  route('PUT', `/users/${id}/manager/\\$ref`, 1, (state, call, [key = '']) => {
    const link = (call.body as Properties | null)?.['@odata.id']
    const manager = /([0-9a-f-]{36})\/?$/i.exec(String(link))?.[1]
    if (manager === undefined) throw badRequest("The property '@odata.id' is required.")
    users.find(state, key).manager = users.find(state, manager).id
    return done
  }),
  route('DELETE', `/users/${id}/manager/\\$ref`, 1, (state, _, [key = '']) => {
    users.find(state, key).manager = null
    return done
  }),
  route('GET', `/users/${id}/memberOf`, 2, (state, call, [key = '']) => {
    const person = users.find(state, key)
    return ok(
      page(
        call,
        'directoryObjects',
        [...state.groups.values()]
          .filter((group) => group.members.has(person.id))
          .map((group) => groups.presentGroup(group.properties, null)),
      ),
    )
  }),

  route('GET', '/directory/deletedItems/microsoft.graph.user', 1, (state, call) => {
    read(state, 'User.Read.All')
    const select = users.parseSelect(param(call, '$select'))
    const test = filterOf(call, 'user')
    const gone = [...state.people.values()].filter((person) => person.deletedAt !== null && test(person.properties))
    return ok(
      page(
        call,
        'directoryObjects',
        gone.map((person) => users.present(person.properties, select)),
      ),
    )
  }),
  route('GET', '/directory/deletedItems', 1, () => {
    throw badRequest('A cast to an entity type is required for this request.')
  }),
  route('POST', `/directory/deletedItems/${id}/restore`, 1, (state, call, [key = '']) =>
    ok(users.restoreUser(state, key, call.body)),
  ),
  route('DELETE', `/directory/deletedItems/${id}`, 1, (state, _, [key = '']) => {
    const person = state.people.get(key.toLowerCase())
    if (person === undefined || person.deletedAt === null) throw notFound(key)
    state.people.delete(person.id)
    state.seq += 1
    state.changes.push({ seq: state.seq, id: person.id, visibleAt: state.now() })
    return done
  }),
  route('POST', '/directoryObjects/getByIds', 5, (state, call) => {
    const { ids } = call.body as { ids?: string[] }
    if (!Array.isArray(ids)) throw badRequest("The property 'ids' is required.")
    const found = ids
      .flatMap((each) => state.people.get(each.toLowerCase()) ?? [])
      .filter((person) => person.deletedAt === null)
    return ok({
      value: found.map((person) => ({
        '@odata.type': '#microsoft.graph.user',
        ...users.present(person.properties, users.parseSelect(param(call, '$select'))),
      })),
    })
  }),

  route('GET', '/groups', 1, (state, call) => {
    read(state, 'Group.Read.All', 'GroupMember.Read.All', 'User.Read.All')
    const test = filterOf(call, 'group')
    const select = param(call, '$select')?.split(',') ?? null
    return ok(
      page(
        call,
        'groups',
        [...state.groups.values()]
          .filter((group) => test(group.properties))
          .map((group) => groups.presentGroup(group.properties, select)),
      ),
    )
  }),
  route('POST', '/groups', 1, (state, call) =>
    created({ '@odata.context': context(call, 'groups/$entity'), ...groups.createGroup(state, call.body) }),
  ),
  route('GET', `/groups/${id}`, 1, (state, call, [key = '']) =>
    ok(groups.presentGroup(groups.findGroup(state, key).properties, param(call, '$select')?.split(',') ?? null)),
  ),
  route('PATCH', `/groups/${id}`, 1, (state, call, [key = '']) => {
    groups.updateGroup(state, key, call.body)
    return done
  }),
  route('DELETE', `/groups/${id}`, 1, (state, _, [key = '']) => {
    groups.deleteGroup(state, key)
    return done
  }),
  route('GET', `/groups/${id}/members`, 3, (state, call, [key = '']) => {
    const group = groups.findGroup(state, key)
    const members = [...group.members].flatMap((member) => state.people.get(member) ?? [])
    return ok(
      page(
        call,
        'directoryObjects',
        members.map((person) => ({
          '@odata.type': '#microsoft.graph.user',
          ...users.present(person.properties, users.parseSelect(param(call, '$select'))),
        })),
      ),
    )
  }),
  route('GET', `/groups/${id}/owners`, 1, (state, call, [key = '']) => {
    groups.findGroup(state, key)
    return ok(page(call, 'directoryObjects', []))
  }),
  route('POST', `/groups/${id}/members`, 1, () => {
    throw new Refusal(400, 'BadRequest', 'Write requests are only supported on contained entities')
  }),
  route('POST', `/groups/${id}/members/\\$ref`, 1, (state, call, [key = '']) => {
    groups.addMember(state, key, call.body)
    return done
  }),
  route('DELETE', `/groups/${id}/members/${id}/\\$ref`, 1, (state, _, [key = '', member = '']) => {
    groups.removeMember(state, key, member)
    return done
  }),

  route('GET', '/organization', 1, (state, call) => {
    read(state, 'Organization.Read.All')
    return ok(page(call, 'organization', [organization(state)]))
  }),
  route('GET', '/domains', 1, (state, call) => {
    read(state, 'Domain.Read.All')
    return ok(
      page(
        call,
        'domains',
        [...state.domains.values()].map(({ federation: _, ...domain }) => ({
          ...domain,
          isAdminManaged: true,
          isRoot: true,
          supportedServices: [],
          passwordNotificationWindowInDays: null,
        })),
      ),
    )
  }),
  route('GET', `/domains/${id}/federationConfiguration`, 1, (state, call, [key = '']) => {
    read(state, 'Domain.Read.All')
    const federation = state.domains.get(key.toLowerCase())?.federation
    if (federation == null) throw notFound(key)
    return ok(page(call, 'federationConfiguration', [federation]))
  }),
  route('GET', '/subscribedSkus', 3, (state, call) => {
    read(state, 'Organization.Read.All', 'LicenseAssignment.Read.All')
    const sku = {
      skuId: '6fd2c87f-b296-42f0-b197-1e91e994b900',
      skuPartNumber: 'ENTERPRISEPACK',
      appliesTo: 'User',
      capabilityStatus: 'Enabled',
      consumedUnits: 0,
      prepaidUnits: { enabled: 100, warning: 0, suspended: 0, lockedOut: 0 },
      servicePlans: [],
    }
    return ok(page(call, 'subscribedSkus', [sku]))
  }),
  route('GET', '/roleManagement/directory/roleAssignments', 1, (state, call) => {
    read(state, 'RoleManagement.Read.Directory', 'RoleManagement.Read.All')
    const test = filterOf(call, 'other')
    return ok(
      page(
        call,
        'roleAssignments',
        state.roleAssignments.map((each) => ({ ...each, directoryScopeId: '/' })).filter(test),
      ),
    )
  }),
  route('GET', '/auditLogs/directoryAudits', 1, (state, call) => {
    read(state, 'AuditLog.Read.All')
    const rows = [...state.audits].reverse().map((entry) => ({
      id: entry.id,
      category: entry.type === 'User' ? 'UserManagement' : 'GroupManagement',
      result: 'success',
      activityDisplayName: entry.activity,
      activityDateTime: new Date(entry.at).toISOString(),
      loggedByService: 'Core Directory',
      initiatedBy:
        entry.by === 'app'
          ? { app: { appId: null, displayName: 'Lockstep', servicePrincipalId: state.app.objectId }, user: null }
          : { app: null, user: { displayName: 'Admin' } },
      targetResources: [
        {
          id: entry.targetId,
          type: entry.type,
          modifiedProperties: entry.changes.map((displayName) => ({ displayName })),
        },
      ],
    }))
    return ok(page(call, 'auditLogs/directoryAudits', rows))
  }),
]

const organization = (state: State): Properties => ({
  id: state.tenantId,
  displayName: state.displayName,
  tenantType: 'AAD',
  onPremisesSyncEnabled: null,
  countryLetterCode: 'AT',
  verifiedDomains: [...state.domains.values()]
    .filter((domain) => domain.isVerified)
    .map((domain) => ({
      name: domain.id,
      isDefault: domain.isDefault,
      isInitial: domain.isInitial,
      type: domain.authenticationType,
      capabilities: 'Email, OfficeCommunicationsOnline',
    })),
})

function param(call: Call, name: string): string | null {
  for (const [key, value] of call.query) if (key.toLowerCase() === name) return value
  return null
}

const context = (call: Call, what: string) => `${call.origin}/v1.0/$metadata#${what}`

function filterOf(call: Call, kind: 'user' | 'group' | 'other'): (properties: Properties) => boolean {
  const filter = param(call, '$filter')
  if (param(call, '$search') !== null && call.headers['consistencylevel']?.toLowerCase() !== 'eventual') {
    throw new Refusal(
      400,
      'Request_UnsupportedQuery',
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    )
  }
  return filter === null ? () => true : compile(filter, kind)
}

/** One page of a list; the next link carries the place ("Paging Microsoft Graph data in your app"). */
function page(call: Call, what: string, all: Properties[]): Properties {
  const top = param(call, '$top')
  const size = top === null ? 100 : Number(top)
  if (!Number.isInteger(size) || size < 1 || size > 999)
    throw badRequest('Invalid page size specified. Must be between 1 and 999 inclusive.')
  const start = Number(param(call, '$skiptoken') ?? 0)
  const next = new URLSearchParams(call.query)
  next.set('$skiptoken', String(start + size))
  return {
    '@odata.context': context(call, what),
    ...(start + size < all.length && { '@odata.nextLink': `${call.origin}/v1.0${call.path}?${next}` }),
    value: all.slice(start, start + size),
  }
}

export type Graph = { handle(call: Call): Promise<Reply> }

/** Microsoft Graph v1.0: rights, quota, faults, then the resource itself. Every call is logged, passwords removed. */
export function createGraph(state: State, quota: Quota): Graph {
  const handle = async (call: Call): Promise<Reply> => {
    const requestId = randomUUID()
    const clientRequestId = call.headers['client-request-id'] ?? requestId
    const headers: Record<string, string> = { 'request-id': requestId, 'client-request-id': clientRequestId }
    const fault = takeFault(state, call)
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
    let reply: Reply
    try {
      if (fault?.drop === 'before') return { status: 0, headers, body: null, drop: true }
      if (fault?.status !== undefined && fault.applied !== true) throw faultRefusal(fault)
      if (call.method === 'POST' && /^\/\$batch$/i.test(call.path))
        return { ...(await runBatch(call, handle, state.random)), headers }
      reply = dispatch(state, quota, call, headers)
      if (fault?.status !== undefined) throw faultRefusal(fault)
      if (fault?.drop === 'after') reply = { ...reply, drop: true }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      reply = {
        status: error.status,
        headers: { ...headers, ...error.headers },
        body: envelope(error, { requestId, clientRequestId, at: state.now() }),
      }
    }
    state.log.push({
      at: state.now(),
      method: call.method,
      path: call.path,
      status: reply.status,
      requestId,
      clientRequestId: call.headers['client-request-id'] ?? null,
      appId: state.app.clientId,
      batch: call.batch,
      body: withoutPassword(call.body),
    })
    return reply
  }
  return { handle }
}

function dispatch(state: State, quota: Quota, call: Call, headers: Record<string, string>): Reply {
  let known = false
  for (const each of routes) {
    const found = each.pattern.exec(call.path)
    if (found === null) continue
    known = true
    if (each.method !== call.method) continue
    const units = Math.max(1, each.units - (param(call, '$select') === null ? 0 : 1))
    Object.assign(headers, quota.charge({ units, write: call.method !== 'GET' }))
    const { status, body } = each.run(
      state,
      call,
      found.slice(1).map((part) => decodeURIComponent(part)),
    )
    return { status, headers, body }
  }
  if (known)
    throw new Refusal(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  throw new Refusal(400, 'BadRequest', `Resource not found for the segment '${call.path.split('/')[1] ?? ''}'.`)
}

function takeFault(state: State, call: Call): Fault | undefined {
  const fault = state.faults.find(
    ({ match, times }) =>
      times > 0 &&
      (match.method === undefined || match.method === call.method) &&
      (match.path === undefined || new RegExp(match.path, 'i').test(call.path)),
  )
  if (fault !== undefined) fault.times -= 1
  return fault
}

function faultRefusal(fault: Fault): Refusal {
  const code =
    fault.code ??
    (fault.status === 429 ? 'TooManyRequests' : fault.status === 503 ? 'ServiceUnavailable' : 'UnknownError')
  return new Refusal(fault.status ?? 500, code, 'A fault was asked for.', {
    headers: fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter },
  })
}

function withoutPassword(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  if ('requests' in body) return '[batch]'
  if (!('passwordProfile' in body)) return body
  return { ...body, passwordProfile: '[removed]' }
}
