import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { findBinding } from '../store/bindings.ts'
import { findCredential, openHash } from '../store/credentials.ts'
import { pendingInForce, pendingOfUser } from '../store/pending-passwords.ts'
import { changePassword } from './change-password.ts'
import type { LaneResult } from './context.ts'
import { settleProposals, verdict } from './offer-password.ts'
import { findSessionByToken } from './sessions.ts'
import { setPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import { createAna, newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
let ana: string
const email = 'ana@contoso.example'

beforeEach(async () => {
  directory = await testDirectory()
  ana = (await createAna(directory)).id
})
afterEach(() => directory.close())

const enter = (password = oldPassword) => signIn(directory.context, null, { email, password, address: '192.0.2.1' })
const change = (currentPassword = oldPassword, password = newPassword) =>
  changePassword(directory.context, system, { userId: ana, currentPassword, newPassword: password, address: null })
const inForce = async () => {
  const works = async (password: Secret) => {
    await directory.runtime.advance(3_600_000)
    return await enter(password).then(
      () => true,
      () => false,
    )
  }
  return { old: await works(oldPassword), new: await works(newPassword) }
}
const bound = async (...connections: string[]) => {
  for (const id of connections) {
    await directory.addConnection(id)
    await directory.bind(id, ana)
  }
}
const binding = async (id = 'c1') => {
  const row = await findBinding(directory.context.store.db, id, ana)
  return { state: row?.password_state, version: row?.password_version, reason: row?.password_reason }
}
const pending = async () => (await pendingOfUser(directory.context.store.db, ana)).length
const version = async () => (await findCredential(directory.context.store.db, ana))?.version

test('a change that the tenant accepts is in force on both sides', async () => {
  await bound('c1')
  expect(await change()).toEqual([{ connection: 'Tenant c1', password: 'updated', reason: null }])
  expect(directory.tenants.get(`c1 ${ana}`)).toBe(newPassword.reveal())
  expect(await directory.eventTypes()).toEqual(['user_create', 'user_password_update_provision', 'password_change'])
  expect(await binding()).toEqual({ state: 'in_sync', version: 2, reason: null })
  expect(await pending()).toBe(0)
  expect(await inForce()).toEqual({ old: false, new: true })
})

test('a change that the tenant refuses changes nothing anywhere', async () => {
  await bound('c1')
  await enter()
  directory.behaviour.set('c1', 'refuses')
  await expect(change()).rejects.toMatchObject({
    code: 'password_refused_by_tenant',
    message: expect.stringContaining('bans this word'),
  })
  expect(await version()).toBe(1)
  expect(await pending()).toBe(0)
  expect(await binding()).toEqual({ state: 'in_sync', version: 1, reason: null })
  expect(directory.tenants.get(`c1 ${ana}`)).toBe(oldPassword.reveal())
  expect((await directory.events()).at(-1)).toMatchObject({ type: 'password_change', outcome: 'failure' })
  directory.behaviour.set('c1', 'accepts')
  expect(await inForce()).toEqual({ old: true, new: false })
})

test('a refused change leaves the older password on its way', async () => {
  await bound('c1')
  directory.behaviour.set('c1', 'unreachable')
  await enter()
  directory.behaviour.set('c1', 'refuses')
  await expect(change()).rejects.toMatchObject({ code: 'password_refused_by_tenant' })
  const waiting = await pendingInForce(directory.context.store.db, 'c1', [ana], directory.runtime.now())
  expect(waiting.get(ana)?.version).toBe(1)
})

test('once a tenant may have the new password, the older one that waits stays where it is', async () => {
  await bound('c1')
  directory.behaviour.set('c1', 'unreachable')
  await enter()
  directory.behaviour.set('c1', 'accepts')
  const waiting: number[] = []
  directory.pause.afterLanded = async () => {
    waiting.push((await pendingInForce(directory.context.store.db, 'c1', [ana], directory.runtime.now())).size)
  }
  await change()
  expect(waiting).toEqual([0])
})

test('a change while the tenant is out of reach is in force here and on its way there', async () => {
  await bound('c1')
  directory.behaviour.set('c1', 'unreachable')
  expect(await change()).toMatchObject([{ password: 'pending' }])
  expect(await binding()).toMatchObject({ state: 'pending' })
  expect(
    (await pendingInForce(directory.context.store.db, 'c1', [ana], directory.runtime.now())).get(ana)?.version,
  ).toBe(2)
  expect(await inForce()).toEqual({ old: false, new: true })
})

test('a change whose answer was lost goes forward only', async () => {
  await bound('c1')
  directory.behaviour.set('c1', 'lost')
  expect(await change()).toMatchObject([{ password: 'pending' }])
  expect(await version()).toBe(2)
  expect(await pending()).toBe(1)
})

test('with two tenants the first acceptance decides, and the other one says why not', async () => {
  await bound('c1', 'c2')
  directory.behaviour.set('c2', 'refuses')
  expect(await change()).toMatchObject([{ password: 'updated' }, { password: 'failed' }])
  expect(await binding('c2')).toEqual({ state: 'rejected', version: 2, reason: 'Microsoft 365 bans this word.' })
  expect(await pending()).toBe(0)
})

const row = (given: Partial<LaneResult>): LaneResult => ({
  connectionId: 'c',
  connection: 'C',
  result: 'pending',
  reason: null,
  refused: false,
  mayHaveLanded: false,
  ...given,
})
const updated = row({ result: 'updated', mayHaveLanded: true })
const refused = row({ result: 'failed', refused: true })
const lost = row({ mayHaveLanded: true })
test.each<[string, LaneResult[], 'commit' | 'drop']>([
  ['nobody is bound', [], 'commit'],
  ['accepted', [updated], 'commit'],
  ['refused', [refused], 'drop'],
  ['out of reach', [row({})], 'commit'],
  ['failed for another reason', [row({ result: 'failed' })], 'commit'],
  ['accepted and refused', [updated, refused], 'commit'],
  ['lost and refused', [lost, refused], 'commit'],
  ['out of reach and refused', [row({}), refused], 'drop'],
])('%s: %j → %s', (_, results, expected) => {
  expect(verdict(results)).toBe(expected)
})

test('while one change is under way, a second one is told to wait', async () => {
  await bound('c1')
  let second: Promise<unknown> = Promise.resolve()
  directory.pause.afterSent = async () => {
    directory.pause.afterSent = async () => {}
    second = setPassword(directory.context, system, {
      userId: ana,
      password: new Secret('Other-Lantern-5'),
      mustChange: false,
    })
    await second.catch(() => {})
  }
  await change()
  await expect(second).rejects.toMatchObject({ code: 'password_change_in_progress' })
  expect(directory.tenants.get(`c1 ${ana}`)).toBe(newPassword.reveal())
})

const hang = () => new Promise<never>(() => {})
/** Stops the gateway where the change stands, and starts another one on the same store. */
const killedAt = async (where: 'beforeSent' | 'afterSent' | 'afterLanded') => {
  let reached: () => void = () => {}
  const there = new Promise<void>((resolve) => {
    reached = resolve
  })
  directory.pause[where] = () => {
    reached()
    return hang()
  }
  void change()
  await there
  directory.pause[where] = async () => {}
  await directory.reopen()
  await settleProposals(directory.context)
}

test('killed before the password left: nothing was changed', async () => {
  await bound('c1')
  await killedAt('beforeSent')
  expect(await version()).toBe(1)
  expect(await pending()).toBe(0)
  expect((await directory.events()).at(-1)).toMatchObject({ type: 'password_change', outcome: 'failure' })
  expect(await inForce()).toEqual({ old: true, new: false })
})

test.each(['afterSent', 'afterLanded'] as const)('killed %s: both sides end with the new password', async (where) => {
  await bound('c1')
  await killedAt(where)
  expect(await version()).toBe(2)
  const delivered = directory.tenants.get(`c1 ${ana}`) === newPassword.reveal()
  expect(delivered || (await pending()) === 1).toBe(true)
  expect((await directory.eventTypes()).filter((type) => type === 'password_change')).toHaveLength(1)
  expect(await inForce()).toEqual({ old: false, new: true })
  expect(directory.tenants.get(`c1 ${ana}`)).toBe(newPassword.reveal())
})

test('killed while an admin sets the first password of somebody unbound: that one never goes out', async () => {
  const { store } = directory.context
  await new Promise<void>((killed) => {
    let changes = 0
    const change: typeof store.change = (actor, run) => {
      changes += 1
      if (changes === 1) return store.change(actor, run)
      killed()
      return hang()
    }
    const dying = { ...directory.context, store: { ...store, change } }
    void setPassword(dying, system, { userId: ana, password: newPassword, mustChange: false })
  })
  await directory.reopen()
  await settleProposals(directory.context)
  expect(await directory.context.store.db.selectFrom('fresh_passwords').selectAll().execute()).toEqual([])
})

test('a lane that fails does not leave the person unable to change the password', async () => {
  await bound('c1')
  directory.pause.beforeSent = async () => {
    throw new Error('lane')
  }
  await expect(change()).rejects.toThrow('lane')
  directory.pause.beforeSent = async () => {}
  expect(await change()).toMatchObject([{ password: 'updated' }])
})

test('a wrong current password, a weak one and one of before change nothing', async () => {
  await expect(change(newPassword)).rejects.toMatchObject({ code: 'wrong_credentials' })
  await expect(change(oldPassword, new Secret('short'))).rejects.toMatchObject({ code: 'password_too_weak' })
  await expect(change(oldPassword, oldPassword)).rejects.toMatchObject({
    code: 'password_too_weak',
    errors: [{ path: 'password', message: 'Not one of your last passwords.' }],
  })
  expect(await version()).toBe(1)
})

test('a change ends all other sessions and keeps the one that asked', async () => {
  const [kept, other] = [await enter(), await enter()]
  await changePassword(directory.context, system, {
    userId: ana,
    currentPassword: oldPassword,
    newPassword,
    address: null,
    sessionToken: kept.session.token,
  })
  expect((await findSessionByToken(directory.context, kept.session.token))?.user.id).toBe(ana)
  expect(await findSessionByToken(directory.context, other.session.token)).toBeUndefined()
})

test('an admin sets a password, the tenant has it at once, and the person must change it', async () => {
  await bound('c1')
  const sync = await setPassword(directory.context, system, { userId: ana, password: newPassword, mustChange: true })
  expect(sync).toMatchObject([{ password: 'updated' }])
  expect(await directory.eventTypes()).toEqual(['user_create', 'user_password_update_provision', 'password_set'])
  expect((await enter(newPassword)).mustChange).toBe('forced')
})

test('none of the last six passwords is taken again, and a change proves the one in force only once', async () => {
  const nth = (n: number) => new Secret(`Quiet-${n}-Lantern-Orbit`)
  for (let n = 0; n <= 6; n++) {
    await directory.runtime.advance(3_600_000)
    await change(n === 0 ? oldPassword : nth(n - 1), nth(n))
  }
  for (let n = 1; n <= 6; n++) {
    await directory.runtime.advance(3_600_000)
    await expect(change(nth(6), nth(n))).rejects.toMatchObject({ code: 'password_too_weak' })
  }
  Object.assign(directory.hashes, { verify: 0, hash: 0 })
  await change(nth(6), nth(0))
  // The one in force, and the five before it.
  expect(directory.hashes).toEqual({ verify: 6, hash: 1 })
})

test('five changes an hour are enough', async () => {
  let current = oldPassword
  for (let n = 0; n < 5; n++) {
    const next = new Secret(`Kettle-${n}-Lantern-Snow`)
    await change(current, next)
    current = next
  }
  await expect(change(current, newPassword)).rejects.toMatchObject({ code: 'too_many_requests' })
  await directory.runtime.advance(3_600_000)
  await change(current, newPassword)
})

test('no hash and no password can be read in the files', async () => {
  await bound('c1')
  directory.behaviour.set('c1', 'unreachable')
  await enter()
  await change()
  const bytes = directory.files()
  for (const needle of ['$argon2', oldPassword.reveal(), newPassword.reveal()]) {
    for (const encoding of ['utf8', 'utf16le'] as const)
      expect(bytes.some((file) => file.includes(Buffer.from(needle, encoding)))).toBe(false)
  }
})

test('whatever overlaps, the tenant ends with the password in force', { timeout: 30_000 }, async () => {
  await bound('c1')
  const yields = async () => {
    const [draw = 0] = directory.runtime.randomBytes(1)
    for (let n = draw % 4; n > 0; n--) await new Promise((resolve) => setImmediate(resolve))
  }
  directory.pause = { beforeSent: yields, afterSent: yields, afterLanded: yields }
  const held = () => new Secret(directory.tenants.get(`c1 ${ana}`) ?? '')
  for (let round = 0; round < 8; round++) {
    const before = held().reveal()
    const passwords = [0, 1, 2].map((n) => new Secret(`Kettle-${round}-${n}-Lantern-Snow`))
    await directory.runtime.advance(3_600_000)
    await Promise.allSettled([
      ...passwords.map((password) =>
        setPassword(directory.context, system, { userId: ana, password, mustChange: false }),
      ),
      ...passwords.map((password) => enter(password)),
    ])
    expect(held().reveal()).not.toBe(before)
    const { store, vault, hasher } = directory.context
    const credential = await findCredential(store.db, ana)
    expect(credential && (await hasher.verify(openHash(vault, credential), held()))).toBe(true)
  }
})
