import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, importAll, jobDone, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 8 })
  connection = await connect(world)
  await importAll(world, connection)
  await until('everybody in sync', async () => {
    const { counts } = await call().call('GET /connections/{id}', { params: { id: connection } })
    return counts.inSync === 8
  })
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
}, 120_000)
afterAll(() => world.close())

const at = (place: number) => people[place] as User
const binding = (user: User) =>
  call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId: user.id } })
const person = (user: User) => call().call('GET /users/{id}', { params: { id: user.id } })
const resolve = (user: User, body: { action: 'adopt' | 'repair'; attributes?: string[] }) =>
  call().call('POST /connections/{id}/bindings/{userId}/drift', { params: { id: connection, userId: user.id }, body })
const rows = async (query = {}) =>
  (await call().call('GET /connections/{id}/drift', { params: { id: connection }, query })).items

const cycle = () => runCycle(world, connection)

async function changedAtMicrosoft(user: User, body: Record<string, unknown>): Promise<void> {
  await world.tenant.act({ act: 'patch', user: user.bindings[0]?.accountId, body })
  await cycle()
  await until('the difference', async () => (await binding(user)).drift.length > 0)
}

test('a change at Microsoft is reported attribute by attribute, and left alone', async () => {
  await changedAtMicrosoft(at(0), { jobTitle: 'Theirs', city: 'There' })
  expect(await rows()).toMatchObject([
    { userId: at(0).id, attribute: 'jobTitle', theirs: 'Theirs' },
    { userId: at(0).id, attribute: 'city', theirs: 'There' },
  ])
  expect(await rows({ attribute: 'city' })).toHaveLength(1)
  expect(await world.tenant.account(at(0).email)).toMatchObject({ jobTitle: 'Theirs', city: 'There' })
})

test('what is adopted is the directory’s from then on, the rest stays open', async () => {
  const after = await resolve(at(0), { action: 'adopt', attributes: ['jobTitle'] })
  expect(after.drift.map(({ attribute }) => attribute)).toEqual(['city'])
  expect((await person(at(0))).attributes['jobTitle']).toBe('Theirs')
})

test('what is repaired has our value at Microsoft again', async () => {
  const ours = (await person(at(0))).attributes['city']
  const after = await resolve(at(0), { action: 'repair' })
  expect(after.drift).toEqual([])
  expect((await world.tenant.account(at(0).email))['city']).toBe(ours)
  const refused = await world.gateway.request(
    'POST',
    `/api/v1/connections/${connection}/bindings/${at(0).id}/drift`,
    JSON.stringify({ action: 'repair' }),
  )
  expect(refused).toMatchObject({ status: 409, body: { code: 'no_drift' } })
})

test('a name that was changed at Microsoft is adopted as the address of the person', async () => {
  await changedAtMicrosoft(at(1), { userPrincipalName: 'renamed@contoso.example' })
  await resolve(at(1), { action: 'adopt' })
  expect((await person(at(1))).email).toBe('renamed@contoso.example')
})

test('an address of another person cannot be adopted, and nothing changes', async () => {
  await world.tenant.act({ act: 'patch', user: at(3).email, body: { userPrincipalName: 'elsewhere@contoso.example' } })
  await changedAtMicrosoft(at(2), { userPrincipalName: at(3).email })
  const refused = await world.gateway.request(
    'POST',
    `/api/v1/connections/${connection}/bindings/${at(2).id}/drift`,
    JSON.stringify({ action: 'adopt' }),
  )
  expect(refused).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  expect((await person(at(2))).email).toBe(at(2).email)
  expect((await binding(at(2))).drift).toHaveLength(1)
})

test('one attribute of everybody is repaired by one job', async () => {
  for (const user of [at(4), at(5)]) await changedAtMicrosoft(user, { department: 'Theirs' })
  const { job } = await call().call('POST /connections/{id}/drift', {
    params: { id: connection },
    body: { action: 'repair', attribute: 'department' },
  })
  expect(await jobDone(world, job)).toMatchObject({ state: 'done', total: 2, done: 2, failed: 0 })
  await until('both repaired', async () => {
    const both = await Promise.all([at(4), at(5)].map((user) => world.tenant.account(user.email)))
    return both.every((account) => account['department'] !== 'Theirs')
  })
})

test('what is a setting of the connection is not adopted by a person', async () => {
  await changedAtMicrosoft(at(3), { passwordPolicies: 'None', city: 'Elsewhere' })
  await expect(resolve(at(3), { action: 'adopt', attributes: ['passwordPolicies'] })).rejects.toMatchObject({
    problem: { code: 'not_adoptable' },
  })
  const after = await resolve(at(3), { action: 'adopt' })
  expect(after.drift.map(({ attribute }) => attribute)).toEqual(['passwordPolicies'])
})

test('a manager who was changed at Microsoft is named, and adopted as the person who is bound to that account', async () => {
  const [clerk, before, after] = [at(4), at(5), at(6)]
  await call().call('PATCH /users/{id}', { params: { id: clerk.id }, body: { attributes: { manager: before.id } } })
  const managerIs = (id: string | null | undefined) => async () =>
    (await world.tenant.account(clerk.email))['manager'] === id
  await until('the manager', managerIs(before.bindings[0]?.accountId))
  await world.tenant.act({ act: 'set_manager', user: clerk.email, manager: after.bindings[0]?.accountId })
  await cycle()
  expect(await rows({ attribute: 'manager' })).toMatchObject([
    { userId: clerk.id, ours: before.email, theirs: after.email },
  ])
  await resolve(clerk, { action: 'adopt' })
  expect((await person(clerk)).attributes['manager']).toBe(after.id)
})

test('a password that was changed at Microsoft is seen, told once, and ended by signing in to the portal', async () => {
  const user = at(6)
  const password = 'Sunny-Harbour-Lamp-3'
  await call().call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail: false } })
  await call().call('PUT /users/{id}/password', { params: { id: user.id }, body: { password } })
  expect((await binding(user)).password.state).toBe('in_sync')
  await cycle()
  expect((await binding(user)).password.state).toBe('in_sync')
  const tenMinutesLater = () => world.tenant.call('POST', '/clock', { advanceMs: 600_000 })
  await tenMinutesLater()
  await world.tenant.act({ act: 'set_password', user: user.email, password: 'Other-Harbour-Lamp-4' })
  for (let times = 0; times < 2; times += 1) await cycle()
  expect((await binding(user)).password).toMatchObject({ state: 'drifted', reason: expect.stringContaining('two') })
  const mails = (await call().call('GET /mails', { query: { user: user.id } })).items
  expect(mails.filter(({ kind }) => kind === 'two_passwords')).toHaveLength(1)
  const { items } = await call().call('GET /events', { query: { type: 'password_drift', user: user.id } })
  expect(items).toHaveLength(1)
  const signedIn = await world.gateway.request(
    'POST',
    '/api/v1/session',
    JSON.stringify({ email: user.email, password }),
  )
  expect(signedIn.body).toMatchObject({ sync: [{ password: 'updated' }] })
  expect(await world.tenant.signIn(user.email, password)).toMatchObject({ ok: true })
  await cycle()
  expect((await binding(user)).password.state).toBe('in_sync')
})
