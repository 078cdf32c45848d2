import type { AccountStatus } from '@lockstep/shared/contract/connection'
import type { AccountId } from '@lockstep/shared/contract/ids'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ObservedAccount } from '../domain/account.ts'
import { system } from '../domain/actor.ts'
import { decideImport } from '../domain/import-decision.ts'
import { standingOf } from '../domain/standing.ts'
import { noAttributes, testAccount } from '../domain/testing.ts'
import { findAccounts, markDeleted, putAccounts, putProtection } from '../store/accounts.ts'
import { blankBinding, insertBinding } from '../store/bindings.ts'
import { findConnection, insertConnection } from '../store/connections.ts'
import { putImportLink } from '../store/import-links.ts'
import { accountsByStanding, claimsOn } from '../store/importable.ts'
import type { Store } from '../store/store.ts'
import { insertUser } from '../store/users.ts'
import { carryOut } from './import-write.ts'
import { type TestSync, testSync } from './testing.ts'

let sync: TestSync
let store: Store
beforeEach(async () => {
  sync = await testSync({})
  store = sync.context.store
  await store.change(system, async (change) => {
    change.quiet('test')
    const c1 = await findConnection(change.trx, 'c1')
    if (c1 === undefined) throw new Error('no connection')
    await insertConnection(change.trx, { ...c1, id: 'c2', name: 'Fabrikam', tenant_id: 'other' })
  })
})
afterEach(() => sync.close())

const account = (n: number, some: Partial<ObservedAccount>) =>
  testAccount({
    id: `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}` as AccountId,
    userPrincipalName: `a${n}@contoso.example`,
    licensed: true,
    ...some,
  })

type World = {
  accounts: (Pick<ObservedAccount, 'userPrincipalName' | 'mail' | 'addresses' | 'immutableId'> & {
    kind: 'plain' | 'guest' | 'synced' | 'role' | 'looks_shared' | 'shared' | 'gone'
  })[]
  people: { email: string; bound: number | null; linked: number | null; elsewhere: boolean; deleted: boolean }[]
}

const emailOf = (name: string) => `${name}@contoso.example`
const email = fc.constantFrom('ana', 'ben', 'eva', 'kim', 'leo').map(emailOf)
const world: fc.Arbitrary<World> = fc.record({
  accounts: fc.uniqueArray(
    fc.record({
      userPrincipalName: fc.oneof(
        { weight: 8, arbitrary: email },
        fc.constantFrom('ana+x@contoso.example', 'Ben@contoso.example'),
      ),
      mail: fc.option(email),
      addresses: fc.array(email, { maxLength: 2 }),
      immutableId: fc.option(fc.constantFrom('lockstep-u0', 'lockstep-u1', 'lockstep-u9', 'somebody')),
      kind: fc.oneof(
        { weight: 8, arbitrary: fc.constant('plain' as const) },
        fc.constantFrom('guest', 'synced', 'role', 'looks_shared', 'shared', 'gone'),
      ),
    }),
    { maxLength: 5, selector: (each) => each.userPrincipalName.toLowerCase() },
  ),
  people: fc.uniqueArray(
    fc.record({
      email,
      bound: fc.option(fc.nat(4), { freq: 2 }),
      linked: fc.option(fc.nat(4), { freq: 4 }),
      elsewhere: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
      deleted: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    { maxLength: 4, selector: (each) => each.email },
  ),
})

/** Fills the store anew. Who would have what somebody else has already, has nothing. */
async function fill({ accounts, people }: World): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('test')
    const { trx } = change
    for (const table of [
      'import_links',
      'bindings',
      'user_terms',
      'users',
      'account_addresses',
      'account_terms',
      'accounts',
    ] as const)
      await trx.deleteFrom(table).execute()
    const observed = accounts.map(({ kind, ...some }, n) =>
      account(n, {
        ...some,
        guest: kind === 'guest',
        synced: kind === 'synced',
        ...(kind === 'looks_shared' && { enabled: false, licensed: false, mail: some.userPrincipalName }),
      }),
    )
    await putAccounts(trx, 'c1', observed, 1)
    const ids = (kind: string) => observed.filter((_, n) => accounts[n]?.kind === kind).map(({ id }) => id)
    await putProtection(trx, 'c1', new Map(ids('role').map((id) => [id, 'privileged_role'])))
    await markDeleted(trx, 'c1', ids('gone'), 2)
    for (const id of ids('shared'))
      await trx.updateTable('accounts').set({ mailbox: 'shared' }).where('id', '=', id).execute()
    const taken = new Set<string>()
    const free = (n: number | null) => {
      const id = observed[n ?? 99]?.id
      if (id === undefined || taken.has(id)) return null
      taken.add(id)
      return id
    }
    for (const [n, person] of people.entries()) {
      const id = `u${n}`
      await insertUser(trx, {
        id,
        email: person.email,
        display_name: id,
        given_name: null,
        family_name: null,
        alternate_email: null,
        state: 'active',
        role: null,
        attributes: '{}',
        manager_id: null,
        created_at: 1,
        updated_at: 1,
      })
      const bound = free(person.bound)
      if (bound !== null)
        await insertBinding(trx, {
          ...blankBinding({ connection_id: 'c1', user_id: id, created_at: 1 }),
          account_id: bound,
        })
      const linked = bound === null ? free(person.linked) : null
      if (linked !== null)
        await putImportLink(trx, { connection_id: 'c1', account_id: linked, user_id: id, job_id: 'j', at: 1 })
      if (person.elsewhere) await insertBinding(trx, blankBinding({ connection_id: 'c2', user_id: id, created_at: 1 }))
      if (person.deleted) await trx.updateTable('users').set({ deleted_at: 2 }).where('id', '=', id).execute()
    }
  })
}

