import type { LicenceSettings } from '@lockstep/shared/contract/licence'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { connect, jobDone, runCycle, startWorld, until, type World } from '../support/world.ts'

const e3 = '6fd2c87f-b296-42f0-b197-1e91e994b900'
const e5 = 'c7df2760-2c81-4ef7-b578-5b5392b571df'
const powerBi = 'f8a1db68-be16-40ed-86d5-cb42ce701560'

let world: World
let connection: string
let staff: string
let analysts: string
/** Accounts that are there already: making many would meet the brake. */
let names: string[]
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 25 })
  connection = await connect(world)
  const { items } = await call().call('GET /connections/{id}/accounts', {
    params: { id: connection },
    query: { status: 'new', limit: 100 },
  })
  names = items.map(({ userPrincipalName }) => userPrincipalName)
  staff = await group('Staff')
  analysts = await group('Analysts')
}, 120_000)
afterAll(() => world.close())
beforeEach(async () => {
  await world.tenant.call('DELETE', '/faults')
  await set({ driftPolicy: 'notify', brake: { minimum: 25, share: 0.1, absolute: 25 } })
  await seats('ENTERPRISEPACK', 100)
  await seats('POWER_BI_PRO', 10)
  await rules({})
})

const set = (settings: object) =>
  call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings } })
const rules = (more: Partial<z.input<typeof LicenceSettings>>) =>
  set({
    licences: {
      rules: [
        { group: staff, skus: [e3] },
        { group: analysts, skus: [powerBi] },
      ],
      ...more,
    },
  })
const group = async (displayName: string) => (await call().call('POST /groups', { body: { displayName } })).id
const member = (user: User, id: string, inIt = true) =>
  call().call(`${inIt ? 'PUT' : 'DELETE'} /groups/{id}/members/{userId}`, { params: { id, userId: user.id } })
const seats = (sku: string, enabled: number) => world.tenant.call('PUT', `/skus/${sku}`, { enabled })
const outside = (act: string, user: User, sku: string) =>
  world.tenant.act({ act, user: user.email, sku, group: 'their-group' })

async function person(email: string, ...groups: string[]): Promise<User> {
  const body = { email, sendMail: false, attributes: { usageLocation: 'AT' } }
  const user = await call().call('POST /users', { body })
  for (const id of groups) await member(user, id)
  return user
}
const bindingOf = (user: User) =>
  call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId: user.id } })
const bind = (user: User) =>
  call().call('PUT /connections/{id}/bindings/{userId}', { params: { id: connection, userId: user.id }, body: {} })
async function bound(...groups: string[]): Promise<User> {
  const user = await person(names.pop() ?? '', ...groups)
  await bind(user)
  return user
}
const held = async (user: User) => {
  const account = await world.tenant.account(user.email)
  return ((account['assignedLicenses'] ?? []) as { skuId: string }[]).map(({ skuId }) => skuId).sort()
}
const holds = (user: User, ...skus: string[]) =>
  until(`${user.email} holding ${skus.join(', ') || 'nothing'}`, async () => {
    const now = await held(user)
    return JSON.stringify(now) === JSON.stringify([...skus].sort())
  })
const licences = async (user: User) => (await bindingOf(user)).licences.map(({ name, state }) => `${name} ${state}`)
const standing = (user: User, ...wanted: string[]) =>
  until(`${user.email} with ${wanted.join(', ')}`, async () => {
    const { state } = await bindingOf(user)
    return state === 'in_sync' && JSON.stringify(await licences(user)) === JSON.stringify(wanted)
  })
const cycle = () => runCycle(world, connection)
const events = async (type: string, user: User) =>
  (await call().call('GET /events', { query: { type, user: user.id } })).items

