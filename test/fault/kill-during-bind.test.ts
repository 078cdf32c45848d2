import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, jobDone, startWorld, until, type World } from '../support/world.ts'

let world: World
const people = 200
const passwordOf = (n: number) => `Quiet-${n}-Lantern-Orbit`

beforeAll(async () => {
  world = await startWorld({ users: people / 2, quota: 'off' })
}, 120_000)
afterAll(() => world.close())

/** Half of them have an account already, half are to be provisioned; each with a password that an admin has chosen. */
async function prepare(): Promise<{ ids: string[]; emails: string[] }> {
  const { users } = (await world.tenant.call('GET', '/state')) as {
    users: { userPrincipalName: string; userType: string }[]
  }
  const known = users
    .map((user) => user.userPrincipalName)
    .filter((name) => /^[a-z]+\.[a-z]+\d*@contoso\.example$/.test(name))
  const fresh = Array.from({ length: people - known.length }, (_, n) => `fresh.person${n}@contoso.example`)
  const emails = [...known, ...fresh]
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
  await until(
    'the first cycle',
    async () =>
      (await world.gateway.client.call('GET /connections/{id}', { params: { id: connection } })).lastCycle !== null,
  )
  const { ids, emails } = await prepare()
  await world.tenant.call('PUT', '/latency', { ms: 40 })
  const { job } = await world.gateway.client.call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { bind: ids, confirm: people, notify: false },
  })
  let kills = 0
  for (const at of [0.05, 0.4, 0.7]) {
    await until('some of the writes', async () => (await writes()) >= at * people * 1.5)
    await pause(kills * 7)
    await world.gateway.program.kill()
    kills += 1
    await world.restart()
  }
  expect(kills).toBe(3)
  await world.tenant.call('PUT', '/latency', { ms: 0 })
  expect(await jobDone(world, job)).toMatchObject({ state: 'done', total: people, done: people, failed: 0 })
  await until(
    'all in sync',
    async () =>
      (await world.gateway.client.call('GET /connections/{id}', { params: { id: connection } })).counts.inSync ===
      people,
  )

  const { users } = (await world.tenant.call('GET', '/state')) as {
    users: { id: string; displayName: string; userPrincipalName: string }[]
  }
  expect(users).toHaveLength(people + 3)
  const bound = await everyBinding(connection)
  expect(new Set(bound.map((binding) => binding.accountId)).size).toBe(people)
  for (const [n, email] of emails.entries()) {
    expect(await world.tenant.signIn(email, passwordOf(n)), email).toEqual({ ok: true, reason: null })
  }
  expect((await world.gateway.client.call('GET /events/verify', {})).ok).toBe(true)
})

const writes = async () =>
  (await world.tenant.log()).filter((entry) => entry.method !== 'GET' && entry.status < 300).length

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
