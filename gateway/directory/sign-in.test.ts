import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { findCredential, openHash, replaceHash } from '../store/credentials.ts'
import { pendingOfUser } from '../store/pending-passwords.ts'
import { createHasher } from './hasher.ts'
import { findSessionByToken } from './sessions.ts'
import { setPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import { suspendUser } from './suspend-user.ts'
import { createAna, newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
let ana: string
const email = 'ana@contoso.example'

beforeEach(async () => {
  directory = await testDirectory()
  ana = (await createAna(directory)).id
})
afterEach(() => directory.close())

const enter = () => signIn(directory.context, null, { email, password: oldPassword, address: '192.0.2.1' })
async function bound(): Promise<void> {
  await directory.addConnection('c1')
  await directory.bind('c1', ana)
}

test('the first sign-in brings the password to the tenant, the next one has nothing to do', async () => {
  await bound()
  const first = await enter()
  expect(first.sync).toEqual([{ connection: 'Tenant c1', password: 'updated', reason: null }])
  expect(first.firstSync).toEqual(['Tenant c1'])
  expect(directory.tenants.get(`c1 ${ana}`)).toBe(oldPassword.reveal())
  const second = await enter()
  expect(second.sync).toEqual([{ connection: 'Tenant c1', password: 'in_sync', reason: null }])
  expect(second.firstSync).toEqual([])
  expect(await directory.eventTypes()).toEqual([
    'user_create',
    'login_success',
    'user_password_update_provision',
    'login_success',
  ])
})

test('a sign-in that overlaps a change seals nothing and is refused', async () => {
  await bound()
  const { hasher } = directory.context
  const overtaken = {
    ...directory.context,
    hasher: {
      ...hasher,
      async verify(phc: string | undefined, password: Secret) {
        const matches = await hasher.verify(phc, password)
        await setPassword(directory.context, system, { userId: ana, password: newPassword, mustChange: false })
        return matches
      },
    },
  }
  const entering = signIn(overtaken, null, { email, password: oldPassword, address: null })
  await expect(entering).rejects.toMatchObject({ code: 'wrong_credentials' })
  expect(directory.tenants.get(`c1 ${ana}`)).toBe(newPassword.reveal())
  expect(await pendingOfUser(directory.context.store.db, ana)).toEqual([])
})

test('unknown, staged, suspended and wrong cost the same hashes and say the same', async () => {
  for (const [name, state] of [
    ['staged', 'staged'],
    ['suspended', 'active'],
  ] as const) {
    const user = await createAna(directory, { email: `${name}@contoso.example`, state })
    if (name === 'suspended') await suspendUser(directory.context, system, { userId: user.id })
  }
  const told = []
  for (const [name, password] of [
    ['nobody', oldPassword],
    ['staged', oldPassword],
    ['suspended', oldPassword],
    ['ana', newPassword],
  ] as const) {
    Object.assign(directory.hashes, { verify: 0, hash: 0 })
    const given = { email: `${name}@contoso.example`, password, address: '192.0.2.9' }
    const error: unknown = await signIn(directory.context, null, given).catch((reason) => reason)
    told.push({ error: String(error), ...directory.hashes })
  }
  expect(new Set(told.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify({ error: told[0]?.error, verify: 1, hash: 0 })]),
  )
})

test('guessing is slowed for known and unknown people alike, and a restart does not help', async () => {
  for (const who of [email, 'nobody@contoso.example']) {
    const guess = () => signIn(directory.context, null, { email: who, password: newPassword, address: null })
    for (let n = 0; n < 6; n++) await expect(guess()).rejects.toMatchObject({ code: 'wrong_credentials' })
    await directory.reopen()
    await expect(guess()).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 2 })
  }
  await directory.runtime.advance(2_000)
  expect((await enter()).user.id).toBe(ana)
})

test('fifty guesses at once are no more than five', async () => {
  const guess = () => signIn(directory.context, null, { email, password: newPassword, address: null })
  const all = await Promise.allSettled(Array.from({ length: 50 }, guess))
  const codes = all.map((each) => (each.status === 'rejected' ? each.reason.code : 'in'))
  expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(6)
  expect(directory.hashes.verify).toBe(6)
})

test('a hash of weaker parameters is replaced at the next sign-in, once', async () => {
  const { store, vault } = directory.context
  const stored = async () => {
    const row = await findCredential(store.db, ana)
    if (row === undefined) throw new Error('no credential')
    return openHash(vault, row)
  }
  expect(await stored()).toContain('m=19456,t=2')
  directory.context = { ...directory.context, hasher: createHasher() }
  await enter()
  const fresh = await stored()
  expect(fresh).toContain('m=47104,t=1')
  await enter()
  expect(await stored()).toBe(fresh)
  expect((await findCredential(store.db, ana))?.version).toBe(1)
})

describe('whoever has a password that is too weak by now', () => {
  const policy = () => directory.context.settings.passwordPolicy
  test.each([
    ['the rules want longer ones', () => ({ minLength: 40 })],
    ['they want longer ones of people without a second factor', () => ({ minLengthAlone: 40 })],
  ])('is asked to change it, and signed in all the same: %s', async (_, stricter) => {
    await bound()
    expect((await enter()).mustChange).toBeNull()
    Object.assign(directory.context.settings, { passwordPolicy: { ...policy(), ...stricter() } })
    const entered = await enter()
    expect(entered.mustChange).toBe('weak')
    expect(entered.sync).toMatchObject([{ password: 'in_sync' }])
  })

  test.each([
    'Password1234',
    // Breaks no rule but that it is easy to guess.
    'Liverpool1998',
  ])('is asked by the hash of another directory, too: %s', async (text) => {
    const guessable = new Secret(text)
    const phc = await directory.context.hasher.hash(guessable)
    await directory.context.store.change(system, async (change) => {
      change.quiet('as it was imported')
      const wrapped = directory.context.vault.wrapHash(phc, { userId: ana, version: 1 })
      await replaceHash(change.trx, ana, 1, wrapped)
    })
    const entered = await signIn(directory.context, null, { email, password: guessable, address: null })
    expect(entered.mustChange).toBe('weak')
  })

  test('hears the stronger reason first', async () => {
    await setPassword(directory.context, system, { userId: ana, password: newPassword, mustChange: true })
    Object.assign(directory.context.settings, { passwordPolicy: { ...policy(), minLength: 40 } })
    const entered = await signIn(directory.context, null, { email, password: newPassword, address: null })
    expect(entered.mustChange).toBe('forced')
  })
})

test('a session that is left over lets nobody in who may not sign in', async () => {
  const { session } = await enter()
  expect(await findSessionByToken(directory.context, session.token)).toBeDefined()
  await directory.context.store.change(system, async (change) => {
    change.quiet('the state alone, as nothing of ours does it')
    await change.trx.updateTable('users').set({ state: 'suspended' }).where('id', '=', ana).execute()
  })
  expect(await findSessionByToken(directory.context, session.token)).toBeUndefined()
})
