import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import type { Secret } from '../domain/secret.ts'
import { openMails } from '../store/testing.ts'
import type { UserRow } from '../store/users.ts'
import { createUser } from './create-user.ts'
import { addTotp, beginTotp, myFactors, removeFactor, renewRecoveryCodes, resetFactors } from './factors.ts'
import { findHalfSignIn, finishWithCode } from './half-sign-in.ts'
import { grantRole } from './roles.ts'
import { endOtherSessions, findSessionByToken, listSessions } from './sessions.ts'
import { setPassword } from './set-password.ts'
import { beginSignIn, signIn } from './sign-in.ts'
import { confirmWith } from './step-up.ts'
import { newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'
import { codeAt } from './totp.ts'

let directory: TestDirectory
let ana: UserRow
const visit = { address: '192.0.2.1', agent: 'curl/8' }

beforeEach(async () => {
  directory = await testDirectory()
  const input = { email: 'ana@contoso.example', state: 'active' as const, sendMail: false }
  ana = await createUser(directory.context, system, { ...input, initialPassword: oldPassword.reveal() })
})
afterEach(() => directory.close())

const given = (password = oldPassword) => ({ email: 'ana@contoso.example', password, ...visit })
const codeOf = (error: unknown) => (error as { code: string }).code
const refused = async (work: Promise<unknown>) => await work.then(() => 'nothing', codeOf)

/** Sets up an app; returns what it shows. */
async function enrol(): Promise<{ show: () => string; recoveryCodes: string[] }> {
  const { context, runtime } = directory
  const { key } = await beginTotp(context, ana, 'holder')
  const seed = base32(key)
  const show = () => codeAt(seed, runtime.now())
  const { recoveryCodes } = await addTotp(context, ana, 'holder', { code: show(), name: 'Phone', address: null })
  await runtime.advance(30_000)
  return { show, recoveryCodes: recoveryCodes ?? [] }
}

function base32(text: string): Uint8Array {
  let bits = ''
  for (const letter of text) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

async function half(password = oldPassword) {
  const begun = await beginSignIn(directory.context, { ...given(password), onward: null })
  if (begun.kind !== 'half') throw new Error('No second factor was asked for.')
  const found = await findHalfSignIn(directory.context, begun.token)
  if (found === undefined) throw new Error('The half sign-in is not there.')
  return {
    ...begun,
    found,
    finish: (code: string) => finishWithCode(directory.context, found, { code, key: begun.key, visit }),
  }
}

describe('the code', () => {
  test('is asked for after the password, and signs in', async () => {
    const { show } = await enrol()
    expect(await refused(signIn(directory.context, null, given()))).toBe('second_factor_needed')
    expect(await refused(signIn(directory.context, null, { ...given(newPassword), otp: show() }))).toBe(
      'wrong_credentials',
    )
    const { session } = await signIn(directory.context, null, { ...given(), otp: show() })
    expect((await findSessionByToken(directory.context, session.token))?.session.factor).toBe(1)
  })

  test('works once: not again in the same window, nor an earlier one after it', async () => {
    const { show } = await enrol()
    const earlier = show()
    await directory.runtime.advance(30_000)
    const code = show()
    await signIn(directory.context, null, { ...given(), otp: code })
    expect(await refused(signIn(directory.context, null, { ...given(), otp: code }))).toBe('wrong_code')
    expect(await refused(signIn(directory.context, null, { ...given(), otp: earlier }))).toBe('wrong_code')
  })

  test('cannot be used twice at the same moment', async () => {
    const { show } = await enrol()
    const code = show()
    const both = await Promise.all(
      [1, 2].map(() => refused(signIn(directory.context, null, { ...given(), otp: code }))),
    )
    expect(both.sort()).toEqual(['nothing', 'wrong_code'])
  })

  test('is slowed down, however often somebody with the password begins again', async () => {
    await enrol()
    const answers: string[] = []
    for (let n = 0; n < 8; n++)
      answers.push(await refused(signIn(directory.context, null, { ...given(), otp: '000000' })))
    expect(answers.slice(0, 6)).toEqual(Array(6).fill('wrong_code'))
    expect(answers.slice(6)).toEqual(['too_many_requests', 'too_many_requests'])
  })
})

describe('between the steps', () => {
  test('nothing is sealed, sent or signed in before the last factor', async () => {
    await directory.addConnection('c1')
    await directory.bind('c1', ana.id)
    const { show } = await enrol()
    const { finish } = await half()
    expect([...directory.tenants.values()]).toEqual([])
    expect(await directory.context.store.db.selectFrom('pending_passwords').selectAll().execute()).toEqual([])
    expect(await listSessions(directory.context, ana.id, '')).toEqual([])
    expect((await finish(show())).sync).toMatchObject([{ password: 'updated' }])
    expect([...directory.tenants.values()]).toEqual([oldPassword.reveal()])
  })

  test('the database alone does not hold the password, and the key of another sign-in opens nothing', async () => {
    const { show } = await enrol()
    const one = await half()
    const other = await half()
    for (const file of directory.files()) expect(file.includes(oldPassword.reveal())).toBe(false)
    const stolen = finishWithCode(directory.context, one.found, { code: show(), key: other.key, visit })
    expect(await refused(stolen)).toBe('sign_in_ended')
  })

  test('without its key the person is signed in, and nothing is sent', async () => {
    await directory.addConnection('c1')
    await directory.bind('c1', ana.id)
    const { show } = await enrol()
    const { found } = await half()
    const { sync } = await finishWithCode(directory.context, found, { code: show(), key: null, visit })
    expect(sync).toMatchObject([{ password: 'pending' }])
    expect([...directory.tenants.values()]).toEqual([])
  })

  test('it ends after five wrong codes, after five minutes, and by a change of the password', async () => {
    const { show } = await enrol()
    const tried = await half()
    const answers: string[] = []
    for (let n = 0; n < 5; n++) answers.push(await refused(tried.finish('000000')))
    expect(answers).toEqual([...Array(4).fill('wrong_code'), 'sign_in_ended'])
    expect(await findHalfSignIn(directory.context, tried.token)).toBeUndefined()
    await directory.runtime.advance(3_600_000)
    const late = await half()
    await directory.runtime.advance(300_000)
    expect(await findHalfSignIn(directory.context, late.token)).toBeUndefined()
    const changed = await half()
    await setPassword(directory.context, system, { userId: ana.id, password: newPassword, mustChange: false })
    expect(await findHalfSignIn(directory.context, changed.token)).toBeUndefined()
    expect(await refused(changed.finish(show()))).toBe('sign_in_ended')
  })

  test('it is finished once', async () => {
    const { show, recoveryCodes } = await enrol()
    const { finish } = await half()
    await finish(show())
    expect(await refused(finish(recoveryCodes[0] ?? ''))).toBe('sign_in_ended')
  })
})

describe('recovery codes', () => {
  test('ten come with the first factor; each works once, and none after they were made anew', async () => {
    const { recoveryCodes } = await enrol()
    const [first = '', second = ''] = recoveryCodes
    expect(new Set(recoveryCodes).size).toBe(10)
    const enter = (otp: string) => refused(signIn(directory.context, null, { ...given(), otp }))
    expect(await enter(first.toLowerCase())).toBe('nothing')
    expect(await enter(first)).toBe('wrong_code')
    expect((await myFactors(directory.context, ana)).recoveryCodesLeft).toBe(9)
    const renewed = await renewRecoveryCodes(directory.context, ana)
    expect(await enter(second)).toBe('wrong_code')
    expect(await enter(renewed[0] ?? '')).toBe('nothing')
    for (const file of directory.files()) expect(file.includes(second)).toBe(false)
  })

  test("somebody else's are worth nothing", async () => {
    const { recoveryCodes } = await enrol()
    const ben = await createUser(directory.context, system, {
      email: 'ben@contoso.example',
      state: 'active',
      sendMail: false,
      initialPassword: newPassword.reveal(),
    })
    const { key } = await beginTotp(directory.context, ben, 'ben')
    const code = codeAt(base32(key), directory.runtime.now())
    await addTotp(directory.context, ben, 'ben', { code, name: '', address: null })
    const otp = recoveryCodes[0] ?? ''
    const entering = signIn(directory.context, null, { email: ben.email, password: newPassword, otp, address: null })
    expect(await refused(entering)).toBe('wrong_code')
  })
})

describe('those who have to have one', () => {
  beforeEach(() => grantRole(directory.context, system, { userId: ana.id, role: 'admin' }))

  test('set it up before they are signed in, and cannot remove the last one', async () => {
    expect(await refused(signIn(directory.context, null, given()))).toBe('second_factor_missing')
    const begun = await beginSignIn(directory.context, { ...given(), onward: null })
    expect(begun).toMatchObject({ kind: 'half', step: 'set_up' })
    await enrol()
    ana = { ...ana, role: 'admin' }
    const [factor] = (await myFactors(directory.context, ana)).factors
    expect(await refused(removeFactor(directory.context, ana, factor?.id ?? ''))).toBe('factor_is_last')
    expect((await myFactors(directory.context, ana)).factors).toHaveLength(1)
  })

  test('a session without one ends when it becomes needed', async () => {
    directory.context.settings.secondFactor = 'nobody'
    const { session } = await signIn(directory.context, null, given())
    expect(await findSessionByToken(directory.context, session.token)).toBeDefined()
    directory.context.settings.secondFactor = 'admins'
    expect(await findSessionByToken(directory.context, session.token)).toBeUndefined()
  })
})

test('a new password leaves the factors; an administrator can take them away, with event, mail and end of sessions', async () => {
  const { show } = await enrol()
  await setPassword(directory.context, system, { userId: ana.id, password: newPassword, mustChange: false })
  expect((await myFactors(directory.context, ana)).factors).toHaveLength(1)
  const { session } = await signIn(directory.context, null, { ...given(newPassword), otp: show() })
  await resetFactors(directory.context, system, ana.id)
  expect(await myFactors(directory.context, ana)).toMatchObject({ factors: [], recoveryCodesLeft: 0 })
  expect(await findSessionByToken(directory.context, session.token)).toBeUndefined()
  expect((await directory.eventTypes()).at(-1)).toBe('login_factor_reset')
  const mails = await openMails(directory.context.store.db, directory.context.vault)
  expect(mails.at(-1)?.text).toContain('An administrator took all second factors away')
  expect(await refused(resetFactors(directory.context, system, ana.id))).toBe('factor_not_found')
})

test('a seed lies sealed in the database, and opens for nobody else', async () => {
  const { key } = await beginTotp(directory.context, ana, 'holder')
  const seed = Buffer.from(base32(key))
  for (const file of directory.files()) {
    expect(file.includes(seed)).toBe(false)
    expect(file.includes(key)).toBe(false)
    expect(file.includes(seed.toString('base64url'))).toBe(false)
  }
})

test('a confirmation gives the session another token, and the former is worth nothing', async () => {
  const { show } = await enrol()
  const { session } = await signIn(directory.context, null, { ...given(), otp: show() })
  await directory.runtime.advance(600_000)
  const found = await findSessionByToken(directory.context, session.token)
  if (found === undefined) throw new Error('There is no session.')
  expect(await refused(confirmWith(directory.context, found, { code: '000000', address: null }))).toBe('wrong_code')
  const renewed = await confirmWith(directory.context, found, { code: show(), address: null })
  expect(await findSessionByToken(directory.context, session.token)).toBeUndefined()
  const after = await findSessionByToken(directory.context, renewed.token)
  expect(after?.session).toMatchObject({ confirmed_at: directory.runtime.now(), ends_at: found.session.ends_at })
})

test('without a factor the password confirms', async () => {
  const { session } = await signIn(directory.context, null, given())
  const found = await findSessionByToken(directory.context, session.token)
  if (found === undefined) throw new Error('There is no session.')
  const confirm = (code: Secret) =>
    refused(confirmWith(directory.context, found, { code: code.reveal(), address: null }))
  expect(await confirm(newPassword)).toBe('wrong_credentials')
  expect(await confirm(oldPassword)).toBe('nothing')
})

test('signing in takes the place of the session before; ending all others leaves this one', async () => {
  const before = (await signIn(directory.context, null, given())).session.token
  const now = (await signIn(directory.context, null, { ...given(), replaces: before })).session.token
  expect(await findSessionByToken(directory.context, before)).toBeUndefined()
  const elsewhere = (await signIn(directory.context, null, given())).session.token
  const mine = await findSessionByToken(directory.context, now)
  if (mine === undefined) throw new Error('There is no session.')
  await endOtherSessions(directory.context, mine)
  expect(await findSessionByToken(directory.context, elsewhere)).toBeUndefined()
  expect(await listSessions(directory.context, ana.id, '')).toMatchObject([{ agent: 'curl/8', address: '192.0.2.1' }])
})
