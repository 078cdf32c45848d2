import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, startWorld, type World } from '../support/world.ts'

let world: World
let connection: string
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 4 })
  connection = await connect(world, 'observe')
}, 120_000)
afterAll(() => world.close())

const told = async (name: string) => {
  const checks = await call().call('GET /connections/{id}/preflight', { params: { id: connection } })
  return checks.filter(({ check }) => check === name)
}
const account = async (at: number) => {
  const query = { status: 'new', limit: 10 } as const
  return (await call().call('GET /connections/{id}/accounts', { params: { id: connection }, query })).items[at]
}

test('S10: who still signs in with legacy protocols is named before anybody is taken over', async () => {
  const user = (await account(0))?.userPrincipalName ?? ''
  await world.tenant.call('POST', '/sign-ins', { user, client: 'IMAP4' })
  expect(JSON.stringify(await told('legacy_sign_ins'))).toContain(user)
  await world.tenant.call('POST', '/rights', { withdraw: ['AuditLog.Read.All'] })
  const [unknown] = await told('legacy_sign_ins')
  expect(unknown).toMatchObject({ ok: false, level: 'warning', remedy: expect.stringContaining('AuditLog.Read.All') })
})

test('S17: each domain is told with what it is, and what is not ready with its remedy', async () => {
  await world.tenant.call('POST', '/domains', { id: 'new.example', isVerified: false })
  await world.tenant.call('POST', '/domains', { id: 'federated.example', authenticationType: 'Federated' })
  const checks = await call().call('GET /connections/{id}/preflight', { params: { id: connection } })
  for (const name of ['new.example', 'federated.example']) {
    const check = checks.find(({ detail }) => detail.includes(name))
    expect(check).toMatchObject({ ok: false, remedy: expect.stringMatching(/\w/) })
  }
})

test('S37: accounts synced from on-premises are labelled, counted, and neither imported nor bound', async () => {
  await world.tenant.call('PUT', '/synced', { synced: true })
  expect(JSON.stringify(await told('directory_sync'))).toMatch(/\b1\b/)
  const query = { status: 'protected', limit: 50 } as const
  const { items } = await call().call('GET /connections/{id}/accounts', { params: { id: connection }, query })
  expect(items).toContainEqual(
    expect.objectContaining({
      userPrincipalName: 'synced@contoso.example',
      reason: expect.stringContaining('premises'),
    }),
  )
})

test('S41: accounts that Google Workspace signs in are known by their immutable id, and left as they are', async () => {
  const user = (await account(1))?.userPrincipalName ?? ''
  await world.tenant.act({ act: 'patch', user, body: { onPremisesImmutableId: user } })
  expect(JSON.stringify(await told('address_as_immutable_id'))).toContain(user)
})

test('S40: nothing is said of mail where none is configured', async () => {
  expect(await told('sender_records')).toEqual([])
})
