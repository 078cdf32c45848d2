import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mailbox.ts'
import { visit } from '../support/portal-visitor.ts'
import { connect, runCycle, startWorld, until, type World } from '../support/world.ts'

const password = 'Sunny-Harbour-Lamp-3'
const second = 'Green-Window-Chair-8'

let world: World
let mailbox: Mailbox
let connection: string
const client = () => world.gateway.client

beforeAll(async () => {
  mailbox = await startMailbox()
  world = await startWorld({ users: 4, env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl } })
  connection = await connect(world)
  const settings = { brake: { minimum: 25, share: 0.1, absolute: 25 } }
  await client().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings } })
}, 120_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
})

const create = (name: string, more: Record<string, unknown>): Promise<User> =>
  client().call('POST /users', { body: { email: `${name}@contoso.example`, ...more } })
const bind = async (user: User) => {
  const params = { id: connection, userId: user.id }
  await client().call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })
  return await until('the binding in sync', async () => {
    const binding = await client().call('GET /connections/{id}/bindings/{userId}', { params })
    return binding.state === 'in_sync' && binding
  })
}
const activate = (user: User, sendMail = true) =>
  client().call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail } })
const atMicrosoft = async (user: User, given: string) => (await world.tenant.signIn(user.email, given)).ok
const arrives = (user: User, given: string) =>
  until(`the password of ${user.email} at Microsoft`, () => atMicrosoft(user, given))
const mailsTo = (user: User) => mailbox.messages.filter(({ to }) => to.includes(user.email))
const signIn = async (user: User, given: string) => {
  const visitor = visit(world.gateway.url)
  const { status } = await visitor.post('/portal/login', { email: user.email, password: given })
  return { visitor, isIn: status === 303 }
}
const eventsOf = async (user: User, type: string) =>
  (await client().call('GET /events', { query: { user: user.id, type } })).items.length

test('S28: staged without a password, activated by mail; choosing the password signs in and reaches Microsoft', async () => {
  const ana = await create('ana', { state: 'staged' })
  await bind(ana)
  await activate(ana)
  const mail = await mailbox.mailTo(ana.email)
  const link = /\/portal\/activate\/[\w-]{43}/.exec(mail.text)?.[0] ?? ''
  const visitor = visit(world.gateway.url)
  await visitor.get(link)
  const chosen = await visitor.post('/portal/activate', { newPassword: password })
  expect(chosen.status).toBe(303)
  expect(await atMicrosoft(ana, password)).toBe(true)
  expect(await (await visitor.get('/portal')).text()).toContain('Same password everywhere since')
  expect(mailsTo(ana)).toHaveLength(1)
  expect(await eventsOf(ana, 'user_activate')).toBe(1)
  expect(await eventsOf(ana, 'password_change')).toBe(1)
})

test('S29, S30: staged with a password: the account is there, and nobody gets in before activation', async () => {
  const ben = await create('ben', { state: 'staged', initialPassword: password })
  await bind(ben)
  expect((await world.tenant.account(ben.email))['accountEnabled']).toBe(true)
  expect(await atMicrosoft(ben, password)).toBe(false)
  expect(await signIn(ben, password)).toMatchObject({ isIn: false })
  await activate(ben)
  await arrives(ben, password)
  expect((await mailbox.mailTo(ben.email)).subject).toContain('Welcome')
  expect(await signIn(ben, password)).toMatchObject({ isIn: true })
  expect(mailsTo(ben)).toHaveLength(1)
})

const account = (name: string) =>
  world.tenant.act({
    act: 'create',
    body: {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@contoso.example`,
      passwordProfile: { password: second, forceChangePasswordNextSignIn: false },
    },
  })

test('S31: whoever is staged and has an account goes on with the old password there', async () => {
  await account('carla')
  const carla = await create('carla', { state: 'staged', initialPassword: password })
  expect((await bind(carla)).password.old).toBe('valid')
  const third = `${password}-x`
  await client().call('PUT /users/{id}/password', { params: { id: carla.id }, body: { password: third } })
  expect(await atMicrosoft(carla, second)).toBe(true)
  await activate(carla, false)
  await arrives(carla, third)
  expect(mailsTo(carla)).toEqual([])
  const params = { id: connection, userId: carla.id }
  const path = 'POST /connections/{id}/bindings/{userId}/old-password/end'
  expect((await client().call('GET /connections/{id}/bindings/{userId}', { params })).password.old).toBeNull()
  await expect(client().call(path, { params })).rejects.toMatchObject({ problem: { code: 'old_password_gone' } })
})

test('S31: an administrator ends the old password; nobody knows the one that comes, and the first one is still welcome', async () => {
  await account('nora')
  const nora = await create('nora', { state: 'staged', initialPassword: password })
  await bind(nora)
  const params = { id: connection, userId: nora.id }
  await client().call('POST /connections/{id}/bindings/{userId}/old-password/end', { params })
  const ended = await until('the end', async () => {
    const binding = await client().call('GET /connections/{id}/bindings/{userId}', { params })
    return binding.password.old === null && binding
  })
  expect(ended).toMatchObject({ state: 'in_sync', password: { state: 'awaiting_login', version: null } })
  expect(await atMicrosoft(nora, second)).toBe(false)
  expect([
    await eventsOf(nora, 'password_old_end'),
    await eventsOf(nora, 'user_password_update_provision'),
    await eventsOf(nora, 'password_drift'),
  ]).toEqual([1, 1, 0])
  await runCycle(world, connection)
  expect(await eventsOf(nora, 'password_drift')).toBe(0)
  await activate(nora, false)
  await arrives(nora, password)
})

test('S32: at the first sign-in the portal says once which account has the password now', async () => {
  const dora = await create('dora', { initialPassword: password, sendMail: false })
  await bind(dora)
  const { visitor } = await signIn(dora, password)
  const text = await (await visitor.get('/portal')).text()
  expect(text).toContain('Your Microsoft 365 password has been updated')
  expect((await visitor.post('/portal/seen', {})).headers.get('location')).toBe('/portal')
  const again = await signIn(dora, password)
  expect(await (await again.visitor.get('/portal')).text()).not.toContain('has been updated')
})

test('S33: a password that an admin sets goes to Microsoft at once, without a sign-in', async () => {
  const eva = await create('eva', { sendMail: false })
  await bind(eva)
  const { sync } = await client().call('PUT /users/{id}/password', { params: { id: eva.id }, body: { password } })
  expect(sync).toMatchObject([{ password: 'updated' }])
  expect(await atMicrosoft(eva, password)).toBe(true)
})

test('S60: a password changed at Microsoft is told, and one sign-in makes it one again', async () => {
  const finn = await create('finn', { initialPassword: password, sendMail: false })
  await bind(finn)
  const { visitor } = await signIn(finn, password)
  await arrives(finn, password)
  await world.tenant.call('POST', '/clock', { advanceMs: 600_000 })
  await world.tenant.act({ act: 'set_password', user: finn.email, password: second })
  for (let times = 0; times < 2; times += 1) await runCycle(world, connection)
  expect(await (await visitor.get('/portal')).text()).toContain('You have two passwords')
  const confirm = await visitor.get('/portal/login?reason=same')
  expect(await confirm.text()).toContain('Confirm your password')
  await visitor.post('/portal/login', { email: finn.email, password })
  await arrives(finn, password)
})