test('S22, S27: a new account has its licence in the same go, which the plan shows beforehand', async () => {
  const ana = await person('ana@contoso.example', staff)
  const { operations } = await call().call('GET /connections/{id}/plan', {
    params: { id: connection },
    query: { user: ana.id, if: 'bind' },
  })
  expect(operations).toMatchObject([{ kind: 'provision' }])
  expect(operations[0]?.changes).toContainEqual({ attribute: 'licence', before: null, after: 'ENTERPRISEPACK' })
  const binding = await bind(ana)
  expect(binding).toMatchObject({
    state: 'in_sync',
    licences: [{ sku: e3, name: 'ENTERPRISEPACK', state: 'assigned', reason: null }],
  })
  expect(await held(ana)).toEqual([e3])
  const [event, ...more] = await events('user_licence_*', ana)
  expect(more).toEqual([])
  expect(event).toMatchObject({
    type: 'user_licence_provision',
    outcome: 'success',
    changes: [{ attribute: 'licence', before: null, after: 'ENTERPRISEPACK' }],
  })
})

test('all licences of a person go in one request; leaving a group takes back what it gave, and nothing else', async () => {
  await world.tenant.call('POST', '/reset-log')
  const ben = await bound(staff, analysts)
  await holds(ben, e3, powerBi)
  const assigns = (await world.tenant.log()).filter(({ path }) => /assignLicense$/.test(path))
  expect(assigns).toHaveLength(1)
  await member(ben, analysts, false)
  await holds(ben, e3)
  await standing(ben, 'ENTERPRISEPACK assigned')
  const [event] = await events('user_licence_remove_provision', ben)
  expect(event?.changes).toEqual([{ attribute: 'licence', before: 'POWER_BI_PRO', after: null }])
})

test('what others gave is never taken: a licence of no rule, one that no group of ours gave, and an inherited one', async () => {
  const cleo = await bound(staff)
  await holds(cleo, e3)
  await outside('give_licence', cleo, 'POWER_BI_PRO')
  await outside('inherit_licence', cleo, 'ENTERPRISEPACK')
  await outside('take_licence', cleo, 'ENTERPRISEPACK')
  await cycle()
  await member(cleo, staff, false)
  await standing(cleo)
  await cycle()
  expect(await held(cleo)).toEqual([e3, powerBi].sort())
  expect(await events('user_licence_remove_provision', cleo)).toEqual([])
})

test('S27: who finds no seat waits without failing, and gets one when there is one', async () => {
  await seats('POWER_BI_PRO', 0)
  const dora = await bound(staff, analysts)
  await standing(dora, 'ENTERPRISEPACK assigned', 'POWER_BI_PRO waiting')
  expect((await bindingOf(dora)).licences[1]?.reason).toMatch(/No seat is left/)
  const { items } = await call().call('GET /connections/{id}/licences', { params: { id: connection } })
  expect(items.find(({ sku }) => sku === powerBi)).toMatchObject({ total: 0, free: 0, waiting: 1 })
  expect((await call().call('GET /connections/{id}', { params: { id: connection } })).counts.failed).toBe(0)
  await seats('POWER_BI_PRO', 10)
  await cycle()
  await standing(dora, 'ENTERPRISEPACK assigned', 'POWER_BI_PRO assigned')
})

test('where nobody is to wait, one goes without', async () => {
  await rules({ whenNoneLeft: 'skip' })
  await seats('POWER_BI_PRO', 0)
  const eva = await bound(analysts)
  await standing(eva, 'POWER_BI_PRO failed')
  // Whatever else has changed about her was looked at by then.
  await cycle()
  await seats('POWER_BI_PRO', 10)
  await cycle()
  expect(await held(eva)).toEqual([])
  await member(eva, analysts, false)
  await standing(eva)
})

test('seats that went while we looked are no failure either', async () => {
  await seats('POWER_BI_PRO', 10)
  await call().call('GET /connections/{id}/licences', { params: { id: connection } })
  await seats('POWER_BI_PRO', 0)
  const finn = await bound(analysts)
  await standing(finn, 'POWER_BI_PRO waiting')
  const [event] = await events('user_licence_provision', finn)
  expect(event).toMatchObject({ outcome: 'failure' })
  await seats('POWER_BI_PRO', 10)
  await cycle()
  await standing(finn, 'POWER_BI_PRO assigned')
})

