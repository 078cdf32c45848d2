import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tidyUp } from '@lockstep/gateway/directory/housekeeping'
import { system } from '@lockstep/gateway/domain/actor'
import { pendingLifeMs } from '@lockstep/gateway/store/pending-passwords'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { until } from '../support/world.ts'

let world: Here
let connection: string
const people: string[] = []
let sealedAtFirst: string[]

/** As many as it takes for the rows to fill several pages, which are then merged as rows go. */
const count = 40

beforeAll(async () => {
  world = await startHere()
  const { tenantId, clientId, clientSecret, graph, login } = world.tenant
  const settings = { mode: 'apply' } as const
  const body = { name: 'Contoso', tenantId, clientId, clientSecret, cloud: { graph, login }, settings }
  connection = (await world.client.call('POST /connections', { body })).id
  for (let n = 0; n < count; n++) {
    const body = { email: `person${n}@contoso.example`, displayName: `Person ${n}`, sendMail: false }
    people.push((await world.client.call('POST /users', { body })).id)
  }
  const { job } = await world.client.call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { bind: people, confirm: count, notify: false },
  })
  const isDone = async () => (await world.client.call('GET /jobs/{id}', { params: { id: job.id } })).state === 'done'
  await until('everybody is bound', isDone)
  await world.client.call('POST /connections/{id}/pause', { params: { id: connection } })
  for (const id of people) await setPassword(id, 1)
  sealedAtFirst = (await rows()).map(({ sealed }) => sealed)
}, 120_000)
afterAll(() => world.close())

const setPassword = (id: string, n: number) =>
  world.client.call('PUT /users/{id}/password', {
    params: { id },
    body: { password: `Copper-Lantern-${people.indexOf(id)}-${n}` },
  })
const rows = () => world.context.store.db.selectFrom('pending_passwords').selectAll().execute()
const sealedOf = async (id: string) => (await rows()).filter((row) => row.user_id === id).map(({ sealed }) => sealed)

/** Whether the bytes are in one of the files of the store. */
function isSomewhere(sealed: string): boolean {
  const folder = dirname(world.storeLog)
  const files = readdirSync(folder).filter((name) => name.startsWith('lockstep.db'))
  expect(files).toEqual(['lockstep.db', 'lockstep.db-shm', 'lockstep.db-wal'])
  return files.some((name) => readFileSync(join(folder, name)).includes(sealed))
}

const ways: Record<string, (id: string) => Promise<unknown>> = {
  replaced: (id) => setPassword(id, 2),
  unbound: (id) =>
    world.client.call('DELETE /connections/{id}/bindings/{userId}', {
      params: { id: connection, userId: id },
      query: { account: 'keep' },
    }),
  'let go blocked': (id) =>
    world.client.call('DELETE /connections/{id}/bindings/{userId}', { params: { id: connection, userId: id } }),
  suspended: (id) => world.client.call('POST /users/{id}/suspend', { params: { id } }),
  deleted: (id) => world.client.call('DELETE /users/{id}', { params: { id }, query: { accounts: 'keep' } }),
  'older than 72 h': (id) =>
    world.context.store.change(system, async (change) => {
      change.quiet('time passes')
      const created_at = change.now - pendingLifeMs - 1
      await change.trx.updateTable('pending_passwords').set({ created_at }).where('user_id', '=', id).execute()
    }),
  'delivered and confirmed': async (id) => {
    await world.client.call('POST /connections/{id}/resume', { params: { id: connection } })
    const params = { id: connection, userId: id }
    const binding = () => world.client.call('GET /connections/{id}/bindings/{userId}', { params })
    await until('the password has arrived', async () => (await binding()).password.state === 'in_sync')
  },
}

test.each(Object.keys(ways))('nothing is left in any file of a sealed password that was %s', async (way) => {
  const id = people[Object.keys(ways).indexOf(way)] ?? ''
  const [sealed = ''] = await sealedOf(id)
  const [other = ''] = await sealedOf(people.at(-1) ?? '')
  expect(isSomewhere(sealed)).toBe(true)
  await ways[way]?.(id)
  await tidyUp(world.context)
  expect(await sealedOf(id)).not.toContain(sealed)
  expect(isSomewhere(sealed)).toBe(false)
  // The control: what waits still can be found.
  if (way !== 'delivered and confirmed') expect(isSomewhere(other)).toBe(true)
})

test('nor of any other, once all have arrived', async () => {
  await until('nothing waits', async () => (await rows()).length === 0)
  await tidyUp(world.context)
  expect(sealedAtFirst).toHaveLength(count)
  expect(sealedAtFirst.filter(isSomewhere)).toEqual([])
})

test('a jump of the clock back does not make a password live longer', async () => {
  await world.client.call('POST /connections/{id}/pause', { params: { id: connection } })
  const id = people.at(-1) ?? ''
  await setPassword(id, 3)
  const { store } = world.context
  const inAYear = Date.now() + 365 * 86_400_000
  await store.change(system, async (change) => {
    change.quiet('the clock was wrong')
    await change.trx.updateTable('pending_passwords').set({ created_at: inAYear }).where('user_id', '=', id).execute()
  })
  await tidyUp(world.context)
  const [row] = (await rows()).filter((row) => row.user_id === id)
  expect(row?.created_at).toBeLessThanOrEqual(Date.now())
})

test('sealed passwords that were exchanged reach nobody: both wait for a sign-in, and an event tells of each', async () => {
  const [ana = '', ben = ''] = people.slice(-2)
  await setPassword(ana, 4)
  await setPassword(ben, 4)
  const [[anas = ''], [bens = '']] = [await sealedOf(ana), await sealedOf(ben)]
  await world.context.store.change(system, async (change) => {
    change.quiet('somebody writes to the database')
    const put = (id: string, sealed: string) =>
      change.trx.updateTable('pending_passwords').set({ sealed }).where('user_id', '=', id).execute()
    await put(ana, bens)
    await put(ben, anas)
  })
  const sent = () => world.tenant.state.audits.filter(({ activity }) => activity === 'Reset password').length
  const before = sent()
  expect(before).toBeGreaterThan(0)
  await world.client.call('POST /connections/{id}/resume', { params: { id: connection } })
  for (const id of [ana, ben]) {
    const params = { id: connection, userId: id }
    const state = async () =>
      (await world.client.call('GET /connections/{id}/bindings/{userId}', { params })).password.state
    await until('the seal is refused', async () => (await state()) === 'awaiting_login')
    const { items } = await world.client.call('GET /events', { query: { type: 'password_seal_rejected', user: id } })
    expect(items).toHaveLength(1)
  }
  expect(await rows()).toEqual([])
  expect(sent()).toBe(before)
})
