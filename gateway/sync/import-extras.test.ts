import type { ImportInput } from '@lockstep/shared/contract/connection'
import type { AccountId } from '@lockstep/shared/contract/ids'
import { afterEach, expect, test } from 'vitest'
import { type Actor, system } from '../domain/actor.ts'
import { TenantError } from '../graph/failure.ts'
import type { Tenant } from '../graph/tenant.ts'
import { findConnection } from '../store/connections.ts'
import { insertJob, putJobResults } from '../store/jobs.ts'
import { findPhoto } from '../store/photos.ts'
import { addManagers, addPhotos } from './import-extras.ts'
import type { JobRun } from './jobs.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

let sync: TestSync
afterEach(() => sync.close())

const idOf = (n: number) => `00000000-0000-4000-8000-00000000000${n}` as AccountId
const actor: Actor = system

/** A job that has imported one person for each account from 1 on. */
async function imported(tenant: Partial<Tenant>, names: string[]) {
  sync = await testSync(tenant)
  const { store } = sync.context
  const people: string[] = []
  for (const name of names) people.push(await sync.addPerson(name))
  await store.change(actor, async (change) => {
    change.quiet('test')
    const job = { id: 'j1', kind: 'import', connection_id: testConnection, actor: '{}' } as const
    await insertJob(change.trx, { ...job, input: '{}', total: names.length, created_at: 1 })
    for (const [n, userId] of people.entries()) {
      const accountId = idOf(n + 1)
      const link = { connection_id: testConnection, account_id: accountId, user_id: userId, job_id: 'j1', at: 1 }
      await change.trx.insertInto('import_links').values(link).execute()
      await putJobResults(change.trx, 'j1', [
        { item: accountId, ok: true, result: { accountId, userId, result: 'imported' } },
      ])
    }
  })
  const notes: string[] = []
  const run = {
    id: 'j1',
    actor,
    finished: new Set<string>(),
    note: async (sentence: string) => void notes.push(sentence),
    breathe: async () => undefined,
  } as unknown as JobRun
  const connection = await findConnection(store.db, testConnection)
  if (connection === undefined) throw new Error('no connection')
  return { run, connection, people, notes }
}

const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xfe, 0, 3, 65, 0xff, 0xda, 0, 2, 1, 0xff, 0xd9])

test('photos are kept without metadata; what is too large or no photo is counted', async () => {
  const photos = [jpeg, null, 'too_large', Uint8Array.from([1, 2, 3])] as const
  const given = await imported({ photoOf: async (id) => photos[Number(id.at(-1)) - 1] ?? null }, ['a', 'b', 'c', 'd'])
  await addPhotos(sync.context, given.run, given.connection)
  const found = await findPhoto(sync.context.store.db, given.people[0] ?? '')
  expect(found && [...found]).toEqual([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 0xff, 0xd9])
  expect(await findPhoto(sync.context.store.db, given.people[3] ?? '')).toBeUndefined()
  expect(given.notes).toEqual([
    'Photos that are larger than 4 MB and were left out: 1.',
    'Photos that are no readable JPEG and were left out: 1.',
  ])
})

test('a manager is whoever was imported from the account of the manager; what cannot be read is told', async () => {
  const pairs = async function* () {
    yield { accountId: idOf(1), managerId: idOf(2) }
    yield { accountId: idOf(2), managerId: idOf(2) }
    yield { accountId: idOf(3), managerId: idOf(9) }
  }
  const given = await imported({ managersOf: pairs }, ['a', 'b', 'c'])
  await addManagers(sync.context, given.run, given.connection, { accountIds: 'all' } as ImportInput)
  const rows = await sync.context.store.db.selectFrom('users').select(['id', 'manager_id']).orderBy('email').execute()
  expect(rows.map((row) => row.manager_id)).toEqual([given.people[1], null, null])
})

test('a tenant that is silent twice leaves people imported, and the job says what lacks', async () => {
  let asked = 0
  const failure = {
    kind: 'unavailable' as const,
    code: 'x',
    detail: 'Nobody answers.',
    remedy: '',
    requestId: null,
    retryAfterMs: null,
  }
  // biome-ignore lint/correctness/useYield: it fails before there is anything to yield.
  const silent = async function* () {
    asked += 1
    throw new TenantError(failure)
  }
  const given = await imported({ managersOf: silent as Tenant['managersOf'] }, ['a'])
  await addManagers(sync.context, given.run, given.connection, { accountIds: 'all' } as ImportInput)
  expect([asked, given.notes]).toEqual([2, ['Managers could not be read: Nobody answers.']])
})
