import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import type { UserRow } from '../store/users.ts'
import { createUser } from './create-user.ts'
import { addPasskey, myFactors } from './factors.ts'
import { enterWithPasskey } from './passkey-sign-in.ts'
import { askPasskey, offerPasskey, personOfPasskey, provedPasskey } from './passkeys.ts'
import { findSessionByToken } from './sessions.ts'
import { suspendUser } from './suspend-user.ts'
import { oldPassword, type TestDirectory, testDirectory } from './testing.ts'
import { type TestAuthenticator, testAuthenticator } from './testing-authenticator.ts'

const party = { id: 'id.contoso.example', origin: 'https://id.contoso.example' }
let directory: TestDirectory
let ana: UserRow
let key: TestAuthenticator

beforeEach(async () => {
  directory = await testDirectory()
  const input = { email: 'ana@contoso.example', state: 'active' as const, sendMail: false }
  ana = await createUser(directory.context, system, { ...input, initialPassword: oldPassword.reveal() })
  key = testAuthenticator(party)
})
afterEach(() => directory.close())

const refused = async (work: Promise<unknown>) =>
  await work.then(
    () => 'nothing',
    (error: { code?: string }) => error.code,
  )

async function add(): Promise<void> {
  const options = await offerPasskey(directory.context, ana, 'holder')
  await addPasskey(directory.context, ana, await provedPasskey(directory.context, 'holder', key.make(options)), {
    name: 'Laptop',
  })
}

const ask = (holder = 'holder', user: UserRow | null = null) => askPasskey(directory.context, holder, user)
const used = (response: ReturnType<TestAuthenticator['use']>, holder = 'holder') =>
  personOfPasskey(directory.context, holder, response)

test('whose passkey it is, it says itself; signing in with it sends no password', async () => {
  await directory.addConnection('c1')
  await directory.bind('c1', ana.id)
  await add()
  const person = await used(key.use(await ask()))
  expect(person.id).toBe(ana.id)
  const signedIn = await enterWithPasskey(directory.context, person, { address: null })
  expect(signedIn.sync).toMatchObject([{ password: 'pending' }])
  expect([...directory.tenants.values()]).toEqual([])
  expect((await findSessionByToken(directory.context, signedIn.session.token))?.session.factor).toBe(1)
})

test('a challenge is 32 bytes, works once, for its own session, for five minutes', async () => {
  await add()
  const asked = await ask()
  expect(Buffer.from(asked.challenge, 'base64url')).toHaveLength(32)
  const answer = key.use(asked)
  expect(await refused(used(answer, 'another session'))).toBe('passkey_refused')
  expect(await refused(used(answer))).toBe('nothing')
  expect(await refused(used(answer))).toBe('passkey_refused')
  const late = await ask()
  await directory.runtime.advance(300_000)
  expect(await refused(used(key.use(late)))).toBe('passkey_refused')
})

test('only our own page, and only with the person verified', async () => {
  await add()
  for (const how of [
    { origin: 'https://evil.example' },
    { origin: 'http://id.contoso.example' },
    { isVerified: false },
  ])
    expect(await refused(used(key.use(await ask(), how)))).toBe('passkey_refused')
  const offered = async (how: object) => key.make(await offerPasskey(directory.context, ana, 'other'), how)
  for (const how of [{ origin: 'https://evil.example' }, { isVerified: false }])
    expect(await refused(provedPasskey(directory.context, 'other', await offered(how)))).toBe('passkey_refused')
})

test('an authenticator that is not known, or signs for somebody else, is refused', async () => {
  await add()
  const stranger = testAuthenticator(party)
  expect(await refused(used(stranger.use(await ask())))).toBe('passkey_refused')
  const forged = stranger.use(await ask())
  const { id } = key.use(await ask('other'))
  expect(await refused(used({ ...forged, id, rawId: id }))).toBe('passkey_refused')
})

test('a counter that goes back is refused, and is an event', async () => {
  await add()
  expect(await refused(used(key.use(await ask(), { counter: 7 })))).toBe('nothing')
  expect(await refused(used(key.use(await ask(), { counter: 7 })))).toBe('passkey_refused')
  const event = (await directory.events()).at(-1)
  expect(event).toMatchObject({ type: 'login_passkey_suspicious', outcome: 'failure', user: ana.id })
  expect(event?.detail).toContain('"Laptop" counted 7 after 7')
  expect(await refused(used(key.use(await ask(), { counter: 8 })))).toBe('nothing')
})

test('the passkey of somebody suspended signs nobody in', async () => {
  await add()
  await suspendUser(directory.context, system, { userId: ana.id })
  expect(await refused(used(key.use(await ask())))).toBe('passkey_refused')
})

test('what is shown of a passkey is its name, never its key', async () => {
  await add()
  const { factors } = await myFactors(directory.context, ana)
  expect(factors).toMatchObject([{ kind: 'passkey', name: 'Laptop' }])
  expect(Object.keys(factors[0] ?? {}).sort()).toEqual(['createdAt', 'id', 'kind', 'name', 'usedAt'])
})
