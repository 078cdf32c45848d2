import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, importAll, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 40 })
  connection = await connect(world)
  await importAll(world, connection)
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
  for (const user of people.slice(0, 8)) {
    await call().call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail: false } })
  }
}, 120_000)
afterAll(() => world.close())
beforeEach(async () => {
  await world.tenant.call('DELETE', '/faults')
  await world.tenant.call('POST', '/reset-log')
})

const at = (place: number) => people[place] as User
const account = (user: User) => world.tenant.account(user.bindings[0]?.accountId ?? '')
const suspend = (user: User) => call().call('POST /users/{id}/suspend', { params: { id: user.id } })
const resume = (user: User) => call().call('POST /users/{id}/resume', { params: { id: user.id } })
const enabled = (user: User, wanted: boolean) =>
  until(`the account ${wanted ? 'enabled' : 'blocked'}`, async () => (await account(user))['accountEnabled'] === wanted)
const fault = (body: Record<string, unknown>) => world.tenant.call('POST', '/faults', { times: 1, ...body })
const revocations = async () =>
  (await world.tenant.log()).filter(({ path, status }) => /revokeSignInSessions$/.test(path) && status < 300)

const cycle = () => runCycle(world, connection)

test('S53: a suspended person is blocked and signed out everywhere, and is let in again by resuming', async () => {
  await suspend(at(0))
  await enabled(at(0), false)
  await until('the sessions revoked', async () => (await revocations()).length === 1)
  await resume(at(0))
  await enabled(at(0), true)
})

test('a block whose answer was lost is known as ours, so that resuming lifts it', async () => {
  const path = `/users/${at(1).bindings[0]?.accountId}`
  await fault({ match: { method: 'PATCH', path }, drop: 'after' })
  await suspend(at(1))
  await enabled(at(1), false)
  await cycle()
  await resume(at(1))
  await enabled(at(1), true)
})

test('sessions that could not be revoked are revoked later, although the account is blocked already', async () => {
  const path = `/users/${at(2).bindings[0]?.accountId}/revokeSignInSessions`
  await fault({ match: { method: 'POST', path }, status: 504 })
  await suspend(at(2))
  await enabled(at(2), false)
  await until('the sessions revoked', async () => (await revocations()).length > 0)
  const { items } = await call().call('GET /events', { query: { type: 'user_deprovision', user: at(2).id } })
  expect(items.map(({ outcome }) => outcome)).toContain('success')
})

test('somebody whom Microsoft’s admin has blocked stays blocked when we resume', async () => {
  await world.tenant.act({ act: 'disable', user: at(3).bindings[0]?.accountId })
  await cycle()
  await suspend(at(3))
  await cycle()
  await resume(at(3))
  await cycle()
  expect((await account(at(3)))['accountEnabled']).toBe(false)
})

test('S54: unbinding blocks, binding again lifts our block, and nobody else’s', async () => {
  const params = { id: connection, userId: at(4).id }
  await call().call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'block' } })
  await enabled(at(4), false)
  await cycle()
  await call().call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })
  await enabled(at(4), true)
  await call().call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'keep' } })
  await world.tenant.act({ act: 'disable', user: at(4).bindings[0]?.accountId })
  await cycle()
  await call().call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })
  await cycle()
  expect((await account(at(4)))['accountEnabled']).toBe(false)
})

test('unbinding can leave the account as it is', async () => {
  const params = { id: connection, userId: at(5).id }
  await call().call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'keep' } })
  await cycle()
  expect((await account(at(5)))['accountEnabled']).toBe(true)
  expect(await revocations()).toEqual([])
})
