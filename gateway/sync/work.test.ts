import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { testAccountId } from '../domain/testing.ts'
import { closed } from '../graph/failure.ts'
import type { Write, WriteOutcome } from '../graph/tenant.ts'
import { findBinding, updateBinding } from '../store/bindings.ts'
import { updateConnection } from '../store/connections.ts'
import { requireUser } from './bind.ts'
import { settingsOf } from './following.ts'
import { putBinding } from './put-binding.ts'
import { requireConnection } from './require-connection.ts'
import { syncBindings } from './sync-bindings.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

let sync: TestSync
let outcome: WriteOutcome
let sent: Write[]
beforeEach(async () => {
  sent = []
  sync = await testSync({
    find: async () => [],
    protectedAccounts: async () => new Map(),
    async writeAll(writes, _, tell) {
      sent.push(...writes)
      for (const index of writes.keys()) await tell(index, outcome)
    },
  })
})
afterEach(() => sync.close())

async function provision() {
  const { context } = sync
  const connection = await requireConnection(context, testConnection)
  const user = await requireUser(context, await sync.addPerson('ana'))
  await context.store.change(system, async (change) => {
    change.quiet('test')
    await putBinding(context, change.trx, connection, user, { accountId: null, named: false })
  })
  await syncBindings(context, connection, context.tenants.of(connection), [user.id], 'bulk')
  const events = await context.store.db.selectFrom('events').select('type').execute()
  const binding = await findBinding(context.store.db, testConnection, user.id)
  return { events: events.map(({ type }) => type), binding }
}

test('a write that was never sent, because we closed, leaves no event, and is still to be done', async () => {
  outcome = { kind: 'failed', failure: closed }
  expect(await provision()).toMatchObject({ events: [], binding: { state: 'pending', dirty: 1, attempt: 0 } })
})

test('a write that was sent has its event, whatever became of it', async () => {
  outcome = { kind: 'unknown', requestId: null, detail: 'No answer.' }
  expect(await provision()).toMatchObject({ events: ['user_create_provision'], binding: { state: 'retrying' } })
})

test('a repair that finds nothing left to do is not kept for the next drift', async () => {
  outcome = { kind: 'done', requestId: null, value: testAccountId }
  const { binding } = await provision()
  const { context } = sync
  const user = binding?.user_id ?? ''
  await context.store.change(system, async (change) => {
    change.quiet('test')
    const repair = JSON.stringify(['jobTitle'])
    await updateBinding(change.trx, { connection_id: testConnection, user_id: user }, { repair, dirty: 1 })
  })
  const connection = await requireConnection(context, testConnection)
  await syncBindings(context, connection, context.tenants.of(connection), [user], 'bulk')
  const after = await findBinding(context.store.db, testConnection, user)
  expect(after).toMatchObject({ state: 'in_sync', repair: '[]' })
})

test('what an admin sets while a cycle is at work is followed by that cycle', async () => {
  outcome = { kind: 'done', requestId: null, value: testAccountId }
  const { context } = sync
  const user = await requireUser(context, await sync.addPerson('ana'))
  const before = await requireConnection(context, testConnection)
  await context.store.change(system, async (change) => {
    change.quiet('test')
    await putBinding(context, change.trx, before, user, { accountId: null, named: false })
    const settings = { ...settingsOf(before), neverExpirePasswords: false }
    await updateConnection(change.trx, testConnection, { settings: JSON.stringify(settings) })
  })
  await syncBindings(context, before, context.tenants.of(before), [user.id], 'bulk')
  expect(sent).toMatchObject([{ kind: 'create', account: { passwordPolicies: null } }])
})

test('P1: a connection that observes sends nothing, even where the adapter would let it pass', async () => {
  outcome = { kind: 'done', requestId: null, value: testAccountId }
  const { context } = sync
  const before = await requireConnection(context, testConnection)
  await context.store.change(system, async (change) => {
    change.quiet('test')
    const settings = { ...settingsOf(before), mode: 'observe' as const }
    await updateConnection(change.trx, testConnection, { settings: JSON.stringify(settings) })
  })
  const { binding } = await provision()
  expect({ sent, state: binding?.state }).toEqual({ sent: [], state: 'pending' })
})
