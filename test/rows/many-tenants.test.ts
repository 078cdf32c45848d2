import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PracticeTenant, startPracticeTenant } from '../practice-tenant/start.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { until } from '../support/world.ts'

const count = 50
let here: Here
let tenants: PracticeTenant[]
let connections: string[]
const call: Here['client']['call'] = (...args) => here.client.call(...args)

beforeAll(async () => {
  here = await startHere({ users: 1 })
  tenants = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      startPracticeTenant({ users: 3, seed: n + 1, domain: `tenant${n}.example`, quota: 'off' }),
    ),
  )
  connections = []
  for (const tenant of tenants) connections.push((await connect(tenant)).id)
  await Promise.all(connections.map((id) => importAll(id)))
}, 120_000)
afterAll(async () => {
  await here.close()
  await Promise.all(tenants.map((tenant) => tenant.close()))
})

const connect = ({ tenantId, clientId, clientSecret, graph, login, domain }: PracticeTenant) =>
  call('POST /connections', {
    body: { name: domain, tenantId, clientId, clientSecret, cloud: { graph, login }, settings: { mode: 'apply' } },
  })

async function importAll(id: string): Promise<void> {
  const { job } = await call('POST /connections/{id}/imports', {
    params: { id },
    body: { accountIds: 'all', bind: true },
  })
  const ended = async () => (await call('GET /jobs/{id}', { params: { id: job.id } })).state === 'done'
  await until('the import', ended)
}

/** By tenant. */
async function people(): Promise<User[][]> {
  const { items } = await call('GET /users', { query: { limit: 500 } })
  return tenants.map(({ domain }) => items.filter(({ email }) => email.endsWith(`@${domain}`)))
}

test(`S38: ${count} tenants follow one gateway side by side, each only its own people`, async () => {
  const all = await people()
  expect(all.map((each) => each.length)).toEqual(tenants.map(() => 3))
  await Promise.all(
    all.map(([first], n) =>
      call('PATCH /users/{id}', { params: { id: first?.id ?? '' }, body: { attributes: { city: `City ${n}` } } }),
    ),
  )
  for (const [n, tenant] of tenants.entries()) {
    const cities = () => [...tenant.state.people.values()].map(({ properties }) => String(properties['city']))
    await until(`the city of ${tenant.domain}`, async () => cities().includes(`City ${n}`))
    expect(cities().filter((city) => city.startsWith('City '))).toEqual([`City ${n}`])
  }
})

test('S12, S38: nobody is bound to a tenant that the address does not belong to, and the error names both', async () => {
  const [first] = await people()
  const params = { id: connections[1] ?? '', userId: first?.[0]?.id ?? '' }
  await expect(call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })).rejects.toMatchObject({
    problem: { code: 'domain_not_in_connection', detail: expect.stringContaining('tenant1.example') },
  })
})

test('S8: two connections never share a domain, though both are made at once', async () => {
  const twins = await Promise.all(
    [1, 2].map((seed) => startPracticeTenant({ users: 1, seed, domain: 'twin.example', quota: 'off' })),
  )
  try {
    const made = await Promise.allSettled(twins.map(connect))
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { problem: { code: 'tenant_already_connected', detail: expect.stringContaining('twin.example') } },
    })
  } finally {
    await Promise.all(twins.map((tenant) => tenant.close()))
  }
})

test('S13: a tenant that a reseller manages is refused with the way out', async () => {
  const tenant = await startPracticeTenant({ users: 1, domain: 'resold.example', quota: 'off' })
  const domain = tenant.state.domains.get('resold.example')
  const sso = 'https://sso.godaddy.com/v1/account'
  const federation = { issuerUri: 'https://sso.godaddy.com', passiveSignInUri: sso, activeSignInUri: sso }
  if (domain !== undefined)
    tenant.state.domains.set(domain.id, { ...domain, authenticationType: 'Federated', federation })
  try {
    await expect(connect(tenant)).rejects.toMatchObject({
      problem: { code: 'tenant_managed_by_reseller', detail: expect.stringContaining('GoDaddy') },
    })
  } finally {
    await tenant.close()
  }
})
