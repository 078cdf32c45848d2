import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import type { CreateConnection } from '@lockstep/shared/contract/connection'
import type { EndpointShape } from '@lockstep/shared/contract/endpoint'
import { type EndpointName, endpoints } from '@lockstep/shared/contract/endpoints'
import { problems } from '@lockstep/shared/contract/problems'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type BadRequest, badRequests, exampleOf } from '../support/bad-input.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { until } from '../support/world.ts'

/** These only count attempts, or say when something was last seen. */
const counting = new Set(['throttles', 'leases', 'idempotency_keys'])
const seen: Record<string, readonly string[]> = { tokens: ['used_at'], sessions: ['seen_at'], accounts: ['seen_at'] }

const first = 'Violet-Harbour-41'
let here: Here
let admin: string
let cookie: string
const tokens: Record<string, string> = {}
/** Ids that exist, by the name and the place of a parameter. */
let ids: Record<string, string>

beforeAll(async () => {
  here = await startHere()
  admin = await here.tokenOf('admin', ['approve', 'override'])
  ids = await prepare()
  cookie = await signIn('ana@contoso.example')
  for (const role of ['auditor', 'helpdesk', 'admin'] as const) tokens[role] = await here.tokenOf(role)
  // What was done so far has followed by then, so that nothing but the requests changes the store.
  await cycle(ids['connections'] ?? '')
}, 60_000)
afterAll(() => here.close())

/** Id of the job of a cycle that has ended. */
async function cycle(id: string): Promise<string> {
  const { client } = here
  const { job } = await client.call('POST /connections/{id}/sync', { params: { id } })
  await until(
    'the cycle',
    async () => (await client.call('GET /jobs/{id}', { params: { id: job.id } })).state === 'done',
  )
  return job.id
}

async function prepare(): Promise<Record<string, string>> {
  const { client } = here
  const connection = await client.call('POST /connections', { body: connecting({}) })
  const person = async (
    name: string,
    more: { state?: 'staged'; initialPassword?: string } = {},
    domain = 'contoso.example',
  ) =>
    (
      await client.call('POST /users', {
        body: { email: `${name}@${domain}`, displayName: name, sendMail: false, ...more },
      })
    ).id
  const ana = await person('ana', { initialPassword: first })
  const [ben, sue, dan] = [await person('ben', { state: 'staged' }), await person('sue'), await person('dan')]
  await client.call('POST /users/{id}/suspend', { params: { id: sue } })
  await client.call('DELETE /users/{id}', { params: { id: dan }, query: { accounts: 'keep' } })
  const params = { id: connection.id, userId: ana }
  await client.call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })
  const bound = await until('the binding in sync', async () => {
    const binding = await client.call('GET /connections/{id}/bindings/{userId}', { params })
    return binding.state === 'in_sync' && binding
  })
  const job = await cycle(connection.id)
  const { items } = await client.call('GET /connections/{id}/accounts', { params, query: { status: 'protected' } })
  const group = (await client.call('POST /groups', { body: { displayName: 'Finance' } })).id
  for (const userId of [ana, ben, sue])
    await client.call('PUT /groups/{id}/members/{userId}', { params: { id: group, userId } })
  const people = {
    ana,
    ben,
    sue,
    dan,
    kim: await person('kim', {}, 'fabrikam.example'),
    root: await here.createAdmin(),
  }
  const known = { contoso: connection.id, accountId: String(bound.accountId), globalAdmin: String(items[0]?.id) }
  return {
    ...people,
    ...known,
    users: ana,
    connections: connection.id,
    groups: group,
    userId: ana,
    groupId: group,
    jobs: job,
    jobId: job,
  }
}

const connecting = (some: Partial<CreateConnection>): z.input<typeof CreateConnection> => {
  const { graph, login, tenantId, clientId, clientSecret } = here.tenant
  const cloud = { graph, login }
  return { name: 'Contoso', tenantId, clientId, clientSecret, cloud, settings: { mode: 'apply' }, ...some }
}

const ask = (method: string, path: string, body: unknown) =>
  fetch(`${here.gateway.localUrl}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

async function signIn(email: string): Promise<string> {
  const answer = await fetch(`${here.gateway.localUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: first }),
  })
  return answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
}

