import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { presenceOf } from '../domain/desire.ts'
import type { ExpiryPolicy } from '../domain/password-age.ts'
import type { Secret } from '../domain/secret.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { changePassword } from './change-password.ts'
import { createUser } from './create-user.ts'
import { tidyUp } from './housekeeping.ts'
import { myStatus } from './my-status.ts'
import { resumeUser } from './resume-user.ts'
import { setPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import { suspendUser } from './suspend-user.ts'
import { createAna, newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

const dayMs = 86_400_000
const ladder: ExpiryPolicy = { afterDays: 90, graceDays: 14, block: true }
let directory: TestDirectory
let ana: UserRow

beforeEach(async () => {
  directory = await testDirectory()
  await directory.addConnection('c1')
  directory.context.settings.passwordExpiry = ladder
  ana = await createAna(directory, { alternateEmail: 'ana@home.example' })
  await directory.bind('c1', ana.id)
})
afterEach(() => directory.close())

/** Lets so many days pass, each with its look. */
async function live(days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await directory.runtime.advance(dayMs)
    await tidyUp(directory.context)
  }
}

const sent = async () =>
  (await directory.context.store.db.selectFrom('mails').select(['kind', 'recipient']).orderBy('id').execute()).map(
    ({ kind, recipient }) => `${kind} ${recipient}`,
  )
const rungs = async () => (await directory.eventTypes()).filter((type) => /^password_(warn|expire)/.test(type))
const presence = async () => {
  const user = await findUser(directory.context.store.db, ana.id)
  return user && presenceOf(user)
}
const dirty = async () =>
  (await directory.context.store.db.selectFrom('bindings').select('dirty').executeTakeFirstOrThrow()).dirty
const enter = (password: Secret) =>
  signIn(directory.context, null, { email: ana.email, password, address: '192.0.2.1', agent: 'test' })

test('four warnings, word that it has expired, and after the grace the block: one event each, to every address', async () => {
  await live(90)
  expect(await rungs()).toEqual([...Array(4).fill('password_warn'), 'password_expire'])
  expect((await sent()).filter((one) => one.startsWith('expiring')).sort()).toEqual([
    ...Array(4).fill('expiring ana@contoso.example'),
    ...Array(4).fill('expiring ana@home.example'),
  ])
  await live(13)
  expect(await presence()).toEqual({ kind: 'enabled' })
  const before = await dirty()
  await live(1)
  expect(await presence()).toEqual({ kind: 'blocked', cause: 'expired' })
  expect(await dirty()).toBeGreaterThan(before)
  await live(30)
  expect((await rungs()).slice(4)).toEqual(['password_expire', 'password_expire_block'])
  expect((await sent()).filter((one) => one.startsWith('expired')).sort()).toEqual([
    'expired_blocked ana@contoso.example',
    'expired_blocked ana@home.example',
    'expired_grace ana@contoso.example',
    'expired_grace ana@home.example',
  ])
})

test('whoever is blocked signs in to the portal, changes the password, and is let in again', async () => {
  await live(104)
  expect((await enter(oldPassword)).mustChange).toBe('expired')
  expect(await myStatus(directory.context, ana.id)).toMatchObject({
    state: 'failed',
    action: 'change_password',
    password: { expired: true, blocked: true },
  })
  // The old password is brought nowhere any more.
  expect(directory.tenants.size).toBe(0)
  await changePassword(directory.context, system, {
    userId: ana.id,
    currentPassword: oldPassword,
    newPassword,
    address: null,
  })
  expect(await presence()).toEqual({ kind: 'enabled' })
  expect((await enter(newPassword)).mustChange).toBeNull()
  await live(75)
  expect(await rungs()).toHaveLength(6)
  await live(1)
  expect(await rungs()).toHaveLength(7)
})

test('a new password begins the whole ladder anew, grace included', async () => {
  await live(104)
  await setPassword(directory.context, system, { userId: ana.id, password: newPassword, mustChange: false })
  await live(103)
  expect((await rungs()).slice(6)).toEqual([...Array(4).fill('password_warn'), 'password_expire'])
  expect(await presence()).toEqual({ kind: 'enabled' })
  await live(1)
  expect(await presence()).toEqual({ kind: 'blocked', cause: 'expired' })
})

test('a password set by an administrator lets in again, too', async () => {
  await live(104)
  await setPassword(directory.context, system, { userId: ana.id, password: newPassword, mustChange: false })
  expect(await presence()).toEqual({ kind: 'enabled' })
})

test('without block the person is only asked, however long', async () => {
  directory.context.settings.passwordExpiry = { ...ladder, block: false }
  await live(300)
  expect(await presence()).toEqual({ kind: 'enabled' })
  expect((await rungs()).at(-1)).toBe('password_expire')
  expect((await enter(oldPassword)).mustChange).toBe('expired')
  expect(await myStatus(directory.context, ana.id)).toMatchObject({
    action: 'change_password',
    password: { expired: true, blocked: false, blocksAt: null },
  })
})

test('turning the policy on for old passwords begins with word and a whole grace', async () => {
  directory.context.settings.passwordExpiry = null
  await live(500)
  expect(await rungs()).toEqual([])
  directory.context.settings.passwordExpiry = ladder
  await live(14)
  expect(await presence()).toEqual({ kind: 'enabled' })
  await live(1)
  expect(await presence()).toEqual({ kind: 'blocked', cause: 'expired' })
})

test('turning it off lets in everybody whom it blocked, and nobody else', async () => {
  await live(104)
  directory.context.settings.passwordExpiry = null
  await live(1)
  expect(await presence()).toEqual({ kind: 'enabled' })
  expect((await rungs()).at(-1)).toBe('password_expire_release')
})

test('whoever is suspended meanwhile stays blocked for that, and is told anew when resumed', async () => {
  await live(80)
  await suspendUser(directory.context, system, { userId: ana.id })
  await live(100)
  expect(await rungs()).toEqual(['password_warn'])
  expect(await presence()).toEqual({ kind: 'blocked', cause: 'suspended' })
  await resumeUser(directory.context, system, { userId: ana.id })
  await live(1)
  expect((await rungs()).at(-1)).toBe('password_expire')
  expect(await presence()).toEqual({ kind: 'enabled' })
})

test('whoever has no account is not blocked, and no password means nothing to expire', async () => {
  await directory.context.store.change(system, async (change) => {
    change.quiet('unbound')
    await change.trx.deleteFrom('bindings').execute()
  })
  await createUser(directory.context, system, { email: 'ben@contoso.example', state: 'active', sendMail: false })
  await live(200)
  expect(await presence()).toEqual({ kind: 'enabled' })
  expect(
    (await directory.events()).filter(({ type, user }) => /^password_expire/.test(type) && user !== ana.id),
  ).toEqual([])
})
