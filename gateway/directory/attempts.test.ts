import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { dueMails } from '../store/mails.ts'
import { putAttempts } from '../store/throttles.ts'
import { attemptKeys } from './attempts.ts'
import { changePassword } from './change-password.ts'
import { createUser } from './create-user.ts'
import { tidyUp } from './housekeeping.ts'
import { answerLinkRequests } from './link-requests.ts'
import { setPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import { newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
let ana: string
beforeEach(async () => {
  directory = await testDirectory()
  // Guesses cost what they cost: here it is counted how many there are.
  const { hasher } = directory.context
  const quick = {
    ...hasher,
    verify: async (phc: string | undefined, password: Secret) =>
      password !== wrong && (await hasher.verify(phc, password)),
  }
  directory.context = { ...directory.context, hasher: quick }
  ana = (
    await createUser(directory.context, system, {
      email,
      state: 'active',
      sendMail: false,
      initialPassword: oldPassword.reveal(),
    })
  ).id
})
afterEach(() => directory.close())

const email = 'ana@contoso.example'
const wrong = new Secret('not the password')
const enter = (given: { password?: Secret; address?: string; browser?: string; who?: string } = {}) =>
  signIn(directory.context, null, {
    email: given.who ?? email,
    password: given.password ?? oldPassword,
    address: given.address ?? null,
    browser: given.browser ?? null,
  })
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'in',
    (error) => error.code as string,
  )
/** The last of a hundred guesses in a row. */
const guessToTheEnd = async (who = email) => {
  expect(await codeOf(enter({ who, password: wrong }))).toBe('wrong_credentials')
  await directory.context.store.change(system, async (change) => {
    change.quiet('98 more')
    const { account } = attemptKeys(directory.context, who, null)
    await putAttempts(change.trx, account, { failures: 99, untilAt: 0, updatedAt: change.now })
  })
  expect(await codeOf(enter({ who, password: wrong }))).toBe('wrong_credentials')
  await directory.runtime.advance(15 * 60_000)
}

test('a stranger guesses two hundred times, and the browser that knows Ana gets in', async () => {
  const { browser } = await enter()
  for (let n = 0; n < 200; n++) {
    await codeOf(enter({ password: wrong, address: '192.0.2.1' }))
    await directory.runtime.advance(15 * 60_000)
  }
  expect(await codeOf(enter())).toBe('wrong_credentials')
  expect((await enter({ browser, address: '192.0.2.1' })).user.id).toBe(ana)
})

test('after a hundred in a row not even the right password lets a stranger in, until it is another one', async () => {
  await guessToTheEnd()
  await directory.runtime.advance(40 * 86_400_000)
  await tidyUp(directory.context)
  await directory.reopen()
  expect(await codeOf(enter())).toBe('wrong_credentials')
  await setPassword(directory.context, system, { userId: ana, password: newPassword, mustChange: false })
  expect((await enter({ password: newPassword })).user.id).toBe(ana)
})

test('Ana is told once that somebody guesses, and nobody is where there is nobody', async () => {
  await guessToTheEnd()
  await guessToTheEnd('nobody@contoso.example')
  for (let n = 0; n < 5; n++) await codeOf(enter({ password: wrong }))
  while ((await answerLinkRequests(directory.context)) > 0);
  const mails = await dueMails(directory.context.store.db, directory.runtime.now(), 100)
  expect(mails.map(({ kind, recipient }) => `${kind} ${recipient}`)).toEqual([`locked ${email}`])
  expect((await directory.eventTypes()).filter((type) => type === 'login_lock')).toHaveLength(1)
})

test('a known browser that guesses is slowed and then a stranger; it never knows others', async () => {
  const { browser } = await enter()
  for (let n = 0; n < 6; n++) await codeOf(enter({ browser, password: wrong }))
  expect(await codeOf(enter({ browser }))).toBe('too_many_requests')
  expect(await codeOf(enter())).toBe('in')
  const other = await createUser(directory.context, system, {
    email: 'ben@contoso.example',
    state: 'active',
    sendMail: false,
    initialPassword: oldPassword.reveal(),
  })
  await guessToTheEnd(other.email)
  expect(await codeOf(enter({ who: other.email, browser }))).toBe('wrong_credentials')
  for (const forged of ['', 'x', `${browser.slice(0, 22)}.${'0'.repeat(32)}`, `${browser}.`]) {
    expect(await codeOf(enter({ who: other.email, browser: forged }))).toBe('wrong_credentials')
  }
})

test('one browser of several people knows each of them', async () => {
  await createUser(directory.context, system, {
    email: 'ben@contoso.example',
    state: 'active',
    sendMail: false,
    initialPassword: oldPassword.reveal(),
  })
  const first = await enter()
  const second = await enter({ who: 'ben@contoso.example', browser: first.browser })
  const third = await enter({ browser: second.browser })
  expect(third.browser.split('.')).toHaveLength(3)
  await guessToTheEnd()
  expect(await codeOf(enter({ browser: third.browser }))).toBe('in')
})

test('failures from one address slow that address, whoever they were about, and success slows nobody', async () => {
  for (let n = 0; n < 30; n++) expect(await codeOf(enter({ address: '192.0.2.1' }))).toBe('in')
  for (let n = 0; n < 10; n++) await codeOf(enter({ who: `${n}@x.example`, password: wrong, address: '2001:db8::1' }))
  expect(await codeOf(enter({ address: '2001:db8::2' }))).toBe('too_many_requests')
  expect(await codeOf(enter({ address: '2001:db8:0:1::2' }))).toBe('in')
})

test('two gateways on one store count together', async () => {
  const there = await directory.beside()
  for (let n = 0; n < 3; n++) {
    await codeOf(enter({ password: wrong }))
    await codeOf(signIn(there.context, null, { email, password: wrong, address: null }))
  }
  expect(await codeOf(enter())).toBe('too_many_requests')
  await there.close()
})

test('whoever is signed in and names a wrong password is slowed, and no stranger can do that to them', async () => {
  const change = (currentPassword: Secret) =>
    changePassword(directory.context, system, { userId: ana, currentPassword, newPassword, address: null })
  await guessToTheEnd()
  for (let n = 0; n < 6; n++) expect(await codeOf(change(wrong))).toBe('wrong_credentials')
  expect(await codeOf(change(oldPassword))).toBe('too_many_requests')
  await directory.runtime.advance(2_000)
  expect(await codeOf(change(oldPassword))).toBe('in')
  expect(await codeOf(enter({ password: newPassword }))).toBe('in')
})
