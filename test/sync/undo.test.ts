import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, importAll, jobDone, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 12 })
  connection = await connect(world)
  await importAll(world, connection)
}, 120_000)
afterAll(() => world.close())

const inSync = (userId: string) =>
  until('the binding in sync', async () => {
    const binding = await call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId } })
    return binding.state === 'in_sync' && binding
  })

async function bound(): Promise<User[]> {
  const { items } = await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })
  return items
}

/** What the tenant holds of everybody, but for passwords and sessions. */
async function snapshot(): Promise<unknown> {
  const { users } = (await world.tenant.call('GET', '/state')) as { users: Record<string, unknown>[] }
  return users.map((account) =>
    Object.fromEntries(
      Object.entries(account).filter(([name, value]) => value !== null && !/password|signInSessions/i.test(name)),
    ),
  )
}

async function undo(body: { user?: string; job?: string; cycle?: string; plan?: string }) {
  const { job } = await call().call('POST /connections/{id}/undo', { params: { id: connection }, body })
  return await jobDone(world, job)
}

test('what was written to a person is shown before it is undone, and goes back', async () => {
  const [user] = (await bound()) as [User]
  const before = await snapshot()
  for (const jobTitle of ['First', 'Second']) {
    await call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { jobTitle, city: null } } })
    await until('the title at the tenant', async () => {
      return (await world.tenant.account(user.email))['jobTitle'] === jobTitle
    })
    await inSync(user.id)
  }
  const shown = await call().call('GET /connections/{id}/undo', {
    params: { id: connection },
    query: { user: user.id },
  })
  expect(shown.operations).toMatchObject([{ kind: 'update', reason: 'undone' }])
  expect(await undo({ user: user.id })).toMatchObject({ state: 'done', total: 1, done: 1, failed: 0 })
  expect(await snapshot()).toEqual(before)
  const again = await world.gateway.request(
    'POST',
    `/api/v1/connections/${connection}/undo`,
    JSON.stringify({ user: user.id }),
  )
  expect(again).toMatchObject({ status: 404, body: { code: 'nothing_to_undo' } })
})

test('what was undone is not pushed again by the next cycle, and is shown as a difference', async () => {
  const [user] = (await bound()) as [User]
  await call().call('POST /connections/{id}/bindings/{userId}/sync', { params: { id: connection, userId: user.id } })
  const binding = await inSync(user.id)
  expect(binding.drift.map(({ attribute }) => attribute)).toContain('jobTitle')
  expect((await world.tenant.account(user.email))['jobTitle']).not.toBe('Second')
})

test('undoing a job gives back everybody whom it unbound', async () => {
  const people = (await bound()).slice(2, 8)
  const before = await snapshot()
  const { job } = await call().call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { unbind: people.map(({ id }) => id), confirm: people.length },
  })
  await jobDone(world, job)
  expect(await world.tenant.account(people[0]?.email ?? '')).toMatchObject({ accountEnabled: false })
  const listed = async () =>
    (await call().call('GET /connections/{id}/undoable', { params: { id: connection }, query: {} })).items
  expect((await listed())[0]).toMatchObject({ kind: 'job', id: job.id, job: 'bulk', accounts: people.length })
  expect(await undo({ job: job.id })).toMatchObject({ state: 'done', done: people.length, failed: 0 })
  expect(await snapshot()).toEqual(before)
  expect((await listed()).map(({ id }) => id)).not.toContain(job.id)
})

test('a value that somebody changed at Microsoft since stays as they left it', async () => {
  const user = (await bound())[3] as User
  await call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { city: 'Ours' } } })
  await until('the city at the tenant', async () => (await world.tenant.account(user.email))['city'] === 'Ours')
  await inSync(user.id)
  await world.tenant.act({ act: 'patch', user: user.email, body: { city: 'Theirs' } })
  const ended = await undo({ user: user.id })
  expect(ended.results).toMatchObject([{ reason: expect.stringContaining('as they left it') }])
  expect((await world.tenant.account(user.email))['city']).toBe('Theirs')
})

test('S19: undoing a takeover gives the account back as it was found, once a person has approved what the brake counts', async () => {
  const user = (await bound())[4] as User
  const params = { id: connection, userId: user.id }
  await call().call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'keep' } })
  await call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { department: 'Filled' } } })
  const before = await snapshot()
  await call().call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })
  await inSync(user.id)
  expect((await world.tenant.account(user.email))['department']).toBe('Filled')
  // The six that were unbound before count for an hour, so that even one more emptied value is held.
  const held = await world.gateway.request(
    'POST',
    `/api/v1/connections/${connection}/undo`,
    JSON.stringify({ user: user.id }),
  )
  expect(held).toMatchObject({ status: 409, body: { code: 'brake_engaged' } })
  const { id: plan } = await call().call('GET /connections/{id}/undo', {
    params: { id: connection },
    query: { user: user.id },
  })
  expect(await undo({ user: user.id, plan })).toMatchObject({ state: 'done', failed: 0 })
  expect(await snapshot()).toEqual(before)
  const { items } = await call().call('GET /users/{id}/bindings', { params: { id: user.id } })
  expect(items).toEqual([])
})

test('exactly one of person, job and cycle is asked for', async () => {
  for (const body of [{}, { user: 'a', job: 'b' }]) {
    const refused = await world.gateway.request('POST', `/api/v1/connections/${connection}/undo`, JSON.stringify(body))
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  }
})