/** Everything that the store holds, apart from what only counts. */
async function stateOfStore(): Promise<string> {
  const { db } = here.context.store
  const hash = createHash('sha256')
  for (const { name } of await db.introspection.getTables()) {
    if (counting.has(name)) continue
    const rows = (await db
      .selectFrom(name as 'users')
      .selectAll()
      .execute()) as Record<string, unknown>[]
    for (const row of rows) {
      const kept = Object.entries(row).filter(([column]) => !seen[name]?.includes(column))
      hash.update(JSON.stringify([name, kept]))
    }
  }
  return hash.digest('hex')
}

/** Tells when the store has changed, looking at all of it only after something was written. */
async function watchStore() {
  const stamp = () => {
    const { size, mtimeMs } = statSync(here.storeLog)
    return `${size} ${mtimeMs}`
  }
  let [before, last] = [await stateOfStore(), stamp()]
  return {
    before,
    async hasChanged() {
      if (stamp() === last) return false
      last = stamp()
      const now = await stateOfStore()
      const changed = now !== before
      before = now
      return changed
    },
  }
}

const names = Object.keys(endpoints) as EndpointName[]

const queryOf = (name: EndpointName) => (endpoints[name] as EndpointShape).query

function goodFor(shape: EndpointShape) {
  const params = [...shape.path.matchAll(/([a-z-]+)\/\{(\w+)\}/g)].map(([, place = '', name = '']) => [
    name,
    ids[name] ?? ids[place] ?? 'unknown',
  ])
  const query = Object.entries(shape.query?.shape ?? {}).flatMap(([name, schema]) =>
    schema.safeParse(undefined).success ? [] : [[name, String(exampleOf(schema))]],
  )
  return {
    params: Object.fromEntries(params) as Record<string, string>,
    query: Object.fromEntries(query) as Record<string, string>,
    body: shape.body === undefined ? {} : exampleOf(shape.body),
  }
}

async function send(
  shape: EndpointShape,
  bad: Pick<BadRequest, 'params' | 'query' | 'body' | 'headers'>,
  token = admin,
) {
  const path = shape.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(bad.params[name] ?? ''))
  const own =
    shape.access === 'user' ? { cookie, 'sec-fetch-site': 'same-origin' } : { authorization: `Bearer ${token}` }
  return await fetch(`${here.gateway.localUrl}/api/v1${path}${bad.query === '' ? '' : `?${bad.query}`}`, {
    method: shape.method,
    headers: { ...own, ...bad.headers },
    ...(bad.body !== null && { body: bad.body as string | Uint8Array<ArrayBuffer> }),
  })
}

/** What is wrong with the answer; null when it is as every refusal has to be. */
async function wrongWith(answer: Response, statuses: readonly number[], named?: string): Promise<string | null> {
  const text = await answer.text()
  const short = `${answer.status} ${text.slice(0, 300)}`
  if (!statuses.includes(answer.status)) return `wanted ${statuses}, got ${short}`
  if (answer.headers.get('content-type') !== 'application/problem+json') return `no problem: ${short}`
  const problem = JSON.parse(text) as {
    status: number
    code: keyof typeof problems
    detail: string
    errors?: { path: string }[]
  }
  if (problems[problem.code]?.status !== answer.status || problem.status !== answer.status) return `its code: ${short}`
  if (problem.detail.length < 10 || text.length > 20_000) return `its detail: ${short}`
  if (named === undefined) return null
  const isNamed = problem.errors?.some(({ path }) => path === named || path.startsWith(`${named}.`))
  return isNamed ? null : `does not name ${named}: ${short}`
}

