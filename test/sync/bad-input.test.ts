import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, jobDone, startWorld, type World } from '../support/world.ts'

let world: World
let connection: string

beforeAll(async () => {
  world = await startWorld({ users: 3 })
  connection = await connect(world)
}, 120_000)
afterAll(() => world.close())

const snapshot = async () => {
  const { client } = world.gateway
  const users = await client.call('GET /users', { query: { limit: 500 } })
  const connections = await client.call('GET /connections', {})
  return JSON.stringify([users.items, connections.items.map(({ lastCycle: _, ...rest }) => rest)])
}

describe('bad input is answered with a problem that says what to do, and changes nothing', () => {
  const person = (some: Record<string, unknown>) =>
    JSON.stringify({ email: 'eva@contoso.example', displayName: 'Eva', ...some })
  const cases: [string, string, string, string | undefined, number, string][] = [
    ['malformed JSON', 'POST', '/users', '{"email":', 400, 'malformed_request'],
    ['an unknown field', 'POST', '/users', person({ isAdmin: true }), 422, 'validation_failed'],
    [
      'a dangerous key',
      'POST',
      '/users',
      '{"email":"eva@contoso.example","__proto__":{"role":"admin"}}',
      422,
      'validation_failed',
    ],
    ['a wrong type', 'POST', '/users', person({ displayName: 7 }), 422, 'validation_failed'],
    ['an over-long name', 'POST', '/users', person({ displayName: 'x'.repeat(300) }), 422, 'validation_failed'],
    ['an address that is none', 'POST', '/users', person({ email: 'not an address' }), 422, 'validation_failed'],
    ['a weak password', 'POST', '/users', person({ initialPassword: 'short' }), 422, 'password_too_weak'],
    ['a user that does not exist', 'GET', '/users/nobody', undefined, 404, 'user_not_found'],
    ['an unknown query', 'GET', '/users?colour=blue', undefined, 422, 'validation_failed'],
    ['a list that is too long', 'GET', '/users?limit=100000', undefined, 422, 'validation_failed'],
    [
      'a wrong tenant id',
      'POST',
      '/connections',
      '{"name":"X","tenantId":"contoso","clientId":"x","clientSecret":"y"}',
      422,
      'validation_failed',
    ],
    ['no such address', 'GET', '/nothing', undefined, 404, 'not_found'],
  ]
  test.each(cases)('%s', async (_, method, path, body, status, code) => {
    const before = await snapshot()
    const answer = await world.gateway.request(method, `/api/v1${path}`, body)
    expect(answer).toMatchObject({ status, body: { status, code } })
    expect((answer.body as { detail: string }).detail.length).toBeGreaterThan(10)
    expect(await snapshot()).toBe(before)
  })

  const csvs: [string, string, string][] = [
    ['nothing in it', ' ', 'malformed_csv'],
    ['no column for the address', 'name\nEva\n', 'malformed_csv'],
    ['a column that nobody knows', 'email,shoeSize\neva@contoso.example,40\n', 'malformed_csv'],
    ['passwords in a column', 'email,password\neva@contoso.example,secret\n', 'malformed_csv'],
    ['rows of different lengths', 'email,displayName\neva@contoso.example,Eva,extra\n', 'malformed_csv'],
    ['a quote that never ends', 'email,displayName\neva@contoso.example,"Eva\n', 'malformed_csv'],
  ]
  test.each(csvs)('bad CSV: %s', async (_, csv, code) => {
    const before = await snapshot()
    const answer = await world.gateway.request('POST', '/api/v1/users/import', csv, { 'content-type': 'text/csv' })
    expect(answer).toMatchObject({ status: 422, body: { code } })
    expect(await snapshot()).toBe(before)
  })

  test('a CSV file creates the people whose rows are right, and says what is wrong with the others', async () => {
    const csv =
      'email,displayName,city\nlea@contoso.example,Lea,Graz\nnot an address,Max,Linz\nlea@contoso.example,Lea,Graz\n'
    const send = (query: string) =>
      world.gateway.request('POST', `/api/v1/users/import${query}`, csv, { 'content-type': 'text/csv' })
    const before = await snapshot()
    const rehearsal = await send('?dryRun=true')
    await jobDone(world, (rehearsal.body as { job: { id: string } }).job)
    expect(await snapshot()).toBe(before)
    const { results } = await jobDone(world, ((await send('')).body as { job: { id: string } }).job)
    expect(results).toMatchObject([
      { row: 2, result: 'created' },
      { row: 3, result: 'failed' },
      { row: 4, result: 'exists' },
    ])
    const { items } = await world.gateway.client.call('GET /users', { query: { search: 'lea' } })
    expect(items).toMatchObject([{ email: 'lea@contoso.example', state: 'staged', attributes: { city: 'Graz' } }])
  })

  test('S4, S23: a domain that the tenant does not have is refused when the person is bound', async () => {
    const user = await world.gateway.client.call('POST /users', {
      body: { email: 'kim@fabrikam.example', displayName: 'Kim', sendMail: false },
    })
    const answer = await world.gateway.request('PUT', `/api/v1/connections/${connection}/bindings/${user.id}`, '{}')
    expect(answer).toMatchObject({ status: 422, body: { code: 'domain_not_in_connection' } })
  })

  const newConnection = (some: Record<string, unknown>) => {
    const { graph, login, tenantId, clientId, clientSecret } = world.tenant
    return JSON.stringify({ name: 'Second', tenantId, clientId, clientSecret, cloud: { graph, login }, ...some })
  }

  test('S8: the same tenant twice', async () => {
    const answer = await world.gateway.request('POST', '/api/v1/connections', newConnection({}))
    expect(answer).toMatchObject({ status: 409, body: { code: 'tenant_already_connected' } })
  })

  test('endpoints that nobody allowed', async () => {
    const cloud = { graph: 'https://graph.attacker.example', login: 'https://login.attacker.example' }
    const tenantId = '99999999-9999-4999-8999-999999999999'
    const answer = await world.gateway.request('POST', '/api/v1/connections', newConnection({ cloud, tenantId }))
    expect(answer).toMatchObject({ status: 422, body: { code: 'cloud_not_allowed' } })
  })

  test('nobody and a foreign token', async () => {
    const anonymous = await fetch(`${world.gateway.url}/api/v1/users`)
    expect(anonymous.status).toBe(401)
    const foreign = await world.gateway.request('GET', '/api/v1/users', undefined, {
      authorization: 'Bearer lks_wrong',
    })
    expect(foreign).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
  })
})

