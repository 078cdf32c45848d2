import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, jobDone, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
let group: string
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 30 })
  connection = await connect(world)
  const { job } = await call().call('POST /connections/{id}/imports', {
    params: { id: connection },
    body: { accountIds: 'all', bind: false },
  })
  await jobDone(world, job)
  people = (await call().call('GET /users', { query: { limit: 100, sort: 'email' } })).items
  group = (await call().call('POST /groups', { body: { displayName: 'Pilots' } })).id
  for (const user of people.slice(10, 14))
    await call().call('PUT /groups/{id}/members/{userId}', { params: { id: group, userId: user.id } })
}, 120_000)
afterAll(() => world.close())
beforeEach(() => world.tenant.call('POST', '/reset-log'))

const rollout = async (...rings: object[]) => {
  const { job } = await call().call('POST /connections/{id}/rollout', {
    params: { id: connection },
    body: { rings: rings as never },
  })
  return await jobDone(world, job)
}
const goOn = async (jobId: string) => {
  const { job } = await call().call('POST /connections/{id}/rollout/{jobId}/continue', {
    params: { id: connection, jobId },
  })
  return await jobDone(world, job)
}
const bound = async () =>
  (await call().call('GET /users', { query: { limit: 100, binding: 'bound', sort: 'email' } })).items.map(
    ({ id }) => id,
  )
const map = (mapping: object) =>
  call().call('PATCH /connections/{id}', {
    params: { id: connection },
    body: { settings: { mapping: mapping as never } },
  })
const unbindAll = async () => {
  const { job } = await call().call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { unbind: await bound(), confirm: (await bound()).length },
  })
  await jobDone(world, job)
  await until('nobody bound', async () => (await bound()).length === 0)
}

test('N8: a faulty mapping stops in the first ring, the rest is untouched, and goes on once it is mended', async () => {
  await map({
    jobTitle: { mode: 'push', from: '{jobTitle} {jobTitle} {jobTitle} of a very long title indeed '.repeat(4) },
  })
  const stopped = await rollout({ count: 5 }, { group }, { rest: true })
  expect(stopped.detail).toContain('Stopped in ring 1 of 3.')
  expect(stopped.detail).toContain('jobTitle')
  expect(await bound()).toEqual(people.slice(0, 5).map(({ id }) => id))
  await map({})
  const done = await goOn(stopped.id)
  expect(done).toMatchObject({ state: 'done', failed: 0, total: 25, detail: null })
  expect(await bound()).toHaveLength(30)
  const rings = (done.results ?? []).map(({ userId, ring }) => ({ userId, ring }))
  for (const user of people.slice(10, 14)) expect(rings).toContainEqual({ userId: user.id, ring: 2 })
  await expect(goOn(stopped.id)).rejects.toMatchObject({ problem: { code: 'nobody_to_bind' } })
})

test('N8: two accounts that Microsoft refuses stop the ring that they are in', async () => {
  await unbindAll()
  await world.tenant.call('POST', '/faults', {
    match: { method: 'PATCH' },
    status: 400,
    code: 'Request_BadRequest',
    times: 2,
  })
  const stopped = await rollout({ count: 2 }, { rest: true })
  expect(stopped).toMatchObject({ state: 'done', failed: 2 })
  expect(stopped.detail).toMatch(/Stopped in ring 1 of 2\..* continue\./)
  expect(await bound()).toHaveLength(2)
  expect(await goOn(stopped.id)).toMatchObject({ state: 'done', failed: 0 })
  expect(await bound()).toHaveLength(30)
})

test('S31: a connection that only observes tells who is ready, what stands in the way, and what it would do', async () => {
  await unbindAll()
  await call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings: { mode: 'observe' } } })
  const [first] = people
  const strangers = [
    { email: 'nora@contoso.example', state: 'staged' },
    { email: 'nils@elsewhere.example', state: 'active' },
  ] as const
  for (const stranger of strangers) await call().call('POST /users', { body: { ...stranger, sendMail: false } })
  const { items } = await call().call('GET /connections/{id}/readiness', {
    params: { id: connection },
    query: { limit: 100 },
  })
  const of = (email: string | undefined) => items.find((row) => row.email === email)
  expect(of('nora@contoso.example')).toMatchObject({ ready: true, operations: ['provision'] })
  expect(of('nora@contoso.example')?.reasons.map(({ code }) => code)).toEqual([
    'no_alternate_mail',
    'no_usage_location',
  ])
  expect(of('nils@elsewhere.example')).toMatchObject({ ready: false, operations: [] })
  expect(of(first?.email)).toMatchObject({ bound: false, ready: true, operations: ['take_over', 'reprovision'] })
  expect(await call().call('GET /connections/{id}/readiness/summary', { params: { id: connection } })).toMatchObject({
    people: 32,
    ready: 31,
    reasons: { domain_not_in_connection: 1, no_alternate_mail: 1 },
    operations: { provision: 1 },
  })
  const writes = (await world.tenant.log()).filter(({ method, path }) => method !== 'GET' && path !== '/$batch')
  expect(writes.filter(({ path }) => path.startsWith('/users/nora'))).toEqual([])
})

test('a connection that only observes rolls nothing out', async () => {
  const setMode = (mode: 'observe' | 'apply') =>
    call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings: { mode } } })
  await setMode('observe')
  await expect(rollout({ rest: true })).rejects.toMatchObject({ problem: { code: 'connection_not_usable' } })
})