describe('whatever is wrong with a request, the answer is a problem of its own code, and nothing has changed', () => {
  test.each(names)('%s', async (name) => {
    const shape: EndpointShape = endpoints[name]
    const watch = await watchStore()
    const faults: string[] = []
    for (const bad of badRequests(shape, goodFor(shape))) {
      const wrong = await wrongWith(await send(shape, bad), bad.statuses, bad.names)
      if (wrong !== null) faults.push(`${bad.what}: ${wrong}`)
      if (await watch.hasChanged()) faults.push(`${bad.what}: the store has changed`)
      if (faults.length > 10) break
    }
    expect(faults).toEqual([])
    expect(await stateOfStore()).toBe(watch.before)
  })

  const ranks = ['auditor', 'helpdesk', 'admin'] as const
  test.each(names.filter((name) => endpoints[name].access !== 'public'))('%s by somebody else', async (name) => {
    const shape: EndpointShape = endpoints[name]
    const before = await stateOfStore()
    const good = { params: goodFor(shape).params, query: '', body: null, headers: {} }
    const nobody = await send({ ...shape, access: 'public' }, good, 'lks_somebody-elses')
    expect(await wrongWith(nobody, [401])).toBeNull()
    const below = shape.access === 'user' ? ranks : ranks.slice(0, ranks.indexOf(shape.access as 'admin'))
    for (const role of below) {
      const refused = await send({ ...shape, access: 'public' }, good, tokens[role])
      expect(await wrongWith(refused, [403])).toBeNull()
    }
    expect(await stateOfStore()).toBe(before)
  })
})

describe('lists keep the conventions of all lists', () => {
  const lists = names.filter((name) => 'cursor' in (queryOf(name)?.shape ?? {}))
  test.each(lists)('%s', async (name) => {
    const shape: EndpointShape = endpoints[name]
    const { params } = goodFor(shape)
    const page = async (query: string) => {
      const answer = await send(shape, { params, query, body: null, headers: {} })
      return (await answer.json()) as { items: unknown[]; next: string | null; total?: number }
    }
    const { items, total } = await page('limit=500&count=true')
    expect(total).toBe(items.length)
    expect((await page('limit=500')).total).toBeUndefined()
    const walked: unknown[] = []
    for (let cursor = ''; ; ) {
      const { items: more, next } = await page(`limit=2${cursor}`)
      expect(more.length).toBeLessThanOrEqual(2)
      walked.push(...more)
      if (next === null) break
      cursor = `&cursor=${encodeURIComponent(next)}`
    }
    expect(walked).toEqual(items)
  })
})

