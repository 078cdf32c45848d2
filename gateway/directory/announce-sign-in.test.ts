import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { openMails } from '../store/testing.ts'
import type { UserRow } from '../store/users.ts'
import { programSeen } from './programs.ts'
import type { Visit } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { createAna, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let directory: TestDirectory
let ana: UserRow

beforeEach(async () => {
  directory = await testDirectory()
  ana = await createAna(directory)
})
afterEach(() => directory.close())

const enter = (visit: Partial<Visit> = {}) =>
  signIn(directory.context, null, {
    email: ana.email,
    password: oldPassword,
    address: '192.0.2.1',
    agent: firefox,
    ...visit,
  })
const mails = () => openMails(directory.context.store.db, directory.context.vault)
const kinds = async () => (await mails()).map(({ kind }) => kind)

test('a sign-in with another browser is told with where it was, the first one of all and known browsers are not', async () => {
  const first = await enter()
  expect(await kinds()).toEqual([])
  await enter({ browser: first.browser })
  expect(await kinds()).toEqual([])
  const other = await enter()
  const [mail] = await mails()
  expect(mail).toMatchObject({ kind: 'new_device', recipient: ana.email })
  expect(mail?.text).toContain('Firefox, Linux, 192.0.2.1')
  expect(mail?.text).toContain('https://id.contoso.example/portal/security')
  await enter({ browser: other.browser })
  expect(await kinds()).toEqual(['new_device'])
})

test('what a browser says of itself is not repeated', async () => {
  await enter()
  await enter({ agent: 'Call +1 555 0100 at once <b>', address: null })
  const [mail] = await mails()
  expect(mail?.text).toContain('before: ?.')
  expect(`${mail?.text} ${mail?.html}`).not.toContain('555')
})

test('the sign-in that brings the password to Microsoft 365 for the first time says so, once, in one mail', async () => {
  await directory.addConnection('c1')
  await directory.bind('c1', ana.id)
  await enter()
  expect(await kinds()).toEqual(['synced'])
  expect((await mails())[0]?.text).toContain(`${ana.email} (Tenant c1)`)
  await enter()
  expect(await kinds()).toEqual(['synced', 'new_device'])
})

test('a password that did not arrive is not told of as if it had', async () => {
  await directory.addConnection('c1')
  await directory.bind('c1', ana.id)
  directory.behaviour.set('c1', 'unreachable')
  await enter()
  expect(await kinds()).toEqual([])
})

test('after a link that was mailed, nobody is told twice', async () => {
  await enter()
  await enter({ isAnnounced: true })
  expect(await kinds()).toEqual([])
})

test('after the key was rotated no browser can be known, and not everybody is written to', async () => {
  await enter()
  await directory.context.store.change(system, async (change) => change.event({ type: 'key_rotate' }))
  await enter()
  expect(await kinds()).toEqual([])
  await enter()
  expect(await kinds()).toEqual(['new_device'])
})

test('a command line that is let in is told of, its renewals are not, and neither is the extension', async () => {
  const program = { grantId: 'g1', userId: ana.id, agent: 'Lockstep CLI/0.1.0 (Linux; desk)', address: '192.0.2.7' }
  const endsAt = directory.runtime.now() + 1_000
  for (const _ of [1, 2]) await programSeen(directory.context, { ...program, client: 'cli', endsAt, renewal: null })
  const other = { ...program, grantId: 'g2', client: 'extension' as const, endsAt, renewal: null }
  await programSeen(directory.context, other)
  expect(await kinds()).toEqual(['new_device'])
  expect((await mails())[0]?.text).toContain('Lockstep CLI, Linux, 192.0.2.7')
})
