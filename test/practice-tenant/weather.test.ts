import { afterEach, describe, expect, test, vi } from 'vitest'
import { newUser, refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
afterEach(() => tenant.close())

describe('replicas that lag', () => {
  const statuses = async (path: string) => {
    const seen = new Set<number>()
    for (let at = 0; at < 40; at++) seen.add((await tenant.call('GET', path)).status)
    return [...seen].sort()
  }

  test('a new user is there and not there, until all have heard', async () => {
    tenant = await startTestTenant({ lagMs: 60_000 })
    const { status, body } = await tenant.call('POST', '/users', newUser('late'))
    expect(status).toBe(201)
    expect(await statuses(`/users/${body['id']}`)).toEqual([200, 404])
    // A write reaches the replica that took the first one.
    expect((await tenant.call('PATCH', `/users/${body['id']}`, { jobTitle: 'X' })).status).toBe(204)
    await tenant.ask('POST', '/clock', { advanceMs: 60_000 })
    expect(await statuses(`/users/${body['id']}`)).toEqual([200])
  })

  test('a deleted one, too; and what changed is seen old and new', async () => {
    tenant = await startTestTenant({ lagMs: 60_000 })
    await tenant.call('DELETE', `/users/${tenant.person(0).id}`)
    expect(await statuses(`/users/${tenant.person(0).id}`)).toEqual([200, 404])
    const path = `/users/${tenant.person(1).id}`
    await tenant.call('PATCH', path, { department: 'New' })
    const seen = new Set<unknown>()
    for (let at = 0; at < 40; at++)
      seen.add((await tenant.call('GET', `${path}?$select=department`)).body['department'])
    expect(seen).toEqual(new Set([null, 'New']))
  })

  test('the delta tells of a change when all have heard, and then for sure', async () => {
    tenant = await startTestTenant({ lagMs: 60_000 })
    const latest = await tenant.call('GET', '/users/delta?$deltatoken=latest&$select=department')
    await tenant.call('PATCH', `/users/${tenant.person(0).id}`, { department: 'New' })
    const early = await tenant.call('GET', String(latest.body['@odata.deltaLink']))
    expect(early.body.value).toEqual([])
    await tenant.ask('POST', '/clock', { advanceMs: 60_001 })
    const late = await tenant.call('GET', String(early.body['@odata.deltaLink']))
    expect(late.body.value).toContainEqual({ id: tenant.person(0).id, department: 'New' })
  })

  test('somebody new cannot be a member everywhere yet', async () => {
    tenant = await startTestTenant({ lagMs: 60_000 })
    const group = await tenant.call('POST', '/groups', {
      displayName: 'G',
      mailNickname: 'g',
      mailEnabled: false,
      securityEnabled: true,
    })
    const seen = new Set<number>()
    for (let at = 0; at < 20; at++) {
      const { body } = await tenant.call('POST', '/users', newUser(`m${at}`))
      const link = { '@odata.id': `/directoryObjects/${body['id']}` }
      seen.add((await tenant.call('POST', `/groups/${group.body['id']}/members/$ref`, link)).status)
    }
    expect([...seen].sort()).toEqual([204, 404])
  })
})

describe('faults', () => {
  const patch = () => tenant.call('PATCH', `/users/${tenant.person(0).id}`, { department: 'Hit' })
  const department = async () => (await tenant.ask('GET', `/accounts/${tenant.person(0).id}`))['department']

  test('a status with Retry-After, as often as asked, only where it matches', async () => {
    tenant = await startTestTenant()
    await tenant.ask('POST', '/faults', {
      match: { method: 'PATCH', path: '^/users/' },
      times: 2,
      status: 503,
      retryAfter: 1.5,
    })
    expect((await tenant.call('GET', '/users')).status).toBe(200)
    for (let at = 0; at < 2; at++) {
      const answer = await patch()
      expect(refusal(answer)).toMatchObject({ status: 503, code: 'ServiceUnavailable' })
      expect(answer.headers['retry-after']).toBe('1.5')
    }
    expect((await patch()).status).toBe(204)
  })

  test('a connection that breaks before the write, or after it', async () => {
    tenant = await startTestTenant()
    await tenant.ask('POST', '/faults', { times: 1, dropBefore: true })
    await expect(patch()).rejects.toThrow()
    expect(await department()).toBeUndefined()
    await tenant.ask('POST', '/faults', { times: 1, dropAfter: true })
    await expect(patch()).rejects.toThrow()
    expect(await department()).toBe('Hit')
  })

  test.each([
    ['before it takes effect', 'before', undefined],
    ['before its answer leaves', 'after', 'Hit'],
  ])('a write that is held %s', async (_, hold, meanwhile) => {
    tenant = await startTestTenant()
    await tenant.ask('POST', '/faults', { times: 1, hold })
    const answer = patch()
    await vi.waitUntil(async () => (await tenant.ask('GET', '/held'))['held'] === 1)
    expect(await department()).toBe(meanwhile)
    await tenant.ask('POST', '/release')
    expect((await answer).status).toBe(204)
    expect(await department()).toBe('Hit')
  })

  test('a refusal although it was applied, and none any more when they are taken back', async () => {
    tenant = await startTestTenant()
    await tenant.ask('POST', '/faults', { times: 9, status: 504, applied: true })
    expect((await patch()).status).toBe(504)
    expect(await department()).toBe('Hit')
    await tenant.ask('DELETE', '/faults')
    expect((await patch()).status).toBe(204)
  })
})

describe('the control port', () => {
  test('lists requests with status, ids and app, and counts them by kind', async () => {
    tenant = await startTestTenant()
    await tenant.call('GET', `/users/${tenant.person(0).id}`, undefined, { 'client-request-id': 'mine' })
    await tenant.call('GET', `/users/${tenant.person(1).id}`)
    await tenant.raw('/v1.0/users', {})
    expect(await tenant.ask('GET', '/log')).toMatchObject([
      { method: 'GET', status: 200, clientRequestId: 'mine', appId: tenant.clientId, batch: false },
      { status: 200 },
      { status: 401, appId: null },
    ])
    expect(await tenant.ask('GET', '/counts')).toEqual({ 'GET /users/{id}': 2, 'GET /users': 1 })
    await tenant.ask('POST', '/reset-log')
    expect(await tenant.ask('GET', '/log')).toEqual([])
  })

  test('refuses what it does not know', async () => {
    tenant = await startTestTenant()
    for (const [method, path, body] of [
      ['POST', '/acts', { act: 'dance' }],
      ['GET', '/nothing', undefined],
      ['PUT', '/switches', { dance: true }],
      ['PUT', '/quota', { size: 'XXL' }],
    ] as const)
      expect(await tenant.ask(method, path, body)).toHaveProperty('error')
  })

  test('two tenants of one seed hold the same people', async () => {
    tenant = await startTestTenant({ seed: 7 })
    const other = await startTestTenant({ seed: 7 })
    const names = (from: TestTenant) =>
      [...from.state.people.values()].map((person) => [person.id, person.properties['userPrincipalName']])
    expect(names(other)).toEqual(names(tenant))
    await other.close()
  })
})