describe('what does not fit the state of things is refused, and nothing has changed', () => {
  type Case = [what: string, route: string, body: unknown, status: number, code: string]
  const cases = (): Case[] => [
    ['activate an active person', 'POST /users/ana/activate', {}, 409, 'user_state_conflict'],
    ['resume an active person', 'POST /users/ana/resume', {}, 409, 'user_state_conflict'],
    ['suspend a suspended person', 'POST /users/sue/suspend', {}, 409, 'user_state_conflict'],
    ['suspend a staged person', 'POST /users/ben/suspend', {}, 409, 'user_state_conflict'],
    ['suspend the last administrator', 'POST /users/root/suspend', {}, 409, 'user_is_last_admin'],
    ['delete the last administrator', 'DELETE /users/root?accounts=keep', undefined, 409, 'user_is_last_admin'],
    ['create with a taken address', 'POST /users', { email: 'ana@contoso.example' }, 409, 'email_taken'],
    ['take an address that is taken', 'PATCH /users/ben', { email: 'ana@contoso.example' }, 409, 'email_taken'],
    ['move out of the tenant', 'PATCH /users/ana', { email: 'ana@fabrikam.example' }, 422, 'domain_not_in_connection'],
    ['be your own manager', 'PATCH /users/ana', { attributes: { manager: ids['ana'] } }, 422, 'validation_failed'],
    ['a deleted manager', 'PATCH /users/ana', { attributes: { manager: ids['dan'] } }, 422, 'validation_failed'],
    [
      'an unknown manager',
      'POST /users',
      { email: 'x@contoso.example', attributes: { manager: 'x' } },
      422,
      'validation_failed',
    ],
    ['a weak password', 'PUT /users/ana/password', { password: 'short' }, 422, 'password_too_weak'],
    [
      'a weak first password',
      'POST /users',
      { email: 'x@contoso.example', initialPassword: 'short' },
      422,
      'password_too_weak',
    ],
    ['read a deleted person', 'GET /users/dan', undefined, 404, 'user_not_found'],
    ['delete a deleted person', 'DELETE /users/dan?accounts=keep', undefined, 404, 'user_not_found'],
    ['bind a deleted person', 'PUT /connections/contoso/bindings/dan', {}, 404, 'user_not_found'],
    ['bind a foreign domain', 'PUT /connections/contoso/bindings/kim', {}, 422, 'domain_not_in_connection'],
    [
      'bind to the account of somebody else',
      'PUT /connections/contoso/bindings/ben',
      { accountId: ids['accountId'] },
      409,
      'account_already_bound',
    ],
    [
      'bind to a protected account',
      'PUT /connections/contoso/bindings/ben',
      { accountId: ids['globalAdmin'] },
      409,
      'account_protected',
    ],
    [
      'bind to no account',
      'PUT /connections/contoso/bindings/ben',
      { accountId: '99999999-9999-4999-8999-999999999999' },
      404,
      'account_not_found',
    ],
    ['unbind who is not bound', 'DELETE /connections/contoso/bindings/ben', undefined, 404, 'binding_not_found'],
    ['sync who is not bound', 'POST /connections/contoso/bindings/ben/sync', {}, 404, 'binding_not_found'],
    ['read a binding that is none', 'GET /connections/contoso/bindings/ben', undefined, 404, 'binding_not_found'],
    [
      'a count that does not match',
      'POST /connections/contoso/bindings/bulk',
      { unbind: [ids['ana']], confirm: 7 },
      409,
      'confirmation_mismatch',
    ],
    ['plan for nobody', 'GET /connections/contoso/plan?user=nobody', undefined, 404, 'user_not_found'],
    ['approve a plan that is none', 'POST /connections/contoso/plan/nothing/approve', {}, 409, 'plan_changed'],
    ['leave by a wrong name', 'DELETE /connections/contoso?confirm=Fabrikam', undefined, 409, 'confirmation_mismatch'],
    ['a refused secret', 'PATCH /connections/contoso', { clientSecret: 'not the secret' }, 422, 'preflight_failed'],
    ['another tenant for a connection', 'PATCH /connections/contoso', { tenantId: 'x' }, 422, 'validation_failed'],
    ['another cloud for a connection', 'PATCH /connections/contoso', { cloud: 'china' }, 422, 'validation_failed'],
    ['sign in at no app', 'POST /connections/authorize', { name: 'x' }, 409, 'authorization_not_set_up'],
    ['the same tenant twice', 'POST /connections', connecting({}), 409, 'tenant_already_connected'],
    [
      'a refused secret at first',
      'POST /connections',
      connecting({ tenantId: '99999999-9999-4999-8999-999999999999' }),
      422,
      'preflight_failed',
    ],
    [
      'endpoints of nobody',
      'POST /connections',
      connecting({
        cloud: { graph: 'https://g.example', login: 'https://l.example' },
        tenantId: '99999999-9999-4999-8999-999999999999',
      }),
      422,
      'cloud_not_allowed',
    ],
  ]
  const whilePaused = (): Case[] => [
    ['sync', 'POST /connections/contoso/sync', {}, 409, 'connection_not_usable'],
    ['sync one', 'POST /connections/contoso/bindings/ana/sync', {}, 409, 'connection_not_usable'],
  ]

  async function refusals(all: Case[]): Promise<string[]> {
    const faults: string[] = []
    const watch = await watchStore()
    for (const [what, route, body, status, code] of all) {
      const [method = '', path = ''] = route.split(' ')
      const answer = await ask(
        method,
        path.replace(/(?<=\/)(ana|ben|sue|dan|kim|root|contoso)\b/g, (name) => ids[name] ?? ''),
        body,
      )
      const text = await answer.clone().text()
      const wrong = await wrongWith(answer, [status])
      if (wrong !== null || !text.includes(`"code":"${code}"`)) faults.push(`${what}: ${wrong ?? text.slice(0, 300)}`)
      if (await watch.hasChanged()) faults.push(`${what}: the store has changed`)
    }
    return faults
  }

  test('wrong states and foreign ids', async () => expect(await refusals(cases())).toEqual([]))

  test('a paused connection', async () => {
    const params = { id: ids['contoso'] ?? '' }
    await here.client.call('POST /connections/{id}/pause', { params })
    expect(await refusals(whilePaused())).toEqual([])
    await here.client.call('POST /connections/{id}/resume', { params })
  })
})
