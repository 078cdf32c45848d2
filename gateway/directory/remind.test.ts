import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { findConnection, updateConnection } from '../store/connections.ts'
import type { UserRow } from '../store/users.ts'
import { tidyUp } from './housekeeping.ts'
import { signIn } from './sign-in.ts'
import { suspendUser } from './suspend-user.ts'
import { createAna, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

const hourMs = 3_600_000
let directory: TestDirectory
let ana: UserRow

beforeEach(async () => {
  directory = await testDirectory()
  for (const id of ['c1', 'c2']) {
    await directory.addConnection(id)
    await follow(id, {})
  }
  ana = await createAna(directory)
  await directory.bind('c1', ana.id)
})
afterEach(() => directory.close())

async function follow(id: string, settings: object): Promise<void> {
  await directory.context.store.change(system, async (change) => {
    change.quiet('test')
    const before = (await findConnection(change.trx, id))?.settings ?? '{}'
    await updateConnection(change.trx, id, {
      settings: JSON.stringify({ mode: 'apply', ...JSON.parse(before), ...settings }),
    })
  })
}

/** Days on which somebody was reminded, and the subjects, of so many days. */
async function reminders(days: number): Promise<number[]> {
  const seen: number[] = []
  for (let day = 0; day <= days; day++) {
    const before = await count()
    await tidyUp(directory.context)
    for (let sent = before; sent < (await count()); sent++) seen.push(day)
    await directory.runtime.advance(24 * hourMs)
  }
  return seen
}

async function count(): Promise<number> {
  const mails = await directory.context.store.db.selectFrom('mails').select('kind').execute()
  return mails.filter(({ kind }) => kind === 'reminder').length
}

const told = async () => (await directory.events()).filter(({ type }) => type === 'password_remind')

test('S1: who does not sign in is reminded after 3, 7 and 14 days, and the last time an admin is told', async () => {
  expect(await reminders(30)).toEqual([3, 7, 14])
  expect((await told()).map(({ outcome }) => outcome)).toEqual(['success', 'success', 'failure'])
})

test('S1: who signs in is not reminded any more', async () => {
  expect(await reminders(4)).toEqual([3])
  await signIn(directory.context, null, { email: ana.email, password: oldPassword, address: null })
  expect(await reminders(30)).toEqual([])
})

test('one mail for several connections', async () => {
  await directory.bind('c2', ana.id)
  expect(await reminders(5)).toEqual([3])
  expect(await told()).toHaveLength(2)
})

test.each([
  ['a connection that only observes', { mode: 'observe' }],
  ['a connection that does not take passwords over', { passwordTakeover: false }],
  ['a connection that reminds nobody', { signInReminders: [] }],
])('%s reminds nobody', async (_, settings) => {
  await follow('c1', settings)
  expect(await reminders(30)).toEqual([])
})

test('whoever may not sign in is not asked to', async () => {
  await suspendUser(directory.context, system, { userId: ana.id })
  expect(await reminders(30)).toEqual([])
})

test('reminders that a long stop has missed are one mail', async () => {
  await tidyUp(directory.context)
  await directory.runtime.advance(10 * 24 * hourMs)
  expect(await reminders(1)).toEqual([0])
})
