import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { testRuntime } from '../domain/testing.ts'
import { listEvents, verifyEvents } from './events.ts'
import { openStore, type Store } from './store.ts'
import { testVault } from './testing.ts'
import { KeyMismatch } from './vault.ts'

let folder: string
let store: Store
const runtime = testRuntime()
const key = (fill: number) => testVault(fill, runtime)
const open = (vault = key(1)) => openStore({ url: `sqlite:${join(folder, 'lockstep.db')}`, runtime, vault })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-store-'))
  store = await open()
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const put = (value: string, event: boolean) =>
  store.change(system, async (change) => {
    await change.trx
      .insertInto('settings')
      .values({ key: 'k', value })
      .onConflict((c) => c.column('key').doUpdateSet({ value }))
      .execute()
    if (event) change.event({ type: 'settings_update', detail: value })
  })
const stored = async () =>
  (await store.db.selectFrom('settings').select('value').where('key', '=', 'k').executeTakeFirst())?.value

test('a change without an event is refused and leaves nothing behind', async () => {
  await expect(put('a', false)).rejects.toThrow('without an event')
  expect(await stored()).toBeUndefined()
  await put('b', true)
  expect(await stored()).toBe('b')
})

test('a change that touched nothing, or says why it is quiet, needs no event', async () => {
  await store.change(system, async ({ trx }) => {
    await trx.deleteFrom('settings').where('key', '=', 'none').execute()
  })
  await store.change(system, async (change) => {
    change.quiet('cache')
    await change.trx.insertInto('settings').values({ key: 'k', value: 'q' }).execute()
  })
  expect(await stored()).toBe('q')
})

test('a change that throws leaves neither its rows nor its event, and wakes nobody', async () => {
  const heard: string[] = []
  store.onEvent((event) => heard.push(event.type))
  store.onWake((id) => heard.push(id))
  const failing = store.change(system, async (change) => {
    await change.trx.insertInto('settings').values({ key: 'k', value: 'x' }).execute()
    change.event({ type: 'lost' })
    change.wake('c1', 'bulk')
    change.later(() => heard.push('later'))
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await stored()).toBeUndefined()
  expect((await listEvents(store.db, { limit: 10 })).items).toEqual([])
  expect(heard).toEqual([])
})

test('listeners hear of a change once it is committed, each lane once', async () => {
  const heard: unknown[] = []
  store.onEvent((event) => heard.push(event.type))
  store.onWake((id, lane) => heard.push([id, lane]))
  await store.change(system, async (change) => {
    change.event({ type: 'one' })
    change.event({ type: 'two' })
    change.wake('c1', 'interactive')
    change.wake('c1', 'interactive')
    change.later(() => heard.push('later'))
  })
  expect(heard).toEqual(['one', 'two', ['c1', 'interactive'], 'later'])
})

test('reading past a change from inside it, or nesting changes, fails at once', async () => {
  const reading = store.change(system, () => store.db.selectFrom('settings').selectAll().execute())
  await expect(reading).rejects.toThrow('change.trx')
  const nested = store.change(system, () => store.change(system, async () => {}))
  await expect(nested).rejects.toThrow('inside another')
})

test('nothing can be written around a change', async () => {
  await expect(store.db.insertInto('settings').values({ key: 'k', value: 'x' }).execute()).rejects.toThrow('readonly')
})

test('a hundred changes at once make a chain without a gap', async () => {
  await Promise.all(Array.from({ length: 100 }, (_, n) => put(String(n), true)))
  expect(await verifyEvents(store.db)).toMatchObject({ ok: true, checked: 100 })
})

const tampering: [string, string][] = [
  ['edited', `update events set detail = 'other' where seq = 3`],
  ['edited beyond reading', `update events set changes = '{' where seq = 3`],
  ['deleted', `delete from events where seq = 3`],
  [
    'swapped',
    `update events set seq = seq + 100 where seq in (3, 4); update events set seq = 107 - seq where seq > 100`,
  ],
  ['cut off at the end', `delete from events where seq >= 5`],
]
test.each(tampering)('an event that was %s is found', async (_, sql) => {
  for (let n = 0; n < 6; n++) await put(String(n), true)
  expect((await verifyEvents(store.db)).ok).toBe(true)
  const raw = new SqliteDatabase(join(folder, 'lockstep.db'))
  raw.exec(sql)
  raw.close()
  expect((await verifyEvents(store.db)).ok).toBe(false)
})

test('events come newest first, page by page, by every filter', async () => {
  for (let n = 0; n < 25; n++) {
    await store.change(system, async (change) => {
      change.event({ type: n % 2 ? 'odd' : 'even', user: `u${n % 5}`, outcome: n === 7 ? 'failure' : 'success' })
    })
  }
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listEvents(store.db, { limit: 7, cursor, count: 'true' })
    expect(page.total).toBe(25)
    seen.push(...page.items.map((event) => event.id))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(new Set(seen).size).toBe(25)
  expect((await listEvents(store.db, { limit: 50, type: 'odd' })).items).toHaveLength(12)
  expect((await listEvents(store.db, { limit: 50, user: 'u2', outcome: 'failure' })).items).toHaveLength(1)
  await expect(listEvents(store.db, { limit: 1, cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'validation_failed',
  })
})

test('another instance key is noticed when the store is opened', async () => {
  await store.close()
  await expect(open(key(2))).rejects.toBeInstanceOf(KeyMismatch)
  store = await open()
})

test('only the owner may read the files', async () => {
  await put('a', true)
  for (const name of ['lockstep.db', 'lockstep.db-wal', 'lockstep.db-shm'])
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
})
