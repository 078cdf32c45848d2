import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, importAll, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 30 })
  connection = await connect(world)
  await importAll(world, connection)
  await inSync(30)
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
}, 120_000)
afterAll(() => world.close())

const inSync = (count: number) =>
  until(`${count} in sync`, async () => {
    const { counts } = await call().call('GET /connections/{id}', { params: { id: connection } })
    return counts.inSync === count
  })
const writes = async () =>
  (await world.tenant.log()).filter(({ method, path }) => method !== 'GET' && !path.startsWith('/groups'))
const deactivate = (more = {}) =>
  call().call('DELETE /connections/{id}', { params: { id: connection }, query: { confirm: 'Contoso', ...more } })
const at = (place: number) => people[place] as User
const accountOf = (user: User) => world.tenant.account(user.bindings[0]?.accountId ?? '')

test('S35: deactivating asks for the name, and leaves every account as it is', async () => {
  const wrong = await world.gateway.request('DELETE', `/api/v1/connections/${connection}?confirm=Other`)
  expect(wrong).toMatchObject({ status: 409, body: { code: 'confirmation_mismatch' } })
  await call().call('POST /users/{id}/activate', { params: { id: at(0).id }, body: { sendMail: false } })
  await call().call('POST /users/{id}/suspend', { params: { id: at(0).id } })
  await until('the block', async () => (await accountOf(at(0)))['accountEnabled'] === false)
  await inSync(30)
  await world.tenant.call('POST', '/reset-log')
  await deactivate()
  expect(await writes()).toEqual([])
  expect((await call().call('GET /users/{id}/bindings', { params: { id: at(1).id } })).items).toEqual([])
})

test('connecting the tenant again observes, whatever was asked for, and shows one plan that binds everybody', async () => {
  await call().call('PATCH /users/{id}', { params: { id: at(1).id }, body: { attributes: { city: 'Meanwhile' } } })
  connection = await connect(world, 'apply')
  const now = await call().call('GET /connections/{id}', { params: { id: connection } })
  expect(now).toMatchObject({ returning: true, settings: { mode: 'observe' }, counts: { bound: 30 } })
  const plan = await call().call('GET /connections/{id}/plan', { params: { id: connection } })
  expect(plan.operations.filter(({ kind }) => kind === 'take_over')).toHaveLength(30)
  expect(plan.operations.find(({ userId }) => userId === at(1).id)?.changes).toMatchObject([
    { attribute: 'city', after: 'Meanwhile' },
  ])
  expect(await writes()).toEqual([])
})

test('S9, S36: approving that plan binds everybody again, and only what was changed meanwhile is written', async () => {
  const { id: planId } = await call().call('GET /connections/{id}/plan', { params: { id: connection } })
  await call().call('POST /connections/{id}/plan/{planId}/approve', { params: { id: connection, planId } })
  await inSync(30)
  expect(await call().call('GET /connections/{id}', { params: { id: connection } })).toMatchObject({
    returning: false,
    settings: { mode: 'apply' },
  })
  expect((await writes()).map(({ method, body }) => [method, body])).toEqual([['PATCH', { city: 'Meanwhile' }]])
})

test('an account that we had blocked before is still ours to enable', async () => {
  await call().call('POST /users/{id}/resume', { params: { id: at(0).id } })
  await until('the account enabled', async () => (await accountOf(at(0)))['accountEnabled'] === true)
})

test('a purged connection comes back with nobody bound', async () => {
  await deactivate({ purge: 'now' })
  connection = await connect(world, 'observe')
  const now = await call().call('GET /connections/{id}', { params: { id: connection } })
  expect(now).toMatchObject({ returning: false, counts: { bound: 0 } })
})
