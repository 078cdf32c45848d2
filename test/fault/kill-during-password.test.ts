import { createHasher } from '@lockstep/gateway/directory/hasher'
import { Secret } from '@lockstep/gateway/domain/secret'
import { openInstance } from '@lockstep/gateway/instance'
import { findCredential, openHash } from '@lockstep/gateway/store/credentials'
import { systemRuntime } from '@lockstep/gateway/system-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, startWorld, until, type World } from '../support/world.ts'

/*
 * The gateway is killed at each step of a password's way, while one person for each way in and each answer of the tenant is
 * on it. Afterwards both sides have the same password, or the binding says which of them has the newer one.
 */

const ways = ['changes', 'signs_in', 'is_set'] as const
const answers = ['accepts', 'refuses', 'times_out', 'accepts_unheard'] as const
type Way = (typeof ways)[number]
type Answer = (typeof answers)[number]

type Person = { way: Way; answer: Answer; id: string; email: string; accountId: string; cookie: string; now: string }

let world: World
let connection: string
const people: Person[] = []

beforeAll(async () => {
  world = await startWorld({ users: 4, quota: 'off' })
  connection = await connect(world)
  for (const way of ways)
    for (const answer of answers) {
      const email = `${way}.${answer}@contoso.example`.replaceAll('_', '-')
      const now = 'Amber-Valley-Begins-1'
      const body = { email, displayName: 'Some Body', initialPassword: now, sendMail: false }
      const { id } = await world.gateway.client.call('POST /users', { body })
      people.push({ way, answer, id, email, accountId: '', cookie: '', now })
    }
  const { job } = await world.gateway.client.call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { bind: people.map(({ id }) => id), confirm: people.length, notify: false },
  })
  const state = async () => (await world.gateway.client.call('GET /jobs/{id}', { params: { id: job.id } })).state
  await until('everybody is bound', async () => (await state()) === 'done')
  for (const person of people) person.accountId = (await binding(person)).accountId ?? ''
}, 120_000)
afterAll(() => world.close())

const binding = ({ id }: Person) =>
  world.gateway.client.call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId: id } })
const send = (method: string, path: string, body: unknown, cookie = '') =>
  fetch(world.gateway.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(cookie !== '' && { cookie, origin: world.gateway.url }) },
    body: JSON.stringify(body),
  })
const signIn = ({ email, now }: Person) => send('POST', '/api/v1/session', { email, password: now })
const control = (method: string, path: string, body?: unknown) => world.tenant.call(method, path, body)

/** One that the tenant bans, where it is to refuse. */
const passwordOf = ({ answer }: Person, round: number) =>
  answer === 'refuses' ? `Trombone-trombone${round}` : `Amber-Valley-Goes-On-${round}`

/** Whoever signs in has a password that the tenant has not: set while nothing was sent, and then held back. */
async function holdBack(person: Person, password: string): Promise<void> {
  const params = { id: person.id }
  await world.gateway.client.call('PUT /users/{id}/password', { params, body: { password } })
  await world.gateway.client.call('POST /users/{id}/suspend', { params })
  await world.gateway.client.call('POST /users/{id}/resume', { params })
  person.now = password
}

/** A change that a kill has cut off ends the sessions, also the one that it began in. */
async function openSession(person: Person): Promise<void> {
  person.cookie = (await signIn(person)).headers.get('set-cookie')?.split(';')[0] ?? ''
}

/** Sets out with everybody's password at once; what each was told, or undefined for those whose line went dead. */
function setOut(round: number): Promise<Told[]> {
  return Promise.all(
    people.map(async (person) => {
      const password = passwordOf(person, round)
      try {
        return { person, password, ...(await toldBy(await go(person, password))) }
      } catch {
        return { person, password, result: undefined }
      }
    }),
  )
}

type Told = { person: Person; password: string; result: string | undefined }

