import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { listEvents, verifyEvents } from '../store/events.ts'
import { tidyUp } from './housekeeping.ts'
import { type TestDirectory, testDirectory } from './testing.ts'

const dayMs = 86_400_000
let directory: TestDirectory
beforeEach(async () => {
  directory = await testDirectory()
})
afterEach(() => directory.close())

const happen = (count: number) =>
  directory.context.store.change(system, async (change) => {
    for (let n = 0; n < count; n++) change.event({ type: 'user_update', detail: String(n) })
  })
const verify = () => verifyEvents(directory.context.store.db)
const tidyAfter = async (days: number) => {
  await directory.runtime.advance(days * dayMs)
  await tidyUp(directory.context)
}

test('events are erased once they are older than they are kept, and the chain is whole from there on', async () => {
  await happen(7_000)
  const until = new Date(directory.runtime.now()).toISOString()
  await tidyAfter(399)
  await happen(3)
  expect(await verify()).toMatchObject({ ok: true, checked: 7_003, erased: null })
  await tidyAfter(2)
  const { items } = await listEvents(directory.context.store.db, { limit: 500 })
  expect(items.map(({ type }) => type)).toEqual(['events_erase', 'events_erase', ...Array(3).fill('user_update')])
  expect(await verify()).toMatchObject({ ok: true, checked: 5, erased: { count: 7_000, until } })
  await tidyAfter(401)
  await happen(1)
  expect(await verify()).toMatchObject({ ok: true, checked: 2, erased: { count: 7_005 } })
})

test('nothing is left of the events that were erased, in any file of the store', async () => {
  await directory.context.store.change(system, async (change) => {
    change.event({ type: 'user_update', detail: 'Somebody moved to Graz-Eggenberg' })
  })
  const isThere = () => directory.files().some((file) => file.includes('Graz-Eggenberg'))
  expect(isThere()).toBe(true)
  await tidyAfter(401)
  expect(isThere()).toBe(false)
})

test('an end that was cut off, and a start that nobody said was erased, are noticed', async () => {
  await happen(5)
  await tidyAfter(401)
  await happen(5)
  await tidyAfter(401)
  await happen(2)
  expect((await verify()).ok).toBe(true)
  await directory.context.store.change(system, async (change) => {
    change.quiet('test')
    const third = await change.trx.selectFrom('events').select(['seq', 'at', 'hash']).orderBy('seq').execute()
    const cut = third[0]
    await change.trx
      .deleteFrom('events')
      .where('seq', '<=', cut?.seq ?? 0)
      .execute()
    await change.trx
      .updateTable('settings')
      .set({ value: JSON.stringify(cut) })
      .where('key', '=', 'events_erased')
      .execute()
  })
  expect((await verify()).ok).toBe(false)
})
