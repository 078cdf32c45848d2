import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { runBulk } from './bulk.ts'
import { gateKey } from './gates.ts'
import type { ItemResult } from './jobs.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

const refusal = {
  kind: 'refused',
  code: 'Request_BadRequest',
  detail: 'Microsoft 365 refused it.',
  remedy: 'Mend it.',
  requestId: null,
  retryAfterMs: null,
} as const

let sync: TestSync
beforeEach(async () => {
  // A tenant without accounts that refuses every write.
  sync = await testSync({
    find: async () => [],
    protectedAccounts: async () => new Map(),
    async writeAll(writes, _, tell) {
      for (const index of writes.keys()) await tell(index, { kind: 'failed', failure: refusal })
    },
  })
})
afterEach(() => sync.close())

const bind = (people: string[], more: { notify?: boolean }, told: ItemResult[] = []) =>
  runBulk(
    sync.context,
    {
      id: 'job',
      input: { bind: people, dryRun: false, attributes: 'fill_empty', confirm: people.length, ...more },
      actor: system,
      finished: new Set(),
      total: async () => undefined,
      report: async (results) => void told.push(...results),
      record: async () => undefined,
      note: async () => undefined,
      breathe: async () => undefined,
    },
    testConnection,
  )

test('S47: a thousand people who are bound in silence get no mail; the next three get one each', async () => {
  const mailed: string[] = []
  sync.context.tell = async (_, userId, { kind }) => void mailed.push(`${kind} ${userId}`)
  const people: string[] = []
  for (let n = 0; n < 1_003; n++) people.push(await sync.addPerson(`person${n}`))
  await bind(people.slice(0, 1_000), { notify: false })
  expect(mailed).toEqual([])
  await bind(people.slice(1_000), {})
  expect(mailed).toEqual(people.slice(1_000).map((id) => `bound ${id}`))
}, 60_000)

test('a job tells what became of somebody whom a cycle had in hand only once that is known', async () => {
  const ana = await sync.addPerson('ana')
  const leave = await sync.context.gates.enter(gateKey(testConnection, ana))
  const told: ItemResult[] = []
  const ended = bind([ana], {}, told)
  for (let turns = 0; turns < 50; turns += 1) await turn()
  expect(told).toEqual([])
  leave()
  await ended
  expect(told).toMatchObject([{ item: ana, ok: false, result: { error: { code: 'Request_BadRequest' } } }])
})