const statuses: AccountStatus[] = ['new', 'imported', 'conflict', 'protected', 'guest', 'shared']

async function claims() {
  const all = await store.db.selectFrom('accounts').select('id').where('deleted_at', 'is', null).execute()
  const stored = await findAccounts(
    store.db,
    'c1',
    all.map(({ id }) => id),
  )
  return await claimsOn(store.db, 'c1', [...stored.values()])
}

test('the list says of each account what is decided about it', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      await fill(given)
      const decided = [...(await claims())].map(([id, claim]) => [id, standingOf(claim).status]).sort()
      const listed: [string, string][] = []
      for (const status of statuses) {
        const { items, total } = await accountsByStanding(store.db, 'c1', { limit: 50, status, count: 'true' })
        expect(total).toBe(items.length)
        listed.push(...items.map(({ account: { id } }) => [id, status] as [string, string]))
      }
      expect(listed.sort()).toEqual(decided)
    }),
    { numRuns: 150 },
  )
}, 60_000)

/** Imports everybody, one account after the other in this order. */
async function importInOrder(order: (ids: string[]) => string[], dryRun = false) {
  const results = new Map<string, { result: string; email: string | null }>()
  for (const id of order([...(await claims()).keys()].sort())) {
    await store.change(system, async (change) => {
      change.quiet('test')
      const stored = (await findAccounts(change.trx, 'c1', [id])).get(id)
      const claim = stored && (await claimsOn(change.trx, 'c1', [stored])).get(id)
      const connection = await findConnection(change.trx, 'c1')
      if (stored === undefined || claim === undefined || connection === undefined) throw new Error('no account')
      const decision = decideImport(claim, { named: false, resolution: null, promised: new Map() })
      const input = { bind: false, dryRun }
      const { result } = await carryOut(sync.context, change, { id: 'job' }, connection, input, stored, decision)
      const email =
        decision.result === 'imported' ? decision.email : decision.result === 'linked' ? decision.user.email : null
      results.set(id, { result, email })
    })
  }
  return results
}

test('no account is given to two people, no person to two accounts, and the order in which they come does not matter', async () => {
  const forth = (ids: string[]) => ids
  const back = (ids: string[]) => [...ids].reverse()
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      await fill(given)
      const told = await importInOrder(forth, true)
      const first = await importInOrder(forth)
      await fill(given)
      const second = await importInOrder(back)
      expect(new Map([...second].sort())).toEqual(first)
      expect(told).toEqual(first)
      const emails = [...first.values()].flatMap(({ email }) => email ?? [])
      expect(new Set(emails).size).toBe(emails.length)
      // Everybody again: whoever was taken has the same account, and nobody is new.
      for (const [id, { result, email }] of await importInOrder(back)) {
        const before = first.get(id)
        expect({ result, email }).toEqual(
          before?.result === 'imported' ? { result: 'linked', email: before.email } : before,
        )
      }
    }),
    { numRuns: 150 },
  )
}, 120_000)

test('pages follow each other by name, whatever the search, and an odd cursor is refused', async () => {
  await store.change(system, async (change) => {
    change.quiet('test')
    const people = Array.from({ length: 30 }, (_, n) =>
      account(n, {
        userPrincipalName: `p${String(n).padStart(2, '0')}@contoso.example`,
        attributes: { ...noAttributes, displayName: n % 2 === 0 ? 'Zoë Weber' : 'Max Kovač' },
      }),
    )
    await putAccounts(change.trx, 'c1', people, 1)
  })
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await accountsByStanding(store.db, 'c1', { limit: 4, search: 'kovac', status: 'new', cursor })
    names.push(...page.items.map(({ account: { userPrincipalName } }) => userPrincipalName))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(names).toEqual(Array.from({ length: 15 }, (_, n) => `p${String(2 * n + 1).padStart(2, '0')}@contoso.example`))
  const both = await accountsByStanding(store.db, 'c1', { limit: 4, search: 'zoe p04', count: 'true' })
  expect(both).toMatchObject({ total: 1, next: null })
  await expect(accountsByStanding(store.db, 'c1', { limit: 4, cursor: 'odd' })).rejects.toThrow(/cursor/)
})
