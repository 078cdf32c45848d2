import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, importAll, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
let group: string
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 8 })
  connection = await connect(world)
  const brake = { minimum: 25, share: 0.1, absolute: 25 }
  await call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings: { brake } } })
  await importAll(world, connection)
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
  group = (await call().call('POST /groups', { body: { displayName: 'Staff' } })).id
  for (const user of people) await join(user)
}, 120_000)
afterAll(() => world.close())
beforeEach(() => world.tenant.call('POST', '/reset-log'))

const at = (place: number) => people[place] as User
const params = (user: User) => ({ id: connection, userId: user.id })
const join = (user: User) =>
  call().call('PUT /groups/{id}/members/{userId}', { params: { id: group, userId: user.id } })
const leave = (user: User) =>
  call().call('DELETE /groups/{id}/members/{userId}', { params: { id: group, userId: user.id } })
const setScope = (groups: string[], leaving: 'block' | 'keep') =>
  call().call('PATCH /connections/{id}', {
    params: { id: connection },
    body: { settings: { scope: { groups: groups as never, leaving } } },
  })
const account = (user: User) => world.tenant.account(user.bindings[0]?.accountId ?? '')
const state = async (user: User) =>
  (await call().call('GET /connections/{id}/bindings/{userId}', { params: params(user) })).state
const becomes = (user: User, wanted: string) => until(wanted, async () => (await state(user)) === wanted)
const move = (user: User, city: string) =>
  call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { city } } })

test('a scope in which everybody is changes nothing', async () => {
  await setScope([group], 'block')
  await move(at(0), 'Bregenz')
  await until('the city', async () => (await account(at(0)))['city'] === 'Bregenz')
  const writes = (await world.tenant.log()).filter(({ method, path }) => method !== 'GET' && path !== '/$batch')
  expect(writes).toHaveLength(1)
})

test('who leaves the group is blocked within one cycle with the reason, and no longer followed', async () => {
  await leave(at(1))
  await becomes(at(1), 'out_of_scope')
  expect((await account(at(1)))['accountEnabled']).toBe(false)
  const { items } = await call().call('GET /events', { query: { type: 'user_deprovision', user: at(1).id } })
  expect(items).toMatchObject([{ outcome: 'success', cause: 'out_of_scope' }])
  await move(at(1), 'Salzburg')
  const { steps, operations } = await call().call('POST /connections/{id}/bindings/{userId}/sync', {
    params: params(at(1)),
  })
  expect(operations).toEqual([])
  expect(steps).toContainEqual(expect.objectContaining({ step: 'scope', outcome: 'skipped' }))
  expect((await account(at(1)))['city']).not.toBe('Salzburg')
})

test('who returns is enabled again, with everything that changed meanwhile', async () => {
  await join(at(1))
  await becomes(at(1), 'in_sync')
  expect(await account(at(1))).toMatchObject({ accountEnabled: true, city: 'Salzburg' })
})

test('P34: licences that rules gave end for who is outside long enough, and come back with the person', async () => {
  const e3 = '6fd2c87f-b296-42f0-b197-1e91e994b900'
  const held = async (user: User) =>
    ((await account(user))['assignedLicenses'] as { skuId: string }[] | undefined)?.map(({ skuId }) => skuId) ?? []
  const rules = (removeAfterDays: number | null) =>
    call().call('PATCH /connections/{id}', {
      params: { id: connection },
      body: {
        settings: {
          licences: { rules: [{ group: group as never, skus: [e3] }], whenNoneLeft: 'wait', removeAfterDays },
        },
      },
    })
  await call().call('PATCH /users/{id}', { params: { id: at(3).id }, body: { attributes: { usageLocation: 'AT' } } })
  await rules(30)
  await until('the licence', async () => (await held(at(3))).includes(e3))
  await leave(at(3))
  await becomes(at(3), 'out_of_scope')
  expect(await held(at(3))).toContain(e3)
  await rules(0)
  await until('the licence gone', async () => !(await held(at(3))).includes(e3))
  const { items } = await call().call('GET /events', {
    query: { type: 'user_licence_remove_provision', user: at(3).id },
  })
  expect(items).toMatchObject([{ outcome: 'success', cause: 'out_of_scope' }])
  await join(at(3))
  await until('the licence back', async () => (await held(at(3))).includes(e3))
  await rules(null)
})

test('a password of somebody outside of the scope stays here', async () => {
  await call().call('POST /users/{id}/activate', { params: { id: at(2).id }, body: { sendMail: false } })
  await leave(at(2))
  const { sync } = await call().call('PUT /users/{id}/password', {
    params: { id: at(2).id },
    body: { password: 'Copper-Meadow-72' },
  })
  expect(sync.filter(({ password }) => password === 'updated')).toEqual([])
  await becomes(at(2), 'out_of_scope')
  expect(
    (await world.tenant.log()).filter(({ body }) => JSON.stringify(body ?? '').includes('passwordProfile')),
  ).toEqual([])
})

test('accounts that are to be kept are let in again, and left alone from then on', async () => {
  await setScope([group], 'keep')
  await until('the account enabled', async () => (await account(at(2)))['accountEnabled'] === true)
  await leave(at(3))
  await becomes(at(3), 'out_of_scope')
  expect((await account(at(3)))['accountEnabled']).toBe(true)
})

test('a group that a connection is for cannot be deleted, nor one be named that does not exist', async () => {
  await expect(call().call('DELETE /groups/{id}', { params: { id: group } })).rejects.toMatchObject({
    problem: { code: 'group_in_use' },
  })
  await expect(setScope(['nobody'], 'keep')).rejects.toMatchObject({ problem: { code: 'group_not_found' } })
})

test('without a scope the connection is for everybody again', async () => {
  await setScope([], 'block')
  await becomes(at(3), 'in_sync')
  await becomes(at(2), 'in_sync')
})
