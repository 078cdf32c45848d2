import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mailbox.ts'
import { cli, connect, importAll, jobDone, startWorld, until, type World } from '../support/world.ts'

let world: World
let mailbox: Mailbox
let connection: string
let people: User[]

beforeAll(async () => {
  mailbox = await startMailbox()
  world = await startWorld({ users: 30, env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl } })
  const env = { LOCKSTEP_DATA: world.gateway.dataFolder }
  const admin = ['admin', 'create', '--email', 'boss@contoso.example', '--password-stdin']
  await cli(admin, env, false, 'Sunny-Harbour-Lamp-3\n')
  connection = await connect(world)
  await importAll(world, connection)
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
}, 120_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
})

const call = () => world.gateway.client
const connectionNow = () => call().call('GET /connections/{id}', { params: { id: connection } })
const at = (place: number) => people[place] as User
const accountOf = (user: User) => world.tenant.account(user.bindings[0]?.accountId ?? '')
const move = (user: User, city: string) =>
  call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { city } } })
const sync = () => call().call('POST /connections/{id}/sync', { params: { id: connection } })
const mailsOf = (subject: string) => mailbox.messages.filter((mail) => mail.subject.includes(subject))
const eventsOf = async (type: string) => (await call().call('GET /events', { query: { type } })).items

describe.sequential('a connection in trouble', () => {
  test('most changes fail: the others wait, once told, and passwords still go through', async () => {
    const ana = at(0)
    const anaId = ana.bindings[0]?.accountId
    const others = { method: 'PATCH', path: `^/users/(?!${anaId})` }
    await world.tenant.call('POST', '/faults', { match: others, times: 100_000, status: 500 })
    for (const user of people.slice(1, 21)) await move(user, 'Graz')
    await until('the quarantine', async () => (await connectionNow()).quarantine !== null)
    const { state, quarantine } = await connectionNow()
    expect(state).toBe('active')
    expect(quarantine).toMatchObject({ reason: { code: 'writes_failing' } })
    await call().call('POST /users/{id}/activate', { params: { id: ana.id }, body: { sendMail: false } })
    const { sync } = await call().call('PUT /users/{id}/password', {
      params: { id: ana.id },
      body: { password: 'Sunny-Harbour-Lamp-3' },
    })
    expect(sync).toMatchObject([{ password: 'updated' }])
    await mailbox.mailTo('boss@contoso.example')
  })

  test('it is tried again by itself, and recovers with the first cycle after the cause is gone', async () => {
    const first = (await connectionNow()).quarantine?.nextAttemptAt
    await until('another attempt', async () => (await connectionNow()).quarantine?.nextAttemptAt !== first)
    expect((await connectionNow()).quarantine).not.toBeNull()
    await world.tenant.call('DELETE', '/faults')
    await sync()
    await until('the recovery', async () => (await connectionNow()).quarantine === null)
    await until('every change', async () => {
      const cities = await Promise.all(people.slice(1, 21).map(async (user) => (await accountOf(user))['city']))
      return cities.every((city) => city === 'Graz')
    })
    expect(await eventsOf('connection_quarantine')).toHaveLength(1)
    expect(mailsOf('needs a look')).toHaveLength(1)
  })

  test('who asks while the tenant puts everything off is told so within seconds, and nothing has changed', async () => {
    const body = { email: 'ina@contoso.example', displayName: 'Ina', sendMail: false }
    const ina = await call().call('POST /users', { body })
    const account = { accountEnabled: true, displayName: 'Ina', mailNickname: 'ina', userPrincipalName: body.email }
    const passwordProfile = { password: 'Sunny-Harbour-Lamp-3' }
    await world.tenant.act({ act: 'create', body: { ...account, passwordProfile } })
    const { job } = await sync()
    await jobDone(world, job)
    const roles = { method: 'GET', path: '/roleAssignments' }
    await world.tenant.call('POST', '/faults', { match: roles, times: 100, status: 503 })
    const refused = await world.gateway.request('PUT', `/api/v1/connections/${connection}/bindings/${ina.id}`, '{}')
    expect(refused).toMatchObject({
      status: 502,
      body: { code: 'tenant_unreachable', detail: expect.stringMatching(/Microsoft 365.*Lockstep/) },
    })
    expect((await call().call('GET /users/{id}', { params: { id: ina.id } })).bindings).toEqual([])
    await world.tenant.call('DELETE', '/faults')
  })

  test('S2: the secret expires: an error, one mail, and no change is lost', async () => {
    await world.tenant.call('POST', '/secret', { expire: true })
    await world.tenant.call('POST', '/clock', { advanceMs: 2 * 3_600_000 })
    await move(at(1), 'Linz')
    await until('the error', async () => (await connectionNow()).state === 'error')
    expect(await connectionNow()).toMatchObject({
      error: { code: 'AADSTS7000222' },
      quarantine: { reason: { code: 'AADSTS7000222' } },
    })
    for (const user of people.slice(2, 12)) await move(user, 'Linz')
    const first = (await connectionNow()).quarantine?.nextAttemptAt
    await until('another attempt', async () => (await connectionNow()).quarantine?.nextAttemptAt !== first)
    await until('the mail', async () => mailsOf('needs a look').length === 2)
    expect(await eventsOf('connection_error')).toHaveLength(1)
  })

  test('S2: a new secret resumes it without binding anybody again', async () => {
    const secret = 'another-secret-of-the-practice-tenant'
    await world.tenant.call('POST', '/secret', { secret })
    await call().call('PATCH /connections/{id}', { params: { id: connection }, body: { clientSecret: secret } })
    await until('every change', async () => {
      const cities = await Promise.all(people.slice(1, 12).map(async (user) => (await accountOf(user))['city']))
      return cities.every((city) => city === 'Linz')
    })
    expect(await connectionNow()).toMatchObject({ state: 'active', error: null, quarantine: null })
    expect(mailsOf('needs a look')).toHaveLength(2)
  })
})
