import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, jobDone, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
const call = () => world.gateway.client
const password = 'Velvet-Tractor-Moon-5'

beforeAll(async () => {
  world = await startWorld({ users: 4 })
  connection = await connect(world)
}, 120_000)
afterAll(() => world.close())
beforeEach(() => world.tenant.call('POST', '/reset-log'))

const create = (email: string, more: object = {}) =>
  call().call('POST /users', { body: { email, state: 'active', sendMail: false, ...more } })
const bind = (userId: string) =>
  call().call('PUT /connections/{id}/bindings/{userId}', { params: { id: connection, userId }, body: {} })
const binding = (userId: string) =>
  call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId } })
const inSync = (userId: string) => until('in sync', async () => (await binding(userId)).state === 'in_sync')
const events = async (type: string, user: string) => (await call().call('GET /events', { query: { type, user } })).items
const accounts = async () =>
  (await call().call('GET /connections/{id}/accounts', { params: { id: connection }, query: { limit: 50 } })).items
const importing = async (accountIds: string[], more: object = {}) => {
  const { job } = await call().call('POST /connections/{id}/imports', {
    params: { id: connection },
    body: { accountIds: accountIds as never, bind: true, ...more },
  })
  return await jobDone(world, job)
}
const signIn = async (email: string) =>
  (await world.gateway.request('POST', '/api/v1/session', JSON.stringify({ email, password }), { authorization: '' }))
    .body as { sync: { connection: string; password: string }[] }

test('S1: the first sign-in after binding makes the password the same, and its answer says so', async () => {
  const account = (await accounts()).find(({ status }) => status === 'new')
  const ana = await create(account?.userPrincipalName ?? '', { initialPassword: password })
  await bind(ana.id)
  await inSync(ana.id)
  // What was kept since the password was set went out with the first binding.
  const params = { id: connection, userId: ana.id }
  await call().call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'keep' } })
  await until(
    'the end',
    async () => (await call().call('GET /users/{id}/bindings', { params: { id: ana.id } })).items.length === 0,
  )
  await world.tenant.act({ act: 'set_password', user: ana.email, password: 'Another-Kettle-81' })
  await bind(ana.id)
  await inSync(ana.id)
  expect((await binding(ana.id)).password.state).toBe('awaiting_login')
  expect((await signIn(ana.email)).sync).toMatchObject([{ password: 'updated' }])
  expect((await world.tenant.signIn(ana.email, password)).ok).toBe(true)
})

test('S4: a create whose answer was lost makes no second account', async () => {
  await world.tenant.call('POST', '/faults', { match: { method: 'POST', path: '^/users$' }, drop: 'after', times: 1 })
  const ben = await create('ben@contoso.example')
  await bind(ben.id)
  await inSync(ben.id)
  const { users } = (await world.tenant.call('GET', '/state')) as { users: { userPrincipalName: string }[] }
  expect(users.filter(({ userPrincipalName }) => userPrincipalName === ben.email)).toHaveLength(1)
})

test('S39: a photo is imported when that is asked for, without what tells of place and author', async () => {
  const segment = (marker: number, content: string) => {
    const bytes = Buffer.from(content, 'latin1')
    return Buffer.concat([Buffer.from([0xff, marker, 0, bytes.length + 2]), bytes])
  }
  const picture = [
    segment(0xc0, '\x08\0\x01\0\x01\x01\x01\x11\0'),
    segment(0xda, '\x01\x01\0\0\x3f\0'),
    Buffer.from('picture'),
  ]
  const jpeg = Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe1, 'Exif taken in Graz'),
    ...picture,
    Buffer.from([0xff, 0xd9]),
  ])
  const account = (await accounts()).find(({ status }) => status === 'new')
  await world.tenant.call('PUT', '/photos', { user: account?.id, jpeg: jpeg.toString('base64') })
  await importing([account?.id ?? ''], { photos: true })
  const [user] = (await call().call('GET /users', { query: { account: account?.id ?? '' } })).items
  const photo = await call().call('GET /users/{id}/photo', { params: { id: user?.id ?? '' } })
  const text = Buffer.from(photo).toString('latin1')
  expect(text).toContain('picture')
  expect(text).not.toContain('Graz')
})

test('S31: who is imported staged is told of as somebody whose old Microsoft password still signs in', async () => {
  const { items } = await call().call('GET /connections/{id}/readiness', {
    params: { id: connection },
    query: { limit: 100 },
  })
  const staged = items.filter(({ reasons }) => reasons.some(({ code }) => code === 'old_password_valid'))
  expect(staged).toHaveLength(1)
})

test('S46, S50, S51, S52, S53: each write is an event of its kind with cause, values and who did it', async () => {
  const eva = await create('eva@contoso.example', { initialPassword: password, attributes: { city: 'Graz' } })
  await bind(eva.id)
  await inSync(eva.id)
  await call().call('PATCH /users/{id}', { params: { id: eva.id }, body: { attributes: { city: 'Linz' } } })
  await until('the city', async () => (await world.tenant.account(eva.email))['city'] === 'Linz')
  await call().call('PUT /users/{id}/password', { params: { id: eva.id }, body: { password: 'Copper-Meadow-72' } })
  await call().call('POST /users/{id}/suspend', { params: { id: eva.id } })
  await until('the block', async () => (await world.tenant.account(eva.email))['accountEnabled'] === false)
  await until('the event', async () => (await events('user_deprovision', eva.id)).length > 0)

  const [created] = await events('user_create_provision', eva.id)
  expect(created).toMatchObject({ outcome: 'success', cause: 'bound', actor: { name: 'test' }, connection })
  expect(created?.changes).toContainEqual({ attribute: 'city', before: null, after: 'Graz' })
  const [updated] = await events('user_update_provision', eva.id)
  expect(updated).toMatchObject({ cause: 'directory_changed', changes: [{ before: 'Graz', after: 'Linz' }] })
  const [changed] = await events('user_password_update_provision', eva.id)
  expect(changed).toMatchObject({ outcome: 'success', cause: 'password_changed', actor: { name: 'test' } })
  expect(JSON.stringify(changed)).not.toContain('Copper-Meadow-72')
  const [blocked] = await events('user_deprovision', eva.id)
  expect(blocked).toMatchObject({ cause: 'suspended', changes: [{ attribute: 'accountEnabled', after: 'false' }] })
  for (const event of [created, updated, changed, blocked]) expect(event?.requestId).toMatch(/\w/)
})