describe('a tenant that is not ready is refused with every check that failed', () => {
  let other: World
  beforeAll(async () => {
    other = await startWorld({ users: 3 })
  }, 120_000)
  afterAll(() => other.close())
  const attempt = (some: Record<string, unknown> = {}) => {
    const { graph, login, tenantId, clientId, clientSecret } = other.tenant
    return other.gateway.request(
      'POST',
      '/api/v1/connections',
      JSON.stringify({ name: 'Contoso', tenantId, clientId, clientSecret, cloud: { graph, login }, ...some }),
    )
  }
  const nothingStored = async () => expect((await other.gateway.client.call('GET /connections', {})).items).toEqual([])

  test('a refused secret', async () => {
    const answer = await attempt({ clientSecret: 'not the secret' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'preflight_failed', errors: [{ path: 'sign_in' }] } })
    expect(JSON.stringify(answer)).not.toContain('not the secret')
    await nothingStored()
  })

  test('a tenant that does not exist', async () => {
    const answer = await attempt({ tenantId: '99999999-9999-4999-8999-999999999999' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'preflight_failed' } })
    await nothingStored()
  })

  test('S18: a permission and a role that are missing', async () => {
    await other.tenant.call('POST', '/rights', {
      withdraw: ['User-PasswordProfile.ReadWrite.All'],
      withdrawRoles: ['fe930be7-5e62-47db-91af-98c3a49a38b1'],
    })
    const answer = await attempt()
    expect(answer).toMatchObject({ status: 422, body: { code: 'preflight_failed' } })
    const paths = (answer.body as { errors: { path: string }[] }).errors.map((error) => error.path)
    expect(paths).toEqual(['permissions', 'user_administrator'])
    await nothingStored()
  })
})
