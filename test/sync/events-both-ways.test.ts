import type { LockstepEvent } from '@lockstep/shared/contract/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fault, LogEntry } from '../practice-tenant/state.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { until } from '../support/world.ts'

let here: Here
let connection: string
let root: string
let cookie: string

beforeAll(async () => {
  here = await startHere({ users: 8, cycleEveryMs: 300 })
  const { graph, login, tenantId, clientId, clientSecret } = here.tenant
  // Few people, and much happens to each of them.
  const brake = { minimum: 25, share: 0.1, absolute: 25 }
  const body = { name: 'Contoso', tenantId, clientId, clientSecret, cloud: { graph, login } }
  connection = (await here.client.call('POST /connections', { body: { ...body, settings: { mode: 'apply', brake } } }))
    .id
  root = await here.createAdmin()
  const signedIn = await fetch(`${here.gateway.localUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'root@contoso.example', password: 'Copper-Meadow-72' }),
  })
  cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
}, 60_000)
afterAll(() => here.close())

/** What the administrator does, signed in as a person. */
async function ask(method: string, path: string, body: unknown = {}): Promise<{ status: number; id: string }> {
  const response = await fetch(`${here.gateway.localUrl}/api/v1${path}`, {
    method,
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { id = '' } = JSON.parse((await response.text()) || '{}') as { id?: string }
  return { status: response.status, id }
}

const person = async (email: string, more: object = {}) =>
  (
    await ask('POST', '/users', {
      email,
      displayName: email,
      sendMail: false,
      attributes: { usageLocation: 'AT' },
      ...more,
    })
  ).id
const bind = (id: string) => ask('PUT', `/connections/${connection}/bindings/${id}`)
const fail = (fault: Partial<Fault> & Pick<Fault, 'match'>) => here.tenant.state.faults.push({ times: 1, ...fault })
const users = '^/users'

/** The person's binding is at rest, and the tenant shows this value. */
async function settled(id: string, states = ['in_sync']): Promise<void> {
  const params = { id: connection, userId: id }
  await until(`${id} at rest`, async () =>
    states.includes((await here.client.call('GET /connections/{id}/bindings/{userId}', { params })).state),
  )
}

async function change(id: string, city: string): Promise<void> {
  expect((await ask('PATCH', `/users/${id}`, { attributes: { city } })).status).toBe(200)
  await until(`the city ${city}`, async () =>
    [...here.tenant.state.people.values()].some(({ properties }) => properties['city'] === city),
  )
  await settled(id)
}

const isWrite = (entry: LogEntry) => entry.method !== 'GET' && entry.appId === here.tenant.clientId
const writesOfTenant = () => here.tenant.state.log.filter(isWrite)

/** Events of writes to the tenant, and nothing else. */
async function writesOfOurs(): Promise<LockstepEvent[]> {
  const { items, next } = await here.client.call('GET /events', { query: { limit: 500 } })
  expect(next).toBeNull()
  return items.filter(({ type }) => /_(provision|deprovision|reprovision)$|^connection_mark$/.test(type))
}

test('S34, S49: what the tenant saw of us is what our events say, both ways, whatever went wrong', {
  timeout: 120_000,
}, async () => {
  const known = [...here.tenant.state.people.values()]
    .map(({ properties }) => String(properties['userPrincipalName']))
    .filter((name) => /^[a-z]+\.[a-z]+\d*@contoso\.example$/.test(name))
  const ana = await person(known[0] ?? '')
  const nia = await person('nia.new@contoso.example', { initialPassword: 'Violet-Harbour-41' })
  for (const id of [ana, nia]) {
    expect((await bind(id)).status).toBe(201)
    await settled(id)
  }
  await change(ana, 'Graz')

  // Throttled, not available, and answers that were lost before and after the write took effect.
  fail({ match: { method: 'PATCH', path: users }, status: 429, code: 'TooManyRequests', retryAfter: '1' })
  await change(ana, 'Linz')
  fail({ match: { method: 'PATCH', path: users }, status: 503, code: 'ServiceNotAvailable' })
  await change(ana, 'Wels')
  fail({ match: { method: 'PATCH', path: users }, drop: 'before' })
  await change(ana, 'Enns')
  fail({ match: { method: 'PATCH', path: users }, drop: 'after' })
  await change(ana, 'Lienz')
  fail({ match: { method: 'POST', path: '^/users$' }, drop: 'after' })
  const lost = await person('lost.answer@contoso.example')
  await bind(lost)
  await settled(lost)

  // Refused for good.
  fail({ match: { method: 'PATCH', path: users }, status: 403, code: 'Authorization_RequestDenied' })
  await ask('PATCH', `/users/${nia}`, { attributes: { city: 'Steyr' } })
  await settled(nia, ['failed'])
  await here.client.call('POST /connections/{id}/bindings/{userId}/sync', { params: { id: connection, userId: nia } })
  await settled(nia)

  const set = (password: string) => ask('PUT', `/users/${nia}/password`, { password })
  expect((await set('Copper-Window-58')).status).toBe(200)
  expect((await set('Trombone-trombone1')).status).toBe(422)
  await ask('POST', `/users/${nia}/suspend`)
  await until(
    'the block',
    async () => here.tenant.state.people.get(await accountOf(nia))?.properties['accountEnabled'] === false,
  )
  await settled(nia)
  await ask('POST', `/users/${nia}/resume`)
  await until(
    'the way back',
    async () => here.tenant.state.people.get(await accountOf(nia))?.properties['accountEnabled'] === true,
  )
  await settled(nia)
  expect((await ask('DELETE', `/connections/${connection}/bindings/${ana}`)).status).toBe(202)
  await until(
    'an end',
    async () => (await here.client.call('GET /users/{id}/bindings', { params: { id: ana } })).items.length === 0,
  )

  const [theirs, ours] = [writesOfTenant(), await writesOfOurs()]
  const byId = new Map(ours.map((event) => [event.id as string, event]))
  expect(byId.size).toBe(ours.length)
  const unknownToUs = theirs.filter(({ clientRequestId }) => !byId.has(clientRequestId ?? ''))
  expect(unknownToUs.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([])
  for (const event of ours) {
    const requests = theirs.filter(({ clientRequestId }) => clientRequestId === event.id)
    if (event.outcome === 'success' || event.outcome === 'failure')
      expect([event.type, event.cause, requests.length]).not.toEqual([event.type, event.cause, 0])
    if (event.requestId !== null) expect(requests.map(({ requestId }) => requestId)).toContain(event.requestId)
    else expect([event.type, event.outcome]).toEqual([event.type, 'retrying'])
    expect(event).toMatchObject({ connection, cause: expect.any(String) })
    expect(event.user === null).toBe(event.type === 'connection_mark')
    expect(event.actor.name).not.toBe('')
    expect(event.changes.length, `${event.type} changes nothing`).toBeGreaterThan(0)
    expect(JSON.stringify(event)).not.toMatch(/Violet-Harbour|Copper-Window|Trombone/)
  }
  // The control: everything that was meant to go wrong did.
  const outcomes = (type: string) => new Set(ours.filter((event) => event.type === type).map(({ outcome }) => outcome))
  expect(outcomes('user_update_provision')).toEqual(new Set(['success', 'failure', 'retrying']))
  expect(outcomes('user_password_update_provision')).toEqual(new Set(['success', 'failure']))
  expect(theirs.map(({ status }) => status)).toEqual(expect.arrayContaining([429, 503, 403, 400, 204, 201]))
  const blocks = ours.filter(({ type }) => type === 'user_deprovision')
  expect(blocks.map(({ id }) => theirs.filter(({ clientRequestId }) => clientRequestId === id).length)).toEqual([2, 2])
  expect((await here.client.call('GET /events/verify', {})).ok).toBe(true)

  // Who did it is named where a person did it.
  const byRoot = ours.filter(({ actor }) => actor.id === root)
  expect(new Set(byRoot.map(({ actor }) => actor.kind))).toEqual(new Set(['admin']))
  const done = new Set(byRoot.map(({ type }) => type))
  expect([...done]).toEqual(expect.arrayContaining(['user_create_provision', 'user_password_update_provision']))
  expect(ours.filter(({ type, actor }) => type === 'user_password_update_provision' && actor.id !== root)).toEqual([])
  expect(ours.filter(({ cause, actor }) => cause === 'unbound' && actor.id !== root)).toEqual([])
})

async function accountOf(userId: string): Promise<string> {
  const params = { id: connection, userId }
  return String((await here.client.call('GET /connections/{id}/bindings/{userId}', { params })).accountId)
}