function go(person: Person, password: string): Promise<Response> {
  if (person.way === 'signs_in') return signIn(person)
  if (person.way === 'changes') {
    const body = { currentPassword: person.now, newPassword: password }
    return send('PUT', '/api/v1/me/password', body, person.cookie)
  }
  return fetch(`${world.gateway.url}/api/v1/users/${person.id}/password`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.gateway.token}` },
    body: JSON.stringify({ password }),
  })
}

async function toldBy(response: Response): Promise<{ result: string }> {
  const body = (await response.json()) as { code?: string; sync?: { password: string }[] }
  return { result: body.code ?? body.sync?.[0]?.password ?? 'nothing' }
}

type Hold = 'before' | 'after' | null

/** What the tenant does with the next password of each, and where it stops meanwhile. */
async function prepare(hold: Hold): Promise<void> {
  for (const { accountId, answer } of people) {
    const drop = { times_out: { dropBefore: true }, accepts_unheard: { dropAfter: true }, accepts: {}, refuses: {} }
    const fault = { ...drop[answer], ...(hold !== null && { hold: answer === 'times_out' ? 'before' : hold }) }
    if (Object.keys(fault).length === 0) continue
    await control('POST', '/faults', { match: { method: 'PATCH', path: `^/users/${accountId}$` }, times: 1, ...fault })
  }
}
const held = async () => ((await control('GET', '/held')) as { held: number }).held

/** Which of a person's passwords each side has. */
async function sidesOf(person: Person, password: string): Promise<{ here: string[]; there: string[] }> {
  const open = await openInstance(world.gateway.dataFolder, {}, systemRuntime)
  const hasher = createHasher()
  try {
    const credential = await findCredential(open.store.db, person.id)
    const phc = credential === undefined ? undefined : openHash(open.vault, credential)
    const both = [...new Set([person.now, password])]
    const here: string[] = []
    const there: string[] = []
    for (const one of both) {
      if (await hasher.verify(phc, new Secret(one))) here.push(one)
      if ((await world.tenant.signIn(person.email, one)).ok) there.push(one)
    }
    return { here, there }
  } finally {
    await open.close()
  }
}

const settled = new Set(['in_sync', 'rejected', 'awaiting_login'])

/** Both sides, what the binding says of them, and that nobody was told anything false. */
async function expectTruth(told: readonly Told[], round: number): Promise<void> {
  for (const { person, password, result } of told) {
    const name = `round ${round}: ${person.way}, the tenant ${person.answer}, told ${result}`
    await until(`${name}: it is settled`, async () => settled.has((await binding(person)).password.state))
    const { state, version } = (await binding(person)).password
    const { here, there } = await sidesOf(person, password)
    expect(here, name).toHaveLength(1)
    if (state === 'in_sync') expect(there, `${name}: in sync`).toEqual(here)
    else expect({ name, there, version }).not.toMatchObject({ there: here })
    if (person.answer === 'refuses') expect(there, name).not.toContain(password)
    // A sign-in that was cut off before it was anything is still awaited; all else has arrived.
    else if (person.way === 'signs_in' && result === undefined)
      expect(['in_sync', 'awaiting_login'], name).toContain(state)
    else expect({ name, state }).toEqual({ name, state: 'in_sync' })
    if (result === 'updated') expect(there, name).toEqual([password])
    if (result === 'password_refused_by_tenant') expect(here, name).toEqual([person.now])
    if (person.way !== 'signs_in') person.now = here[0] ?? ''
  }
}

async function getReady(round: number): Promise<void> {
  await world.gateway.client.call('POST /connections/{id}/pause', { params: { id: connection } })
  for (const person of people) {
    if (person.way === 'signs_in') await holdBack(person, passwordOf(person, round))
    if (person.way === 'changes') await openSession(person)
  }
  await world.gateway.client.call('POST /connections/{id}/resume', { params: { id: connection } })
  for (const person of people)
    await until('nothing is left to do', async () => ['in_sync', 'failed'].includes((await binding(person)).state))
}

async function afterTheKill(): Promise<void> {
  await world.gateway.program.kill()
  await control('POST', '/release')
  await world.restart()
  await control('DELETE', '/faults')
  await control('POST', '/release')
}

describe('a kill', () => {
  test.each([
    ['while the tenant has not taken it yet', 1, 'before'],
    ['once the tenant has taken it and before its answer is heard', 2, 'after'],
  ] as const)(
    '%s',
    async (_, round, hold) => {
      await getReady(round)
      await prepare(hold)
      const told = setOut(round)
      await until('everybody is held', async () => (await held()) === people.length)
      await world.gateway.program.kill()
      const early = await told
      expect(new Set(early.map(({ result }) => result))).toEqual(new Set([undefined]))
      await afterTheKill()
      await expectTruth(early, round)
    },
    60_000,
  )

  test('before anything has left: a change did not take place', async () => {
    await getReady(3)
    // A gateway that begins asks first whose the tenant is; until it knows, nothing leaves.
    await control('POST', '/faults', { match: { method: 'GET', path: '^/groups' }, times: 1_000, hold: 'before' })
    await world.gateway.program.kill()
    await world.restart()
    const told = await setOut(3)
    expect(new Set(told.map(({ result }) => result))).toEqual(new Set(['pending']))
    await afterTheKill()
    await expectTruth(told, 3)
  }, 60_000)

  test('while answers arrive', async () => {
    await getReady(4)
    await prepare(null)
    const from = (await world.tenant.log()).length
    const told = setOut(4)
    const writes = async () => (await world.tenant.log()).slice(from).filter(({ method }) => method === 'PATCH')
    await until('some have answered', async () => (await writes()).length >= 3)
    await world.gateway.program.kill()
    const early = await told
    await afterTheKill()
    await expectTruth(early, 4)
  }, 60_000)

  test('as soon as everybody was told', async () => {
    await getReady(5)
    await prepare(null)
    const told = await setOut(5)
    await afterTheKill()
    await expectTruth(told, 5)
    const results = told.map(({ person, result }) => `${person.way} ${person.answer} ${result}`)
    expect(results).toContain('changes accepts updated')
    expect(results).toContain('changes refuses password_refused_by_tenant')
    expect((await world.gateway.client.call('GET /events/verify', {})).ok).toBe(true)
  }, 60_000)
})
