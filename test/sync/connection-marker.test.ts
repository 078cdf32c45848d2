import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, importAll, startGateway, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let folder: string
let ana: User

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-marker-'))
  world = await startWorld({ users: 5 })
  connection = await connect(world, 'observe')
  await importAll(world, connection)
  ana = (await call().call('GET /users', { query: { limit: 1, binding: 'bound' } })).items[0] as User
}, 120_000)
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

const call = () => world.gateway.client
const connectionNow = () => call().call('GET /connections/{id}', { params: { id: connection } })
const markers = async () => {
  const { groups } = (await world.tenant.call('GET', '/state')) as { groups: Record<string, unknown>[] }
  return groups.filter(({ mailNickname }) => mailNickname === 'lockstep-managed')
}
const generation = async () => Number(/generation (\d+)/.exec(String((await markers())[0]?.['description']))?.[1])
const cityOfAna = async () => (await world.tenant.account(ana.bindings[0]?.accountId ?? ''))['city']
const move = (city: string) =>
  call().call('PATCH /users/{id}', { params: { id: ana.id }, body: { attributes: { city } } })
const arrives = (city: string) => until(city, async () => (await cityOfAna()) === city)

test('a connection that only observes leaves no mark', async () => {
  await call().call('POST /connections/{id}/sync', { params: { id: connection } })
  expect(await markers()).toEqual([])
})

test('the tenant is marked as soon as it follows, with an event, and once', async () => {
  await call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings: { mode: 'apply' } } })
  await until('the mark', async () => (await markers()).length === 1)
  await move('Graz')
  await arrives('Graz')
  expect(await markers()).toMatchObject([
    { displayName: 'Managed by Lockstep', securityEnabled: true, mailEnabled: false, members: [] },
  ])
  const { items } = await call().call('GET /events', { query: { type: 'connection_mark' } })
  expect(items).toMatchObject([{ outcome: 'success', connection }])
})

test('S8: a second gateway is refused, and told what to do', async () => {
  const second = await startGateway(join(folder, 'second'), world.tenant)
  try {
    const refused = await second.gateway.request('POST', '/api/v1/connections', JSON.stringify(input()))
    expect(refused).toMatchObject({ status: 409, body: { code: 'tenant_already_connected' } })
    expect(JSON.stringify(refused.body)).toContain('Another Lockstep gateway')
  } finally {
    await second.gateway.program.stop()
  }
})

const input = () => ({
  name: 'Second',
  tenantId: world.tenant.tenantId,
  clientId: world.tenant.clientId,
  clientSecret: world.tenant.clientSecret,
  cloud: { graph: world.tenant.graph, login: world.tenant.login },
})

test('a gateway that is restored from an older copy writes nothing, not even a password', async () => {
  await world.gateway.program.stop()
  await cp(world.gateway.dataFolder, join(folder, 'backup'), { recursive: true })
  await world.restart()
  await move('Linz')
  await arrives('Linz')
  const before = await generation()
  await world.gateway.program.stop()
  await rm(world.gateway.dataFolder, { recursive: true })
  await rename(join(folder, 'backup'), world.gateway.dataFolder)
  await world.restart()
  await move('Wels')
  await until('the error', async () => (await connectionNow()).state === 'error')
  expect(await connectionNow()).toMatchObject({ error: { code: 'another_writer' } })
  await call().call('POST /users/{id}/activate', { params: { id: ana.id }, body: { sendMail: false } })
  await call().call('PUT /users/{id}/password', {
    params: { id: ana.id },
    body: { password: 'Sunny-Harbour-Lamp-3' },
  })
  expect(await cityOfAna()).toBe('Linz')
  expect((await world.tenant.signIn(ana.email, 'Sunny-Harbour-Lamp-3')).ok).toBe(false)
  expect(await generation()).toBe(before)
})

test('resuming does not get past it', async () => {
  await call().call('POST /connections/{id}/resume', { params: { id: connection } })
  await until('the error again', async () => (await connectionNow()).state === 'error')
  expect(await cityOfAna()).toBe('Linz')
})

test('once a person has approved the plan, the tenant follows again', async () => {
  const { id: planId } = await call().call('GET /connections/{id}/plan', { params: { id: connection } })
  await call().call('POST /connections/{id}/plan/{planId}/approve', { params: { id: connection, planId } })
  await arrives('Wels')
  expect(await connectionNow()).toMatchObject({ state: 'active', error: null })
  await until('the password', async () => (await world.tenant.signIn(ana.email, 'Sunny-Harbour-Lamp-3')).ok)
})

test('without the right to write groups it works all the same, and an event tells of the mark that was not made', async () => {
  await world.tenant.call('POST', '/rights', { withdraw: ['Group.ReadWrite.All'], grant: ['GroupMember.Read.All'] })
  await world.gateway.program.stop()
  await world.restart()
  await move('Steyr')
  await arrives('Steyr')
  const { items } = await call().call('GET /events', { query: { type: 'connection_mark', limit: 1 } })
  expect(items).toMatchObject([{ outcome: 'failure' }])
})
