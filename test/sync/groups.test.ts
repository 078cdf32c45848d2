import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, importAll, jobDone, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 50 })
  connection = await connect(world)
  await importAll(world, connection)
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
}, 120_000)
afterAll(() => world.close())
beforeEach(async () => {
  await world.tenant.call('DELETE', '/faults')
  await world.tenant.call('POST', '/reset-log')
})

type Remote = { id: string; displayName: string; members: string[]; description?: string | null; mailNickname: string }
const remotes = async () => ((await world.tenant.call('GET', '/state')) as { groups: Remote[] }).groups
const remote = async (id: string | null) => (await remotes()).find((group) => group.id === id) as Remote
const accountOf = (user: User) => user.bindings[0]?.accountId ?? ''
const make = (displayName: string) => call().call('POST /groups', { body: { displayName } })
const add = (id: string, user: User) =>
  call().call('PUT /groups/{id}/members/{userId}', { params: { id, userId: user.id } })
const remove = (id: string, user: User) =>
  call().call('DELETE /groups/{id}/members/{userId}', { params: { id, userId: user.id } })
const bind = (groupId: string, body = {}) =>
  call().call('PUT /connections/{id}/groups/{groupId}', { params: { id: connection, groupId }, body })
const outside = async (body: Record<string, unknown>) =>
  (await world.tenant.act({ act: 'create_group', body })) as { id: string }

async function binding(groupId: string) {
  const { items } = await call().call('GET /connections/{id}/groups', { params: { id: connection } })
  return items.find((each) => each.groupId === groupId)
}

const cycle = () => runCycle(world, connection)

async function follows(groupId: string, state = 'in_sync') {
  return await until(`the group ${state}`, async () => {
    await cycle()
    const now = await binding(groupId)
    return now?.state === state && now
  })
}

test('S16: a group is made without mail, empty or with forty-five members in three requests', async () => {
  const empty = await make('Empty')
  await bind(empty.id)
  expect((await remote((await follows(empty.id)).accountId)).members).toEqual([])
  const large = await make('Large')
  for (const user of people.slice(0, 45)) await add(large.id, user)
  await world.tenant.call('POST', '/reset-log')
  await bind(large.id)
  const { accountId } = await follows(large.id)
  expect(await remote(accountId)).toMatchObject({ displayName: 'Large', mailEnabled: false, securityEnabled: true })
  expect((await remote(accountId)).members.sort()).toEqual(people.slice(0, 45).map(accountOf).sort())
  const patches = (await world.tenant.log()).filter(
    ({ method, path }) => method === 'PATCH' && path.includes('/groups/'),
  )
  expect(patches).toHaveLength(3)
})

test('S16: who joins and leaves here joins and leaves there, and who was put there by others stays', async () => {
  const group = await make('Sales')
  await add(group.id, people[0] as User)
  await bind(group.id)
  const { accountId } = await follows(group.id)
  const foreign = accountOf(people[9] as User)
  await world.tenant.act({ act: 'add_member', group: accountId, user: foreign })
  await add(group.id, people[1] as User)
  await remove(group.id, people[0] as User)
  await follows(group.id)
  expect((await remote(accountId)).members.sort()).toEqual([accountOf(people[1] as User), foreign].sort())
  const { items } = await call().call('GET /users', { query: { group: group.id } })
  expect(items.map(({ id }) => id)).toEqual([people[1]?.id])
})

test('P34, P23: a leaver leaves the groups where that is wanted, which no brake counts, and is back when resumed', async () => {
  const group = await make('Leavers')
  const [leaver, other] = people.slice(-2) as [User, User]
  for (const user of [leaver, other]) {
    await call().call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail: false } })
    await add(group.id, user)
  }
  await bind(group.id)
  const { accountId } = await follows(group.id)
  const wanted = (leave: boolean) =>
    call().call('PATCH /connections/{id}', {
      params: { id: connection },
      body: { settings: { suspendedLeaveGroups: leave } },
    })
  const holds = (users: User[]) =>
    until('the members', async () => {
      const { members } = await remote(accountId)
      return members.sort().join() === users.map(accountOf).sort().join()
    })
  await call().call('POST /users/{id}/suspend', { params: { id: leaver.id } })
  await wanted(true)
  await holds([other])
  await call().call('POST /users/{id}/resume', { params: { id: leaver.id } })
  await holds([leaver, other])
  await call().call('POST /users/{id}/suspend', { params: { id: leaver.id } })
  await holds([other])
  await wanted(false)
  await holds([leaver, other])
})

