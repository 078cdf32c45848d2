import { type EndpointName, endpoints } from '@lockstep/shared/contract/endpoints'
import type { Job } from '@lockstep/shared/contract/job'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, importAll, jobDone, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
let importJob: string
let group: string
let spare: string

const call = () => world.gateway.client
const password = 'Sunny-Harbour-Lamp-3'

/**
 * Every request that changes something, with what it is asked to do here; null: it begins, ends or sets up a connection, or
 * is about how the one who asks signs in.
 */
const acts: { [K in EndpointName]?: (() => [path: string, body?: unknown]) | null } = {
  signIn: null,
  signOut: null,
  createConnection: null,
  authorizeConnection: null,
  updateConnection: null,
  deleteConnection: null,
  pauseConnection: null,
  resumeConnection: null,
  changeMyPassword: null,
  myNewsSeen: null,
  beginTotp: null,
  addTotp: null,
  beginPasskey: null,
  addPasskey: null,
  renameFactor: null,
  removeFactor: null,
  renewRecoveryCodes: null,
  confirmMe: null,
  endMySession: null,
  endOtherSessions: null,
  forgotPassword: () => ['/session/forgot', { email: people[0]?.email }],
  createUser: () => ['/users', { email: 'new@contoso.example', displayName: 'New', sendMail: false }],
  importUsers: () => ['/users/import', { rows: [{ email: 'row@contoso.example', displayName: 'Row' }] }],
  updateUser: () => [`/users/${at(0)}`, { displayName: 'Changed', attributes: { city: 'Graz' } }],
  activateUser: () => [`/users/${at(1)}/activate`, { sendMail: false }],
  sendActivation: () => [`/users/${at(1)}/activation`],
  sendPasswordReset: () => [`/users/${at(0)}/password-reset`],
  showLink: () => [`/users/${at(0)}/desk-link`],
  resetFactors: () => [`/users/${at(0)}/factors/reset`],
  setUserPassword: () => [`/users/${at(1)}/password`, { password }],
  suspendUser: () => [`/users/${at(2)}/suspend`],
  resumeUser: () => [`/users/${at(3)}/resume`],
  deleteUser: () => [`/users/${at(4)}`],
  resendMail: () => ['/mails/whatever/resend'],
  bounceMail: () => ['/mails/whatever/bounce', { reason: 'No such mailbox.' }],
  createGroup: () => ['/groups', { displayName: 'Another' }],
  updateGroup: () => [`/groups/${group}`, { displayName: 'Renamed' }],
  addGroupMember: () => [`/groups/${group}/members/${at(6)}`],
  removeGroupMember: () => [`/groups/${group}/members/${at(5)}`],
  deleteGroup: () => [`/groups/${spare}`],
  bindUser: () => [`/connections/${connection}/bindings/${at(7)}`, { attributes: 'ours_win', enable: true }],
  unbindUser: () => [`/connections/${connection}/bindings/${at(8)}?account=block`],
  bulkBindings: () => [`/connections/${connection}/bindings/bulk`, { unbind: [at(9), at(10)], confirm: 2 }],
  endOldPassword: () => [`/connections/${connection}/bindings/${at(0)}/old-password/end`],
  syncBinding: () => [`/connections/${connection}/bindings/${at(0)}/sync`],
  resolveDrift: () => [`/connections/${connection}/bindings/${at(11)}/drift`, { action: 'repair' }],
  resolveAllDrift: () => [`/connections/${connection}/drift`, { action: 'repair' }],
  bindGroup: () => [`/connections/${connection}/groups/${group}`, {}],
  unbindGroup: () => [`/connections/${connection}/groups/${spare}`],
  importAccounts: () => [`/connections/${connection}/imports`, { accountIds: 'all', bind: true }],
  undoImport: () => [`/imports/${importJob}/undo`],
  approvePlan: () => [`/connections/${connection}/plan/whatever/approve`],
  undoWrites: () => [`/connections/${connection}/undo`, { user: at(12) }],
  startRollout: () => [`/connections/${connection}/rollout`, { users: [at(13)] }],
  continueRollout: () => [`/connections/${connection}/rollout/whatever/continue`],
  syncConnection: () => [`/connections/${connection}/sync`],
  rotateKey: () => ['/key/rotation'],
}
const at = (place: number) => people[place]?.id ?? ''

beforeAll(async () => {
  world = await startWorld({ users: 20 })
  connection = await connect(world)
  importJob = (await importAll(world, connection)).id
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
  group = (await call().call('POST /groups', { body: { displayName: 'Bound' } })).id
  spare = (await call().call('POST /groups', { body: { displayName: 'Spare' } })).id
  await call().call('PUT /groups/{id}/members/{userId}', { params: { id: group, userId: at(5) } })
  for (const groupId of [group, spare])
    await call().call('PUT /connections/{id}/groups/{groupId}', { params: { id: connection, groupId }, body: {} })
  for (const id of [at(2), at(3)])
    await call().call('POST /users/{id}/activate', { params: { id }, body: { sendMail: false } })
  await call().call('POST /users/{id}/suspend', { params: { id: at(3) } })
  await until(
    'the block',
    async () => !(await world.tenant.account(people[3]?.bindings[0]?.accountId ?? ''))['accountEnabled'],
  )
  await cycle()
}, 120_000)
afterAll(() => world.close())

const cycle = () => runCycle(world, connection)

const set = (mode: 'apply' | 'observe') =>
  call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings: { mode } } })

async function everyAct(): Promise<void> {
  for (const [name, act] of Object.entries(acts)) {
    if (act === null) continue
    const [path, body] = act()
    const { method } = endpoints[name as EndpointName]
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const { status, body: answer } = await world.gateway.request(method, `/api/v1${path}`, sent)
    expect([name, status < 500]).toEqual([name, true])
    const { job } = (answer ?? {}) as { job?: Job }
    if (job !== undefined) await jobDone(world, job)
  }
}

const writes = async () =>
  (await world.tenant.log()).filter(({ method, path }) => method !== 'GET' && !path.includes('/token'))

test('every request that changes something is tried here', () => {
  const changing = Object.entries(endpoints).filter(([, { method }]) => method !== 'GET')
  expect(changing.map(([name]) => name).filter((name) => !(name in acts))).toEqual([])
})

test('S31: a connection that observes writes nothing to the tenant, whatever is asked for', async () => {
  await set('observe')
  await cycle()
  await world.tenant.call('POST', '/reset-log')
  await everyAct()
  await cycle()
  expect(await writes()).toEqual([])
})

test('a paused connection writes nothing to the tenant, whatever is asked for', async () => {
  await call().call('POST /connections/{id}/pause', { params: { id: connection } })
  await set('apply')
  await world.tenant.call('POST', '/reset-log')
  await everyAct()
  expect(await writes()).toEqual([])
})

test('and then all of it is written once it may be', async () => {
  await call().call('POST /connections/{id}/resume', { params: { id: connection } })
  await cycle()
  expect((await writes()).length).toBeGreaterThan(5)
})