test('a licence stays until the one that replaces it has a seat', async () => {
  const gina = await bound(staff)
  await holds(gina, e3)
  const bosses = await group('Bosses')
  await set({
    licences: {
      rules: [
        { group: staff, skus: [e3] },
        { group: bosses, skus: [e5] },
      ],
    },
  })
  await seats('ENTERPRISEPREMIUM', 0)
  await member(gina, bosses)
  await standing(gina, 'ENTERPRISEPACK assigned', 'ENTERPRISEPREMIUM waiting')
  await member(gina, staff, false)
  await cycle()
  expect(await held(gina)).toEqual([e3])
  await seats('ENTERPRISEPREMIUM', 5)
  await cycle()
  await holds(gina, e5)
})

test('a licence that conflicts with another is told beside it, and the rest of the person goes on', async () => {
  const hugo = await bound(staff)
  await outside('take_licence', hugo, 'ENTERPRISEPACK')
  await outside('give_licence', hugo, 'ENTERPRISEPREMIUM')
  await set({ driftPolicy: 'enforce' })
  await call().call('PATCH /users/{id}', { params: { id: hugo.id }, body: { attributes: { city: 'Graz' } } })
  await standing(hugo, 'ENTERPRISEPACK failed')
  expect((await bindingOf(hugo)).licences[0]?.reason).toMatch(/does not go together/)
  expect(await world.tenant.account(hugo.email)).toMatchObject({ city: 'Graz' })
})

test('without a usage location nothing is asked for; a fresh one that the tenant has not heard of is waited for', async () => {
  const ida = await person('ida@contoso.example', staff)
  await call().call('PATCH /users/{id}', { params: { id: ida.id }, body: { attributes: { usageLocation: null } } })
  await bind(ida)
  await standing(ida, 'ENTERPRISEPACK failed')
  expect((await bindingOf(ida)).licences[0]?.reason).toMatch(/usage location/)
  await world.tenant.call('PUT', '/lag', { ms: 6_000 })
  await call().call('PATCH /users/{id}', { params: { id: ida.id }, body: { attributes: { usageLocation: 'AT' } } })
  await standing(ida, 'ENTERPRISEPACK assigned')
  await world.tenant.call('PUT', '/lag', { ms: 0 })
})

test('a licence that somebody took away is told as a difference, and repaired when an admin says so', async () => {
  const jan = await bound(staff)
  await outside('give_licence', jan, 'POWER_BI_PRO')
  await outside('take_licence', jan, 'ENTERPRISEPACK')
  await cycle()
  await standing(jan, 'ENTERPRISEPACK failed')
  const params = { id: connection, userId: jan.id }
  const { items } = await call().call('GET /connections/{id}/drift', { params: { id: connection }, query: {} })
  expect(items.find(({ userId, attribute }) => userId === jan.id && attribute === 'licence')).toMatchObject({
    ours: 'ENTERPRISEPACK',
    theirs: null,
  })
  await call().call('POST /connections/{id}/bindings/{userId}/drift', { params, body: { action: 'repair' } })
  await standing(jan, 'ENTERPRISEPACK assigned')
  expect(await held(jan)).toEqual([e3, powerBi])
  await set({ driftPolicy: 'enforce' })
  await outside('take_licence', jan, 'ENTERPRISEPACK')
  await outside('take_licence', jan, 'POWER_BI_PRO')
  await cycle()
  await holds(jan, e3)
})

test('many licences taken at once meet the brake, and go once that plan is approved', async () => {
  const people = [await bound(staff), await bound(staff), await bound(staff)]
  for (const user of people) await holds(user, e3)
  await set({ brake: { minimum: 3, share: 0.001, absolute: 3 } })
  await set({ mode: 'observe' })
  for (const user of people) await member(user, staff, false)
  await set({ mode: 'apply' })
  await cycle()
  for (const user of people) expect(await held(user)).toEqual([e3])
  const plan = await call().call('GET /connections/{id}/plan', { params: { id: connection }, query: {} })
  expect(plan.operations.map(({ kind }) => kind)).toEqual(['licence', 'licence', 'licence'])
  expect(plan.brake).not.toBeNull()
  await call().call('POST /connections/{id}/plan/{planId}/approve', { params: { id: connection, planId: plan.id } })
  for (const user of people) await holds(user)
})

