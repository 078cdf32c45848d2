import type { AccountId } from '@lockstep/shared/contract/ids'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { testAccount } from '../domain/testing.ts'
import type { ObservedPage, Tenant } from '../graph/tenant.ts'
import { merge } from '../graph/wire.ts'
import { findAccounts } from '../store/accounts.ts'
import { intendBlock } from '../store/blocks.ts'
import { updateConnection } from '../store/connections.ts'
import { observe } from './observe.ts'
import { requireConnection } from './require-connection.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

const idOf = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000` as AccountId
const everybody = Array.from({ length: 10 }, (_, n) => idOf(n))

const account = (id: AccountId) =>
  testAccount({ id, userPrincipalName: `${id}@contoso.example`, enabled: !disabled.has(id) })

let sync: TestSync
/** What the next reads show, one after the other; from the beginning or from a link alike. */
let reads: { shown: readonly AccountId[]; removed?: readonly AccountId[] }[]
let existing: Set<AccountId>
let disabled: Set<AccountId>
let readsInFull: number
let askedById: AccountId[]

const tenant = {
  merge,
  async *observe(link: string | null): AsyncGenerator<ObservedPage> {
    if (link === null) readsInFull += 1
    const { shown, removed = [] } = reads.shift() ?? { shown: [] }
    yield {
      kind: 'page',
      accounts: shown.map((id) => ({ ...account(id), first: true as const })),
      removed: removed.map((id) => ({ id, reason: 'changed' })),
      deltaLink: 'next',
    }
  },
  async readAccounts(ids: readonly AccountId[]) {
    askedById.push(...ids)
    return new Map(ids.filter((id) => existing.has(id)).map((id) => [id, account(id)]))
  },
} as unknown as Tenant

beforeEach(async () => {
  sync = await testSync(tenant)
  existing = new Set(everybody)
  disabled = new Set()
  readsInFull = 0
  askedById = []
  reads = [{ shown: everybody }]
  await read()
})
afterEach(() => sync.close())

async function read(): Promise<AccountId[]> {
  const { context } = sync
  await observe(context, await requireConnection(context, testConnection), tenant)
  const stored = await findAccounts(context.store.db, testConnection, everybody)
  return everybody.filter((id) => stored.get(id)?.deletedAt === null)
}

async function laterInFull(): Promise<void> {
  await sync.runtime.advance(60_000)
  await sync.context.store.change(system, async (change) => {
    change.quiet('test')
    await updateConnection(change.trx, testConnection, { full_read_at: null })
  })
}

test('an empty read has no consequence: everything is read again', async () => {
  await laterInFull()
  reads = [{ shown: [] }, { shown: everybody }]
  expect(await read()).toEqual(everybody)
  expect(readsInFull).toBe(3)
  expect(askedById).toEqual([])
})

test('a read that stays empty has no consequence either, for each account is asked for by its id', async () => {
  await laterInFull()
  reads = [{ shown: [] }, { shown: [] }]
  expect(await read()).toEqual(everybody)
  expect(askedById).toHaveLength(10)
})

test('a delta that removes many leads to a read in full before it is believed', async () => {
  reads = [{ shown: [], removed: everybody.slice(0, 4) }, { shown: everybody }]
  expect(await read()).toEqual(everybody)
  expect(readsInFull).toBe(2)
})

test('those who are gone indeed are gone, few at once or many', async () => {
  existing.delete(idOf(0))
  reads = [{ shown: [], removed: [idOf(0)] }]
  expect(await read()).toEqual(everybody.slice(1))
  for (const id of everybody.slice(1, 6)) existing.delete(id)
  await laterInFull()
  reads = [{ shown: everybody.slice(6) }, { shown: everybody.slice(6) }]
  expect(await read()).toEqual(everybody.slice(6))
})

async function blockWithoutAnswer(id: AccountId): Promise<void> {
  await sync.context.store.change(system, async (change) => {
    change.quiet('test')
    await intendBlock(change.trx, testConnection, id, 'suspended', change.now)
  })
}

async function blockedBy(id: AccountId) {
  reads = [{ shown: everybody }]
  await read()
  const found = (await findAccounts(sync.context.store.db, testConnection, [id])).get(id)
  return { blockedBy: found?.blockedBy, revokeDue: found?.revokeDue }
}

test('an account that is found blocked after an answer of ours was lost was blocked by us', async () => {
  await blockWithoutAnswer(idOf(0))
  await sync.runtime.advance(60_000)
  disabled.add(idOf(0))
  expect(await blockedBy(idOf(0))).toEqual({ blockedBy: 'suspended', revokeDue: true })
  await sync.runtime.advance(3_600_000)
  expect(await blockedBy(idOf(0))).toEqual({ blockedBy: 'suspended', revokeDue: true })
})

test('a block of ours that never arrived does not make ours what somebody else blocks later', async () => {
  await blockWithoutAnswer(idOf(0))
  await sync.runtime.advance(600_000)
  expect(await blockedBy(idOf(0))).toEqual({ blockedBy: null, revokeDue: false })
  disabled.add(idOf(0))
  expect(await blockedBy(idOf(0))).toEqual({ blockedBy: null, revokeDue: false })
})
