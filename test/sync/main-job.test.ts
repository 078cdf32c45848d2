import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, importAll, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let ana: User

beforeAll(async () => {
  world = await startWorld()
  connection = await connect(world)
}, 120_000)
afterAll(() => world.close())

const call = () => world.gateway.client
const binding = (userId: string) =>
  call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId } })

describe.sequential('from import to a password that works in Microsoft 365', () => {
  test('what can be imported says who is protected and who is a guest', async () => {
    const { items } = await call().call('GET /connections/{id}/accounts', {
      params: { id: connection },
      query: { limit: 100 },
    })
    const status = Object.fromEntries(items.map((account) => [account.userPrincipalName, account.status]))
    expect(items).toHaveLength(28)
    expect(status['admin@contoso.onmicrosoft.com']).toBe('protected')
    expect(status['synced@contoso.example']).toBe('protected')
    expect(status['guest_fabrikam.example#EXT#@contoso.onmicrosoft.com']).toBe('guest')
  })

  test('S19: everybody who may be imported is imported and bound, and nothing of theirs is overwritten', async () => {
    const job = await importAll(world, connection)
    expect(job).toMatchObject({ state: 'done', total: 28, done: 28, failed: 0 })
    const counts = await until('25 bindings in sync', async () => {
      const { counts } = await call().call('GET /connections/{id}', { params: { id: connection } })
      return counts.inSync === 25 && counts
    })
    expect(counts).toMatchObject({ bound: 25, failed: 0, drifted: 0 })
    const log = await world.tenant.log()
    const written = log
      .filter((entry) => entry.method !== 'GET' && !entry.path.startsWith('/groups'))
      .map(({ body }) => body)
    // From now on passwords expire here.
    expect(written).toEqual(written.map(() => ({ passwordPolicies: 'DisablePasswordExpiration' })))
  })

  test('a password that an admin sets signs in at the tenant, and the old one does not', async () => {
    const { items } = await call().call('GET /users', { query: { state: 'staged', limit: 1 } })
    ana = items[0] as User
    await call().call('POST /users/{id}/activate', { params: { id: ana.id }, body: { sendMail: false } })
    const { sync } = await call().call('PUT /users/{id}/password', {
      params: { id: ana.id },
      body: { password: 'Sunny-Harbour-Lamp-3' },
    })
    expect(sync).toMatchObject([{ password: 'updated' }])
    expect(await world.tenant.signIn(ana.email, 'Sunny-Harbour-Lamp-3')).toEqual({ ok: true, reason: null })
  })

  test('S5: somebody who was changed several times between two cycles is in sync soon after', async () => {
    await until('the binding in sync', async () => (await binding(ana.id)).state === 'in_sync', 10_000)
  })

  test('a change in the portal reaches the tenant before it is answered', async () => {
    const signedIn = await fetch(`${world.gateway.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: ana.email, password: 'Sunny-Harbour-Lamp-3' }),
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const changed = await fetch(`${world.gateway.url}/api/v1/me/password`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ currentPassword: 'Sunny-Harbour-Lamp-3', newPassword: 'Green-Window-Chair-8' }),
    })
    expect(changed.status).toBe(200)
    expect(await world.tenant.signIn(ana.email, 'Green-Window-Chair-8')).toMatchObject({ ok: true })
    expect(await world.tenant.signIn(ana.email, 'Sunny-Harbour-Lamp-3')).toMatchObject({ ok: false })
    expect((await binding(ana.id)).password).toMatchObject({ state: 'in_sync', version: 2 })
  })

  test('a password that Microsoft refuses changes nothing anywhere', async () => {
    const refused = await world.gateway.request(
      'PUT',
      `/api/v1/users/${ana.id}/password`,
      JSON.stringify({ password: 'Trombone-trombone1' }),
    )
    expect(refused.status).toBe(422)
    expect(await world.tenant.signIn(ana.email, 'Green-Window-Chair-8')).toMatchObject({ ok: true })
    expect((await binding(ana.id)).password).toMatchObject({ state: 'in_sync', version: 2 })
  })

  test('unbinding shows what will happen, then blocks the account', async () => {
    const plan = await call().call('GET /connections/{id}/plan', {
      params: { id: connection },
      query: { user: ana.id, if: 'unbind' },
    })
    expect(plan.operations.map((operation) => operation.kind)).toEqual(['deprovision'])
    await call().call('DELETE /connections/{id}/bindings/{userId}', { params: { id: connection, userId: ana.id } })
    expect(await world.tenant.signIn(ana.email, 'Green-Window-Chair-8')).toEqual({ ok: false, reason: 'AADSTS50057' })
  })

  test('an unbound account stays blocked after a resync', async () => {
    const { job } = await call().call('POST /connections/{id}/sync', { params: { id: connection } })
    await until(
      'the cycle',
      async () => (await call().call('GET /jobs/{id}', { params: { id: job.id } })).state === 'done',
    )
    expect(await world.tenant.account(ana.email)).toMatchObject({ accountEnabled: false })
  })

  test('S48: binding again enables what we blocked, with the password that was there', async () => {
    await call().call('PUT /connections/{id}/bindings/{userId}', {
      params: { id: connection, userId: ana.id },
      body: {},
    })
    await until('the account works', async () => (await world.tenant.signIn(ana.email, 'Green-Window-Chair-8')).ok)
  })

  test('S22, S26, S50: a new person gets an account with the password that the admin chose', async () => {
    const ben = await call().call('POST /users', {
      body: {
        email: 'ben.new@contoso.example',
        displayName: 'Ben New',
        initialPassword: 'Velvet-Tractor-Moon-5',
        attributes: { usageLocation: 'AT' },
      },
    })
    await call().call('PUT /connections/{id}/bindings/{userId}', {
      params: { id: connection, userId: ben.id },
      body: {},
    })
    await until('the account works', async () => (await world.tenant.signIn(ben.email, 'Velvet-Tractor-Moon-5')).ok)
    expect(await world.tenant.account(ben.email)).toMatchObject({ displayName: 'Ben New', usageLocation: 'AT' })
  })

  test('every write that the tenant saw has one event, joined by its id, and the other way round', async () => {
    const types = [
      'user_create_provision',
      'user_update_provision',
      'user_password_update_provision',
      'user_deprovision',
      'user_reprovision',
      'connection_mark',
    ]
    const ours: string[] = []
    for (const type of types) {
      const { items, next } = await call().call('GET /events', { query: { type, limit: 500 } })
      expect(next).toBeNull()
      ours.push(...items.map((event) => event.id))
    }
    const theirs = (await world.tenant.log()).filter((entry) => entry.method !== 'GET')
    expect(theirs.length).toBeGreaterThan(4)
    // A write may take several requests: to block is to disable and to sign out.
    expect([...new Set(theirs.map((entry) => entry.clientRequestId))].sort()).toEqual(ours.sort())
    expect((await call().call('GET /events/verify', {})).ok).toBe(true)
  })

  test('a cycle with nothing to do asks for changes of accounts, and for nothing else', async () => {
    const everythingSettled = async () =>
      (await call().call('GET /connections/{id}', { params: { id: connection } })).counts.outOfSync === 0
    await until('everything in sync', everythingSettled)
    const cycle = () => runCycle(world, connection)
    await cycle()
    await world.tenant.call('POST', '/reset-log')
    await cycle()
    expect(Object.keys(await world.tenant.counts())).toEqual(['GET /users/delta'])
  })
})
