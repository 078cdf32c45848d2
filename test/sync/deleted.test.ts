import type { Binding } from '@lockstep/shared/contract/binding'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, importAll, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 8 })
  connection = await connect(world)
  await importAll(world, connection)
}, 120_000)
afterAll(() => world.close())

const people = async () => (await call().call('GET /users', { query: { limit: 100 } })).items
const person = async (place: number) => (await people()).filter((user) => user.bindings.length > 0)[place] as User
const binding = (userId: string) =>
  call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId } })
const bind = (userId: string, body = {}) =>
  call().call('PUT /connections/{id}/bindings/{userId}', { params: { id: connection, userId }, body })
const accountIdOf = (user: User) => user.bindings[0]?.accountId ?? ''

const cycle = () => runCycle(world, connection)

async function inState(userId: string, state: Binding['state']): Promise<Binding> {
  return await until(`the binding ${state}`, async () => {
    const now = await binding(userId)
    return now.state === state && now
  })
}

async function deleteAtMicrosoft(user: User): Promise<void> {
  await world.tenant.act({ act: 'delete', user: accountIdOf(user) })
  await cycle()
  await inState(user.id, 'missing')
}

test('S55: an account that was deleted at Microsoft is missing here, with what can be done about it', async () => {
  const user = await person(0)
  await deleteAtMicrosoft(user)
  const { error } = await binding(user.id)
  expect(error).toMatchObject({ code: 'account_deleted' })
  const daysLeft = (Date.parse(error?.restorableUntil ?? '') - Date.now()) / 86_400_000
  expect(daysLeft).toBeGreaterThan(29)
  expect(daysLeft).toBeLessThanOrEqual(30)
  const { items } = await call().call('GET /events', { query: { type: 'binding_missing', user: user.id } })
  expect(items).toHaveLength(1)
})

test('S56: binding again restores the same object, with what was changed here meanwhile', async () => {
  const user = await person(0)
  const before = accountIdOf(user)
  await call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { jobTitle: 'Returned' } } })
  await bind(user.id)
  const now = await inState(user.id, 'in_sync')
  expect(now.accountId).toBe(before)
  expect(await world.tenant.account(before)).toMatchObject({ deletedAt: null, jobTitle: 'Returned' })
  const { items } = await call().call('GET /events', { query: { type: 'user_restore_provision', user: user.id } })
  expect(items).toMatchObject([{ outcome: 'success', account: before }])
})

test('an account that was restored at Microsoft is followed again', async () => {
  const user = await person(1)
  await deleteAtMicrosoft(user)
  await world.tenant.act({ act: 'restore', user: accountIdOf(user) })
  await cycle()
  await inState(user.id, 'in_sync')
})

test('what was deleted for good is never made anew by itself, and comes back empty when that is asked for', async () => {
  const user = await person(2)
  const before = accountIdOf(user)
  await deleteAtMicrosoft(user)
  await world.tenant.act({ act: 'purge', user: before })
  const refused = await world.gateway.request(
    'PUT',
    `/api/v1/connections/${connection}/bindings/${user.id}`,
    JSON.stringify({}),
  )
  expect(refused).toMatchObject({ status: 409, body: { code: 'account_deleted' } })
  await cycle()
  expect((await binding(user.id)).state).toBe('missing')
  await bind(user.id, { recreate: true })
  const now = await inState(user.id, 'in_sync')
  expect(now.accountId).not.toBe(before)
  expect((await world.tenant.account(user.email))['id']).toBe(now.accountId)
})

test('a suspended person does not get a deleted account back', async () => {
  const user = await person(3)
  await call().call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail: false } })
  await deleteAtMicrosoft(user)
  await call().call('POST /users/{id}/suspend', { params: { id: user.id } })
  const refused = await world.gateway.request(
    'PUT',
    `/api/v1/connections/${connection}/bindings/${user.id}`,
    JSON.stringify({}),
  )
  expect(refused).toMatchObject({ status: 409, body: { code: 'user_state_conflict' } })
})

test('somebody new here whose account lies among the deleted gets that one, not a second', async () => {
  const user = await person(4)
  const before = accountIdOf(user)
  await call().call('DELETE /connections/{id}/bindings/{userId}', {
    params: { id: connection, userId: user.id },
    query: { account: 'keep' },
  })
  await world.tenant.act({ act: 'delete', user: before })
  await cycle()
  await bind(user.id)
  expect((await inState(user.id, 'in_sync')).accountId).toBe(before)
})
