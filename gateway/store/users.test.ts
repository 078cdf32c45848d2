import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { testRuntime } from '../domain/testing.ts'
import { openStore, type Store } from './store.ts'
import { findUserByEmail, insertUser, removeUser, searchUsers, updateUser } from './users.ts'
import { isUniqueViolation } from './violation.ts'

let folder: string
let store: Store
const runtime = testRuntime()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-users-'))
  store = await openStore({ url: `sqlite:${join(folder, 'lockstep.db')}`, runtime })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const person = (id: string, name: string, email = `${id}@contoso.example`) => ({
  id,
  email,
  display_name: name,
  given_name: null,
  family_name: null,
  alternate_email: null,
  state: 'active' as const,
  role: null,
  attributes: '{}',
  manager_id: null,
  created_at: 1,
  updated_at: 1,
})
const add = (...people: ReturnType<typeof person>[]) =>
  store.change(system, async (change) => {
    change.quiet('test')
    for (const each of people) await insertUser(change.trx, each)
  })
const found = async (search: string) =>
  (await searchUsers(store.db, { limit: 50, search })).items.map((user) => user.id)

test('an address belongs to one person, and is free again once that person is gone', async () => {
  await add(person('u1', 'Ana', 'ana@contoso.example'))
  const again = add(person('u2', 'Other Ana', 'ana@contoso.example'))
  await expect(again).rejects.toSatisfy(isUniqueViolation)
  await store.change(system, async (change) => {
    change.quiet('test')
    await removeUser(change.trx, 'u1', 5)
  })
  await add(person('u2', 'Other Ana', 'ana@contoso.example'))
  expect((await findUserByEmail(store.db, ' ANA@contoso.example'))?.id).toBe('u2')
})

test('a search finds beginnings of words of names and of the address, all words at once, accents or not', async () => {
  await add(
    person('u1', 'Ana Kovač'),
    person('u2', 'Anabel Meyer-Kovacs'),
    person('u3', 'Ben Óg', 'ben@contoso.example'),
  )
  expect(await found('kov')).toEqual(['u1', 'u2'])
  expect(await found('KOVAČ')).toEqual(['u1', 'u2'])
  expect(await found('ana mey')).toEqual(['u2'])
  expect(await found('og')).toEqual(['u3'])
  expect(await found('ben@contoso.ex')).toEqual(['u3'])
  expect(await found('ovac')).toEqual([])
  expect(await found('%')).toEqual(['u1', 'u2', 'u3'])
})

test('a changed name is found by its new words only', async () => {
  await add(person('u1', 'Ana Kovac'))
  await store.change(system, async (change) => {
    change.quiet('test')
    await updateUser(change.trx, 'u1', { display_name: 'Ana Meyer' })
  })
  expect(await found('kovac')).toEqual([])
  expect(await found('meyer')).toEqual(['u1'])
})

test.each(['name', 'email'] as const)('pages by %s show everybody once, in order', async (sort) => {
  await add(
    ...Array.from({ length: 53 }, (_, n) => person(`u${n}`, n % 3 ? `Name ${n % 7}` : 'Same', `p${n}@x.example`)),
  )
  const rows = []
  let cursor: string | undefined
  do {
    const page = await searchUsers(store.db, { limit: 10, cursor, sort, count: 'true' })
    expect(page.total).toBe(53)
    rows.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(new Set(rows.map((row) => row.id)).size).toBe(53)
  const keys = rows.map((row) => (sort === 'name' ? row.name_lc : row.email))
  expect(keys).toEqual([...keys].sort())
})
