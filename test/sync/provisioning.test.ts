import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 4 })
  connection = await connect(world)
  await set({ brake: { minimum: 25, share: 0.1, absolute: 25 } })
}, 120_000)
afterAll(() => world.close())

const set = (settings: object) =>
  call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings } })
const person = (name: string, more: Record<string, unknown> = {}): Promise<User> =>
  call().call('POST /users', { body: { email: `${name}@contoso.example`, sendMail: false, ...more } })
const bind = (user: User) =>
  call().call('PUT /connections/{id}/bindings/{userId}', { params: { id: connection, userId: user.id }, body: {} })
const change = (user: User, attributes: Record<string, string | null>) =>
  call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes } })
const account = (user: User) => world.tenant.account(user.email)
const inSync = (user: User) =>
  until('the binding in sync', async () => {
    const params = { id: connection, userId: user.id }
    const binding = await call().call('GET /connections/{id}/bindings/{userId}', { params })
    return binding.state === 'in_sync' && binding
  })
const managedBy = (user: User, manager: User | null) =>
  until('the manager', async () => {
    const wanted = manager === null ? null : (await account(manager))['id']
    return (await account(user))['manager'] === wanted
  })

test('S22: a new account has its manager in the same go, which the plan shows beforehand', async () => {
  const boss = await person('boss')
  await bind(boss)
  await inSync(boss)
  const ana = await person('ana', { attributes: { manager: boss.id, usageLocation: 'AT' } })
  const { operations } = await call().call('GET /connections/{id}/plan', {
    params: { id: connection },
    query: { user: ana.id, if: 'bind' },
  })
  const { id } = await account(boss)
  expect(operations).toMatchObject([{ kind: 'provision' }])
  expect(operations[0]?.changes).toContainEqual({ attribute: 'manager', before: null, after: id })
  const bound = await bind(ana)
  expect(bound.state).toBe('in_sync')
  expect(await account(ana)).toMatchObject({ usageLocation: 'AT', manager: id })
})

test('a manager without an account is waited for; a circle of managers is fine', async () => {
  const chief = await person('chief')
  const clerk = await person('clerk', { attributes: { manager: chief.id } })
  await bind(clerk)
  const waiting = await inSync(clerk)
  expect(waiting.drift).toEqual([])
  expect((await account(clerk))['manager']).toBeNull()
  await change(chief, { manager: clerk.id })
  await bind(chief)
  await managedBy(chief, clerk)
  await managedBy(clerk, chief)
})

test('a manager is changed and cleared', async () => {
  const [one, two] = [await person('one'), await person('two')]
  const report = await person('report', { attributes: { manager: one.id } })
  for (const each of [one, two, report]) await bind(each)
  await managedBy(report, one)
  await change(report, { manager: two.id })
  await managedBy(report, two)
  await change(report, { manager: null })
  await managedBy(report, null)
  await inSync(report)
})

test('S30: somebody staged gets an account that nobody can sign in to, disabled until activation if an admin says so', async () => {
  const early = await person('early', { state: 'staged' })
  await bind(early)
  await inSync(early)
  expect(await account(early)).toMatchObject({ accountEnabled: true })
  await set({ stagedAccounts: 'disabled' })
  const late = await person('late', { state: 'staged' })
  await bind(late)
  await inSync(late)
  expect(await account(late)).toMatchObject({ accountEnabled: false })
  expect(await account(early)).toMatchObject({ accountEnabled: true })
  await call().call('POST /users/{id}/activate', { params: { id: late.id }, body: { sendMail: false } })
  await until('the account enabled', async () => (await account(late))['accountEnabled'] === true)
  const { items } = await call().call('GET /events', { query: { type: 'user_reprovision', user: late.id } })
  expect(items).toMatchObject([{ cause: 'activated', outcome: 'success' }])
})
