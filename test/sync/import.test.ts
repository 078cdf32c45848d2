import type { ImportableAccount } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli, connect, jobDone, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string

beforeAll(async () => {
  world = await startWorld({ users: 12 })
  connection = await connect(world)
}, 120_000)
afterAll(() => world.close())

const call = () => world.gateway.client
const accounts = async (query: Record<string, string> = {}): Promise<ImportableAccount[]> =>
  (await call().call('GET /connections/{id}/accounts', { params: { id: connection }, query: { limit: 500, ...query } }))
    .items
const accountOf = async (name: string): Promise<ImportableAccount> => {
  const found = (await accounts({ search: name })).find(({ userPrincipalName }) => userPrincipalName === name)
  if (found === undefined) throw new Error(`no account ${name}`)
  return found
}
const importing = async (body: Record<string, unknown>): Promise<Job> => {
  const { job } = await call().call('POST /connections/{id}/imports', {
    params: { id: connection },
    body: body as never,
  })
  return await jobDone(world, job)
}
const undo = async (jobId: string): Promise<Job> =>
  await jobDone(world, (await call().call('POST /imports/{jobId}/undo', { params: { jobId } })).job)
const people = async (): Promise<User[]> => (await call().call('GET /users', { query: { limit: 500 } })).items
const personOf = async (email: string): Promise<User> => {
  const found = (await people()).find((user) => user.email === email)
  if (found === undefined) throw new Error(`nobody is ${email}`)
  return found
}
const cycle = () => runCycle(world, connection)
const create = async (name: string, some: Record<string, unknown> = {}): Promise<string> => {
  const created = await world.tenant.act({
    act: 'create',
    body: {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@contoso.example`,
      passwordProfile: { password: 'Sunny-Harbour-Lamp-3' },
      ...some,
    },
  })
  return (created as { id: string }).id
}
/** Everything of the directory and the tenant that an undo has to bring back; a value that is empty counts as none. */
const everything = async () => {
  const { users } = (await world.tenant.call('GET', '/state')) as { users: Record<string, unknown>[] }
  const tenant = users.map((user) => Object.fromEntries(Object.entries(user).filter(([, value]) => value !== null)))
  const directory = (await people()).map(({ bindings, ...user }) => ({
    ...user,
    bindings: bindings.map(({ lastSyncAt: _, ...binding }) => binding),
  }))
  return { tenant, directory, accounts: await accounts() }
}
const resultOf = (job: Job, accountId: string) => job.results?.find((result) => result['accountId'] === accountId)

describe.sequential('a dry run tells what the import then does', () => {
  test('S3: it changes nothing and gives the same answers, the totals equal the selection', async () => {
    const [first, second] = (await accounts({ status: 'new' })).map(({ userPrincipalName }) => userPrincipalName)
    await world.tenant.act({ act: 'set_manager', user: first, manager: second })
    await world.tenant.act({
      act: 'patch',
      user: first,
      body: { department: 'Sales', streetAddress: 'Main 1', businessPhones: ['+43 1 1'], employeeId: 'E1' },
    })
    await cycle()
    const before = await everything()
    const told = await importing({ accountIds: 'all', bind: true, dryRun: true })
    expect(await everything()).toEqual(before)
    const done = await importing({ accountIds: 'all', bind: true })
    const plain = (job: Job) => job.results?.map(({ userId: _, mail: __, ...rest }) => rest)
    expect(plain(done)).toEqual(plain(told))
    expect(done).toMatchObject({ total: 15, done: 15, failed: 0, state: 'done' })
    const results = done.results?.map(({ result }) => result)
    expect(results?.filter((each) => each === 'imported')).toHaveLength(12)
    expect(results?.filter((each) => each === 'skipped')).toHaveLength(3)
    const person = await personOf(first ?? '')
    expect(person).toMatchObject({
      state: 'staged',
      attributes: {
        department: 'Sales',
        streetAddress: 'Main 1',
        businessPhone: '+43 1 1',
        employeeId: 'E1',
        manager: (await personOf(second ?? '')).id,
      },
    })
  })

  test('S44: the list is filtered and counted by status, and found by family name', async () => {
    const count = async (status: string) =>
      await call().call('GET /connections/{id}/accounts', {
        params: { id: connection },
        query: { limit: 1, status: status as never, count: 'true' },
      })
    expect(await count('imported')).toMatchObject({ total: 12, next: expect.any(String) })
    expect(await count('protected')).toMatchObject({ total: 2, next: expect.any(String) })
    expect(await count('guest')).toMatchObject({ total: 1, next: null })
    expect(await count('new')).toMatchObject({ total: 0, items: [] })
    const [some] = await people()
    const found = await accounts({ search: some?.familyName ?? '' })
    expect(found.map(({ userPrincipalName }) => userPrincipalName)).toContain(some?.email)
  })
})

describe.sequential('an import is undone within 48 hours', () => {
  test('S14: people, bindings and all that was written since are as before', async () => {
    const [zoe, max] = [await create('zoe.undo', { jobTitle: 'Clerk' }), await create('max.undo')]
    const lea = await call().call('POST /users', {
      body: { email: 'lea.undo@contoso.example', displayName: 'Lea', sendMail: false, attributes: { city: 'Graz' } },
    })
    const leaAccount = await create('lea.undo')
    await world.tenant.act({ act: 'set_manager', user: zoe, manager: max })
    await cycle()
    const before = await everything()
    const job = await importing({ accountIds: [zoe, max, leaAccount], bind: true })
    expect(resultOf(job, zoe)).toMatchObject({ result: 'imported', bound: true })
    expect(resultOf(job, leaAccount)).toMatchObject({ result: 'linked', userId: lea.id, bound: true })
    await until('the empty city filled', async () => (await world.tenant.account(leaAccount))['city'] === 'Graz')
    await until('bindings in sync', async () => {
      const { items } = await call().call('GET /connections/{id}/bindings', { params: { id: connection } })
      return items.every(({ state }) => state === 'in_sync')
    })
    const undone = await undo(job.id)
    expect(undone).toMatchObject({ kind: 'import_undo', state: 'done', total: 3, done: 3, failed: 0 })
    expect(resultOf(undone, zoe)).toMatchObject({ result: 'removed' })
    expect(resultOf(undone, leaAccount)).toMatchObject({ result: 'released', restored: ['passwordPolicies', 'city'] })
    await cycle()
    expect(await everything()).toEqual(before)
  })

  test('who was changed by a person or has a password by now stays, with the reason', async () => {
    const [pia, tom, uma] = [await create('pia.kept'), await create('tom.kept'), await create('uma.gone')]
    await cycle()
    const job = await importing({ accountIds: [pia, tom, uma], bind: true })
    const changed = await personOf('pia.kept@contoso.example')
    await call().call('PATCH /users/{id}', { params: { id: changed.id }, body: { displayName: 'Pia Kept' } })
    const active = await personOf('tom.kept@contoso.example')
    await call().call('POST /users/{id}/activate', { params: { id: active.id }, body: { sendMail: false } })
    await call().call('PUT /users/{id}/password', {
      params: { id: active.id },
      body: { password: 'Velvet-Tractor-Moon-5' },
    })
    const undone = await undo(job.id)
    expect(resultOf(undone, pia)).toMatchObject({ result: 'skipped', reason: 'Somebody has changed the person since.' })
    expect(resultOf(undone, tom)).toMatchObject({ result: 'skipped', reason: 'The person has a password by now.' })
    expect(resultOf(undone, uma)).toMatchObject({ result: 'removed' })
    expect(await accountOf('uma.gone@contoso.example')).toMatchObject({ status: 'new' })
    const again = await undo(job.id)
    expect(again.results?.map(({ result }) => result).sort()).toEqual(['removed', 'skipped', 'skipped'])
  })

  test('a group that the import made goes again, and stays in the tenant; one that was changed since stays', async () => {
    const member = await create('gil.group')
    const make = async (displayName: string) => {
      const mailNickname = displayName.toLowerCase()
      const body = { displayName, mailNickname, mailEnabled: false, securityEnabled: true }
      const { id } = (await world.tenant.act({ act: 'create_group', body })) as { id: string }
      await world.tenant.act({ act: 'add_member', group: id, user: member })
      return id
    }
    const [brief, kept] = [await make('Brief'), await make('Kept')]
    await cycle()
    const job = await importing({ accountIds: [member], groups: [brief, kept], bind: true })
    const ours = async () => (await call().call('GET /groups', { query: { limit: 500 } })).items
    const changed = (await ours()).find(({ displayName }) => displayName === 'Kept')
    await call().call('PATCH /groups/{id}', { params: { id: changed?.id ?? '' }, body: { description: 'Ours now' } })
    const undone = await undo(job.id)
    expect(undone.results).toEqual(
      expect.arrayContaining([
        { groupId: brief, result: 'removed' },
        { groupId: kept, result: 'skipped', reason: 'Somebody has changed the group since.' },
      ]),
    )
    expect((await ours()).map(({ displayName }) => displayName)).toEqual(['Kept'])
    await cycle()
    const { groups } = (await world.tenant.call('GET', '/state')) as { groups: { id: string; members: string[] }[] }
    for (const id of [brief, kept]) expect(groups.find((group) => group.id === id)?.members).toEqual([member])
  })

  test('a dry run, another job and a job that nobody knows cannot be undone', async () => {
    const [some] = await accounts({ status: 'new' })
    const dry = await importing({ accountIds: [some?.id], dryRun: true })
    const refused = (jobId: string) => world.gateway.request('POST', `/api/v1/imports/${jobId}/undo`)
    expect(await refused(dry.id)).toMatchObject({ status: 409, body: { code: 'import_not_undoable' } })
    const { job } = await call().call('POST /connections/{id}/sync', { params: { id: connection } })
    expect(await refused(job.id)).toMatchObject({ status: 409, body: { code: 'import_not_undoable' } })
    expect(await refused('nothing')).toMatchObject({ status: 404, body: { code: 'job_not_found' } })
  })
})

describe.sequential('conflicts are resolved in place', () => {
  let kim: User
  let first: string
  let second: string

  test('S11, S43: both records stand side by side, with the reason in words', async () => {
    first = await create('kim.one', { mail: 'kim@contoso.example' })
    second = await create('kim')
    kim = await call().call('POST /users', {
      body: { email: 'kim@contoso.example', displayName: 'Kim', sendMail: false },
    })
    await cycle()
    const conflict = await accountOf('kim@contoso.example')
    expect(conflict).toMatchObject({
      status: 'conflict',
      userId: kim.id,
      user: { id: kim.id, email: 'kim@contoso.example', displayName: 'Kim' },
      reason: expect.stringContaining('more than one account'),
    })
    const job = await importing({ accountIds: [first, second] })
    expect(job.results).toMatchObject([{ result: 'conflict' }, { result: 'conflict' }])
    expect(await people()).not.toContainEqual(expect.objectContaining({ email: 'kim.one@contoso.example' }))
  })

  test('S43: one is linked, the other imported under another address, and a third left out', async () => {
    const third = await create('kim.three')
    await cycle()
    const resolutions = [
      { accountId: second, action: 'link', userId: kim.id },
      { accountId: first, action: 'rename', email: 'kim.first@contoso.example' },
      { accountId: third, action: 'skip' },
    ]
    const told = await importing({ resolutions, bind: true, dryRun: true })
    const job = await importing({ resolutions, bind: true })
    expect(job).toMatchObject({ total: 3, done: 3, failed: 0 })
    expect(told.results?.map(({ result }) => result)).toEqual(job.results?.map(({ result }) => result))
    expect(resultOf(job, second)).toMatchObject({ result: 'linked', userId: kim.id, bound: true })
    expect(resultOf(job, first)).toMatchObject({ result: 'imported', bound: true })
    expect(resultOf(job, third)).toMatchObject({ result: 'skipped' })
    expect(await personOf('kim.first@contoso.example')).toMatchObject({ displayName: 'kim.one' })
    await cycle()
    // Another address here is no reason to rename the account there.
    expect(await world.tenant.account(first)).toMatchObject({ userPrincipalName: 'kim.one@contoso.example' })
    expect(await accountOf('kim.one@contoso.example')).toMatchObject({ status: 'imported' })
  })

  test('what belongs to somebody is not given to another, by no decision', async () => {
    const other = await create('kim.four')
    await cycle()
    const job = await importing({
      resolutions: [
        { accountId: other, action: 'link', userId: kim.id },
        { accountId: first, action: 'link', userId: kim.id },
      ],
    })
    expect(job.results?.map(({ result }) => result)).toEqual(['conflict', 'conflict'])
    const taken = await importing({ resolutions: [{ accountId: other, action: 'rename', email: kim.email }] })
    expect(taken.results).toMatchObject([{ result: 'conflict', userId: kim.id }])
    const nobody = await importing({ resolutions: [{ accountId: other, action: 'link', userId: 'nobody' }] })
    expect(nobody.results).toMatchObject([{ result: 'conflict' }])
  })

  test('somebody imported under another address is later bound to that very account', async () => {
    const account = await create('nia.old')
    await cycle()
    await importing({ resolutions: [{ accountId: account, action: 'rename', email: 'nia.new@contoso.example' }] })
    const nia = await personOf('nia.new@contoso.example')
    const bound = await call().call('PUT /connections/{id}/bindings/{userId}', {
      params: { id: connection, userId: nia.id },
      body: {},
    })
    expect(bound.accountId).toBe(account)
  })
})

describe.sequential('the rule for new accounts', () => {
  test('S21: puts them before an administrator and does nothing by itself', async () => {
    const queue = async () =>
      await call().call('GET /connections/{id}/import-queue', { params: { id: connection }, query: { count: 'true' } })
    expect(await queue()).toMatchObject({ items: [], total: 0 })
    const group = (await world.tenant.act({
      act: 'create_group',
      body: { displayName: 'New', mailEnabled: false, mailNickname: 'new', securityEnabled: true },
    })) as { id: string }
    const [inside] = [await create('vera.in'), await create('vito.out')]
    await world.tenant.act({ act: 'add_member', group: group.id, user: inside })
    const rule = (autoImport: unknown) =>
      world.gateway.request('PATCH', `/api/v1/connections/${connection}`, JSON.stringify({ settings: { autoImport } }))
    expect((await rule({ domain: 'contoso.example', remoteGroup: group.id })).status).toBe(200)
    await cycle()
    expect((await queue()).items.map(({ userPrincipalName }) => userPrincipalName)).toEqual(['vera.in@contoso.example'])
    expect((await people()).some(({ email }) => email === 'vera.in@contoso.example')).toBe(false)
    const job = await importing({ accountIds: [inside], bind: true })
    expect(job.results).toMatchObject([{ result: 'imported' }])
    expect(await personOf('vera.in@contoso.example')).toMatchObject({ state: 'staged' })
    expect(await queue()).toMatchObject({ items: [], total: 0 })
    await rule({ domain: 'contoso.example' })
    expect((await queue()).items.map(({ userPrincipalName }) => userPrincipalName)).toContain(
      'vito.out@contoso.example',
    )
    await rule(null)
    expect(await queue()).toMatchObject({ items: [] })
  })
})

describe('the command line', () => {
  test('ends with 3 when an import is done in part', async () => {
    const account = await create('olga.cli')
    await cycle()
    const env = {
      LOCKSTEP_DATA: world.gateway.dataFolder,
      LOCKSTEP_URL: world.gateway.url,
      LOCKSTEP_TOKEN: world.gateway.token,
    }
    const { code, stdout } = await cli(['import', account, '99999999-9999-4999-8999-999999999999', '--json'], env)
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ total: 2, done: 1, failed: 1 })
  })
})