test('S16: many who leave at once wait until the plan that names them is approved', async () => {
  const group = await make('Everybody')
  const many = people.slice(0, 30)
  for (const user of many) await add(group.id, user)
  await bind(group.id)
  const { accountId } = await follows(group.id)
  for (const user of many) await remove(group.id, user)
  expect((await follows(group.id, 'failed'))?.error).toMatchObject({ code: 'brake_engaged' })
  await cycle()
  const params = { id: connection }
  const plan = await call().call('GET /connections/{id}/plan', { params, query: {} })
  const stay = (await remote(accountId)).members.sort()
  expect(stay.length).toBeGreaterThan(5)
  expect(plan.groups.map(({ changes }) => changes[0]?.before).sort()).toEqual(stay)
  expect((await call().call('GET /connections/{id}', { params })).brake).toEqual(plan.brake)
  await call().call('POST /connections/{id}/plan/{planId}/approve', { params: { ...params, planId: plan.id } })
  await follows(group.id)
  expect((await remote(accountId)).members).toEqual([])
  const { items } = await call().call('GET /events', { query: { type: 'connection_brake_engaged' } })
  expect(items).toHaveLength(1)
})

test('S16: a group that exists is taken over with its name and everybody in it', async () => {
  const theirs = await outside({
    displayName: 'Theirs',
    mailNickname: 'theirs',
    mailEnabled: false,
    securityEnabled: true,
  })
  const foreign = accountOf(people[9] as User)
  await world.tenant.act({ act: 'add_member', group: theirs.id, user: foreign })
  const group = await make('Ours')
  await add(group.id, people[2] as User)
  await bind(group.id, { accountId: theirs.id })
  await follows(group.id)
  expect(await remote(theirs.id)).toMatchObject({ displayName: 'Theirs' })
  expect((await remote(theirs.id)).members.sort()).toEqual([accountOf(people[2] as User), foreign].sort())
  await call().call('PATCH /groups/{id}', { params: { id: group.id }, body: { displayName: 'Ours now' } })
  await follows(group.id)
  expect(await remote(theirs.id)).toMatchObject({ displayName: 'Ours now' })
})

test('S16: the group by which gateways recognise the tenant is refused, too', async () => {
  const { items } = await call().call('GET /connections/{id}/remote-groups', {
    params: { id: connection },
    query: { search: 'Managed by Lockstep' },
  })
  expect(items).toMatchObject([{ refusal: expect.stringContaining('the mark') }])
  const group = await make('Mark')
  const refused = await world.gateway.request(
    'PUT',
    `/api/v1/connections/${connection}/groups/${group.id}`,
    JSON.stringify({ accountId: items[0]?.id }),
  )
  expect(refused).toMatchObject({ status: 409, body: { code: 'group_not_manageable' } })
})

test('S16: groups of every other kind are recognised and refused with a sentence', async () => {
  const base = { mailEnabled: false, securityEnabled: true }
  const kinds = {
    dynamic: { ...base, groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Graz"' },
    role_assignable: { ...base, isAssignableToRole: true },
    microsoft_365: { mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] },
    mail_security: { mailEnabled: true, securityEnabled: true },
    distribution: { mailEnabled: true, securityEnabled: false },
  }
  const group = await make('Refused')
  for (const [kind, body] of Object.entries(kinds)) {
    const made = await outside({
      displayName: `Kind ${kind}`,
      mailNickname: `kind-${kind}`.replaceAll('_', '-'),
      ...body,
    })
    await cycle()
    const { items } = await call().call('GET /connections/{id}/remote-groups', {
      params: { id: connection },
      query: { search: `Kind ${kind}` },
    })
    expect(items).toMatchObject([{ id: made.id, kind, refusal: expect.stringMatching(/\.$/) }])
    const refused = await world.gateway.request(
      'PUT',
      `/api/v1/connections/${connection}/groups/${group.id}`,
      JSON.stringify({ accountId: made.id }),
    )
    expect(refused).toMatchObject({ status: 409, body: { code: 'group_not_manageable' } })
  }
})

test('S16: a create whose answer was lost makes no second group', async () => {
  const group = await make('Once')
  await world.tenant.call('POST', '/faults', { match: { method: 'POST', path: '/groups' }, times: 1, drop: 'after' })
  await bind(group.id)
  await follows(group.id)
  expect((await remotes()).filter(({ displayName }) => displayName === 'Once')).toHaveLength(1)
})

test('S16: a group that was deleted there is missing, and is made anew when it is bound again', async () => {
  const group = await make('Gone')
  await bind(group.id)
  const { accountId } = await follows(group.id)
  await world.tenant.act({ act: 'delete_group', group: accountId })
  expect((await follows(group.id, 'missing')).error).toMatchObject({ code: 'group_deleted' })
  await bind(group.id)
  expect((await follows(group.id)).accountId).not.toBe(accountId)
})

test('S45: an imported group holds those of its members who are people here', async () => {
  const theirs = await outside({
    displayName: 'Imported',
    mailNickname: 'imported',
    mailEnabled: false,
    securityEnabled: true,
  })
  for (const user of people.slice(0, 3))
    await world.tenant.act({ act: 'add_member', group: theirs.id, user: accountOf(user) })
  await cycle()
  const { job } = await call().call('POST /connections/{id}/imports', {
    params: { id: connection },
    body: { accountIds: [], groups: [theirs.id] },
  })
  expect((await jobDone(world, job)).results).toMatchObject([{ groupId: theirs.id, result: 'imported' }])
  const { items } = await call().call('GET /groups', { query: { search: 'Imported' } })
  expect(items).toMatchObject([{ displayName: 'Imported', members: 3 }])
})