test('who is suspended or let go keeps the licences for the days that were set, and not longer', async () => {
  await rules({ removeAfterDays: 30 })
  const [kim, leo, mia] = [await bound(staff), await bound(staff), await bound(staff)]
  for (const user of [kim, leo, mia]) await holds(user, e3)
  await outside('give_licence', kim, 'POWER_BI_PRO')
  for (const user of [kim, leo]) await call().call('POST /users/{id}/suspend', { params: { id: user.id } })
  const params = { id: connection, userId: mia.id }
  await call().call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'block' } })
  for (const user of [kim, leo, mia])
    await until('the block', async () => (await world.tenant.account(user.email))['accountEnabled'] === false)
  await cycle()
  expect([await held(kim), await held(leo), await held(mia)]).toEqual([[e3, powerBi].sort(), [e3], [e3]])
  await rules({ removeAfterDays: 0 })
  await cycle()
  await holds(kim, powerBi)
  await holds(mia)
  expect((await events('user_licence_remove_provision', mia))[0]).toMatchObject({
    cause: 'unbound',
    outcome: 'success',
  })
  expect((await events('user_licence_remove_provision', kim))[0]).toMatchObject({ cause: 'suspended' })
  // Undoing that cycle gives it back, although nobody is bound to the account any more.
  const { items } = await call().call('GET /connections/{id}/undoable', { params: { id: connection }, query: {} })
  for (const { kind, id: run } of items.slice(0, 3).filter((each) => each.kind === 'cycle')) {
    const plan = await call().call('GET /connections/{id}/undo', { params: { id: connection }, query: { [kind]: run } })
    if (!plan.operations.some(({ userId, kind: what }) => userId === mia.id && what === 'licence')) continue
    const back = { params: { id: connection }, body: { [kind]: run, plan: plan.id } }
    await jobDone(world, (await call().call('POST /connections/{id}/undo', back)).job)
  }
  expect(await held(mia)).toEqual([e3])
  await call().call('POST /users/{id}/resume', { params: { id: kim.id } })
  await holds(kim, e3, powerBi)
})

test('undoing a takeover takes back the licence that came with it', async () => {
  const nora = await bound(staff)
  await outside('give_licence', nora, 'POWER_BI_PRO')
  await holds(nora, e3, powerBi)
  const { job } = await call().call('POST /connections/{id}/undo', {
    params: { id: connection },
    body: { user: nora.id },
  })
  await jobDone(world, job)
  expect(await held(nora)).toEqual([powerBi])
})

test('a lost answer is looked into, and every request has one event', async () => {
  // What others are still to be given is not to lose its answer instead.
  await cycle()
  await world.tenant.call('POST', '/reset-log')
  const lost = { match: { method: 'POST', path: 'assignLicense$' }, times: 1, dropAfter: true }
  await world.tenant.call('POST', '/faults', lost)
  const otto = await bound(staff)
  await standing(otto, 'ENTERPRISEPACK assigned')
  const { id: account } = await world.tenant.account(otto.email)
  const requests = (await world.tenant.log()).filter(({ path }) => path.endsWith(`/${account}/assignLicense`))
  const ids = (await events('user_licence_*', otto)).map(({ id }) => id as string)
  expect(ids.length).toBeGreaterThan(0)
  expect(requests.map(({ clientRequestId }) => clientRequestId).sort()).toEqual([...ids].sort())
})

test('a rule for a group that is not there is refused by its name', async () => {
  const body = { settings: { licences: { rules: [{ group: 'nobody', skus: [e3] }] } } }
  const answer = await world.gateway.request('PATCH', `/api/v1/connections/${connection}`, JSON.stringify(body))
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'settings.licences.rules.0.group' }] } })
})

test('an idle cycle asks the tenant one thing', async () => {
  await until('a cycle without work', async () => {
    await world.tenant.call('POST', '/reset-log')
    await cycle()
    return (await world.tenant.log()).length === 1
  })
})
