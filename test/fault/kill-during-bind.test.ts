import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, jobDone, startWorld, until, type World } from '../support/world.ts'

let world: World
const people = 200
const passwordOf = (n: number) => `Quiet-${n}-Lantern-Orbit`

beforeAll(async () => {
  world = await startWorld({ users: people / 2, quota: 'off' })
}, 120_000)
afterAll(() => world.close())

/** Half of them have an account already, half are to be provisioned, in turn; for each an admin has chosen a password. */
async function prepare(): Promise<{ ids: string[]; emails: string[] }> {
  const known = (await accounts())
    .map((user) => user.userPrincipalName)
    .filter((name) => /^[a-z]+\.[a-z]+\d*@contoso\.example$/.test(name))
  expect(known).toHaveLength(people / 2)
  const emails = known.flatMap((email, n) => [email, `fresh.person${n}@contoso.example`])
  const ids: string[] = []
  for (const [n, email] of emails.entries()) {
    const body = { email, displayName: `Person ${n}`, initialPassword: passwordOf(n), sendMail: false }
    ids.push((await world.gateway.client.call('POST /users', { body })).id)
  }
  return { ids, emails }
}

test('kill -9 in the middle of binding 200 people: all bound once, no account twice, every password right', {
  timeout: 240_000,
}, async () => {
  const connection = await connect(world)
  const now = () => world.gateway.client.call('GET /connections/{id}', { params: { id: connection } })
  await until('the first cycle', async () => (await now()).lastCycle !== null)
  const { ids, emails } = await prepare()
  // The tenant goes through a batch slowly, and to its end although nobody is there any more to hear what became of it.
  await world.tenant.call('POST', '/faults', { match: { path: '^/users' }, times: 100_000, delayMs: 30 })
  const { job } = await world.gateway.client.call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { bind: ids, confirm: people, notify: false },
  })
  for (const _ of ['first', 'second', 'third']) {
    const before = (await writes()).length
    await until('some more of the writes', async () => (await writes()).length >= before + 10)
    expect((await world.gateway.client.call('GET /jobs/{id}', { params: { id: job.id } })).state).toBe('running')
    await world.gateway.program.kill()
    await world.restart()
  }
  await world.tenant.call('DELETE', '/faults')
  expect(await jobDone(world, job)).toMatchObject({ state: 'done', total: people, done: people, failed: 0 })
  await until('all in sync', async () => (await now()).counts.inSync === people)

  // The control: answers were lost indeed, of both kinds of writes.
  const recorded = await eventIds()
  const lost = (await writes()).filter((entry) => !recorded.has(entry.clientRequestId ?? ''))
  expect(new Set(lost.map((entry) => entry.method))).toEqual(new Set(['POST', 'PATCH']))

  expect(await accounts()).toHaveLength(people + 3)
  expect((await writes()).filter((entry) => entry.method === 'POST')).toHaveLength(people / 2)
  const bound = await everyBinding(connection)
  expect(bound).toHaveLength(people)
  expect(new Set(bound.map((binding) => binding.accountId)).size).toBe(people)
  for (const [n, email] of emails.entries()) {
    expect(await world.tenant.signIn(email, passwordOf(n)), email).toEqual({ ok: true, reason: null })
  }
  expect((await world.gateway.client.call('GET /events/verify', {})).ok).toBe(true)
})

async function accounts(): Promise<{ userPrincipalName: string }[]> {
  return ((await world.tenant.call('GET', '/state')) as { users: { userPrincipalName: string }[] }).users
}

/** What the tenant has done to accounts, told from its own log; the mark of the gateway is a group. */
const writes = async () =>
  (await world.tenant.log()).filter(
    (entry) => entry.method !== 'GET' && entry.status < 300 && !entry.path.startsWith('/groups'),
  )

async function eventIds(): Promise<Set<string>> {
  const ids = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await world.gateway.client.call('GET /events', {
      query: { limit: 500, ...(cursor !== undefined && { cursor }) },
    })
    for (const event of page.items) ids.add(event.id)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return ids
}

async function everyBinding(connection: string): Promise<{ accountId: string | null }[]> {
  const all: { accountId: string | null }[] = []
  let cursor: string | undefined
  do {
    const page = await world.gateway.client.call('GET /connections/{id}/bindings', {
      params: { id: connection },
      query: { limit: 100, ...(cursor !== undefined && { cursor }) },
    })
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return all
}
