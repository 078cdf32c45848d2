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

test('a job tells what became of somebody whom a cycle had in hand only once that is known', async () => {
  const ana = await sync.addPerson('ana')
  const leave = await sync.context.gates.enter(gateKey(testConnection, ana))
  const told: ItemResult[] = []
  const ended = runBulk(
    sync.context,
    {
      id: 'job',
      input: { bind: [ana], dryRun: false, attributes: 'fill_empty', confirm: 1 },
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
  for (let turns = 0; turns < 50; turns += 1) await turn()
  expect(told).toEqual([])
  leave()
  await ended
  expect(told).toMatchObject([{ item: ana, ok: false, result: { error: { code: 'Request_BadRequest' } } }])
})
