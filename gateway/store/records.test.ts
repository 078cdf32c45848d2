import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { testRuntime } from '../domain/testing.ts'
import { beginIdempotent, dropIdempotent, expireIdempotent, finishIdempotent } from './idempotency.ts'
import { findJob, finishedItems, insertJob, markRunning, presentJob, putJobResults, unfinishedJobs } from './jobs.ts'
import { acquireLease, holdsLease, releaseLease, renewLease } from './leases.ts'
import { deleteEndedEntries, OauthEntries } from './oauth-entries.ts'
import { putSetting } from './settings.ts'
import { type Change, openStore, type Store } from './store.ts'

let folder: string
let store: Store
const runtime = testRuntime()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-records-'))
  store = await openStore({ url: `sqlite:${join(folder, 'lockstep.db')}`, runtime })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const quietly = <T>(run: (trx: Change['trx']) => Promise<T>) =>
  store.change(system, async (change) => {
    change.quiet('test')
    return await run(change.trx)
  })

test('one owner holds a lease; who lost it cannot renew it nor record under it', async () => {
  const take = (owner: string, now: number) =>
    quietly((trx) => acquireLease(trx, { name: 'c1', owner, now, untilAt: now + 100 }))
  const first = await take('a', 0)
  expect(first).toMatchObject({ epoch: 1 })
  expect(await take('b', 50)).toBeUndefined()
  const second = await take('b', 101)
  expect(second).toMatchObject({ owner: 'b', epoch: 2 })
  if (first === undefined || second === undefined) throw new Error('no lease')
  expect(await quietly((trx) => renewLease(trx, first, 500))).toBe(false)
  expect(await holdsLease(store.db, first)).toBe(false)
  expect(await quietly((trx) => renewLease(trx, second, 500))).toBe(true)
  await quietly((trx) => releaseLease(trx, second))
  expect(await take('a', 110)).toMatchObject({ owner: 'a', epoch: 3 })
})

test('a job goes on where it was; an item that is repeated counts once', async () => {
  await quietly((trx) =>
    insertJob(trx, { id: 'j1', kind: 'bulk', connection_id: 'c1', actor: '{}', input: '{}', total: 3, created_at: 1 }),
  )
  await quietly((trx) => markRunning(trx, 'j1', 1_000))
  const results = [
    { item: 'u1', ok: true, result: { userId: 'u1' } },
    { item: 'u2', ok: false, result: { userId: 'u2' } },
  ]
  await quietly((trx) => putJobResults(trx, 'j1', results))
  await quietly((trx) => putJobResults(trx, 'j1', results))
  expect((await unfinishedJobs(store.db)).map((job) => job.id)).toEqual(['j1'])
  expect(await finishedItems(store.db, 'j1')).toEqual(new Set(['u1', 'u2']))
  const row = await findJob(store.db, 'j1')
  if (row === undefined) throw new Error('no job')
  expect(await presentJob(store.db, row, 3_000)).toMatchObject({ done: 1, failed: 1, etaSeconds: 1, perSecond: 1 })
})

test('the time that a gateway stood still is no part of how long a job takes', async () => {
  await quietly((trx) =>
    insertJob(trx, { id: 'j2', kind: 'bulk', connection_id: 'c1', actor: '{}', input: '{}', total: 4, created_at: 1 }),
  )
  const result = (item: string) => [{ item, ok: true, result: {} }]
  const shown = async (now: number) => {
    const row = await findJob(store.db, 'j2')
    return row && (await presentJob(store.db, row, now))
  }
  await quietly((trx) => markRunning(trx, 'j2', 1_000))
  await quietly((trx) => putJobResults(trx, 'j2', result('a')))
  expect(await shown(2_000)).toMatchObject({ etaSeconds: 3 })
  await quietly((trx) => markRunning(trx, 'j2', 900_000))
  expect(await shown(900_500)).toMatchObject({ etaSeconds: null, perSecond: null })
  await quietly((trx) => putJobResults(trx, 'j2', result('b')))
  expect(await shown(901_000)).toMatchObject({ etaSeconds: 2, perSecond: 1, startedAt: new Date(1_000).toISOString() })
})

test('a key answers the same for a day, and only for the same request', async () => {
  const begin = (fingerprint: string, now = 0) =>
    quietly((trx) => beginIdempotent(trx, { scope: 's', key: 'k', fingerprint, now }))
  expect(await begin('f')).toEqual({ kind: 'new' })
  expect(await begin('f')).toEqual({ kind: 'in_flight' })
  await quietly((trx) => finishIdempotent(trx, { scope: 's', key: 'k', status: 201, answer: '{}' }))
  expect(await begin('f')).toEqual({ kind: 'answered', status: 201, answer: '{}' })
  expect(await begin('g')).toEqual({ kind: 'other_request' })
  expect(await begin('g', 86_400_001)).toEqual({ kind: 'new' })
  await quietly((trx) => dropIdempotent(trx, { scope: 's', key: 'k' }))
  expect(await begin('h')).toEqual({ kind: 'new' })
  await quietly((trx) => expireIdempotent(trx, 1, true))
  expect(await begin('i')).toEqual({ kind: 'new' })
})

test("the provider's entries are found by each key until they end, and go with their grant", async () => {
  const codes = new OauthEntries(store, runtime, 'AuthorizationCode')
  const sessions = new OauthEntries(store, runtime, 'Session')
  await codes.upsert('a', { grantId: 'g1', jti: 'a' }, 60)
  await codes.consume('a')
  expect(await codes.find('a')).toMatchObject({ jti: 'a', consumed: Math.floor(runtime.now() / 1_000) })
  await sessions.upsert('s', { uid: 'uid-1' })
  const found = await sessions.findByUid('uid-1')
  expect(found).toMatchObject({ uid: 'uid-1' })
  expect(await codes.findByUid('uid-1')).toBeUndefined()
  await sessions.upsert('d', { userCode: 'ABCD' }, 60)
  expect(await sessions.findByUserCode('ABCD')).toMatchObject({ userCode: 'ABCD' })
  await codes.revokeByGrantId('g1')
  expect(await codes.find('a')).toBeUndefined()
  await runtime.advance(60_000)
  expect(await sessions.find('d')).toBeUndefined()
  await quietly((trx) => deleteEndedEntries(trx, runtime.now()))
  // Found without its id it can be changed and destroyed, but what stands for the id is no id.
  expect(await sessions.find(String(found?.['jti']))).toBeUndefined()
  await sessions.destroy(String(found?.['jti']))
  expect(await sessions.find('s')).toBeUndefined()
  expect(await store.db.selectFrom('oauth_entries').selectAll().execute()).toEqual([])
})

test('what was erased is gone from every file once the log is emptied', async () => {
  const canary = 'canary-5f2c1d0e9b8a'
  const files = () => readdirSync(folder).map((name) => readFileSync(join(folder, name)))
  await quietly((trx) => putSetting(trx, 'k', canary))
  expect(files().some((bytes) => bytes.includes(canary))).toBe(true)
  await store.db.selectFrom('settings').selectAll().execute()
  await quietly((trx) => trx.deleteFrom('settings').execute())
  store.checkpoint()
  expect(files().some((bytes) => bytes.includes(canary))).toBe(false)
})
