import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { listLinkRequests } from '../store/link-requests.ts'
import { openMails } from '../store/testing.ts'
import { activateUser } from './activate-user.ts'
import { createUser } from './create-user.ts'
import { answerLinkRequests, requestLink } from './link-requests.ts'
import { consumeLink, inspectLink, sendLink, showLink } from './password-links.ts'
import { resumeUser } from './resume-user.ts'
import { findSessionByToken } from './sessions.ts'
import { setPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import { suspendUser } from './suspend-user.ts'
import { newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'
import { updateUser } from './update-user.ts'

let directory: TestDirectory
beforeEach(async () => {
  directory = await testDirectory()
})
afterEach(() => directory.close())

const email = 'ana@contoso.example'
const create = (more: Partial<Parameters<typeof createUser>[2]> = {}) =>
  createUser(directory.context, system, { email, state: 'active', sendMail: false, ...more })
const withPassword = (more = {}) => create({ initialPassword: oldPassword.reveal(), ...more })
const mails = () => openMails(directory.context.store.db, directory.context.vault)
const forgot = async (address: string | null = null, who = email) => {
  await requestLink(directory.context, null, { email: who, address })
  await answerLinkRequests(directory.context)
}
const tokens = async () => (await mails()).flatMap(({ text }) => /portal\/reset\/([\w-]{43})/.exec(text)?.[1] ?? [])
const resetWith = (token: string, password = newPassword) =>
  consumeLink(directory.context, null, { token, purpose: 'reset', password })
const enter = (password = oldPassword) => signIn(directory.context, null, { email, password, address: null })

test('a reset puts the new password in force everywhere, ends all sessions and tells every address, once', async () => {
  const ana = await withPassword({ alternateEmail: 'ana@home.example' })
  await directory.addConnection('c1')
  await directory.bind('c1', ana.id)
  const { session } = await enter()
  await forgot()
  const [token = ''] = await tokens()
  expect((await resetWith(token)).sync).toMatchObject([{ password: 'updated' }])
  expect(directory.tenants.get(`c1 ${ana.id}`)).toBe(newPassword.reveal())
  expect(await findSessionByToken(directory.context, session.token)).toBeUndefined()
  const sent = (await mails()).map(({ kind, recipient }) => `${kind} ${recipient}`)
  expect(sent.sort()).toEqual([
    'password_changed ana@contoso.example',
    'password_changed ana@home.example',
    'reset ana@home.example',
    // Of the sign-in before it, which was the first.
    'synced ana@home.example',
  ])
  expect((await directory.eventTypes()).slice(-3)).toEqual([
    'password_link_send',
    'user_password_update_provision',
    'password_change',
  ])
  await expect(enter()).rejects.toMatchObject({ code: 'wrong_credentials' })
  expect((await enter(newPassword)).user.id).toBe(ana.id)
})

test('of two who use one link at once, one sets the password and the other finds it gone', async () => {
  await withPassword()
  await forgot()
  const [token = ''] = await tokens()
  const both = await Promise.allSettled([resetWith(token), resetWith(token)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'link_gone' } })
})

test('a password that is too weak, or that the tenant refuses, leaves the link as it was', async () => {
  const ana = await withPassword()
  await directory.addConnection('c1')
  await directory.bind('c1', ana.id)
  await forgot()
  const [token = ''] = await tokens()
  await expect(resetWith(token, oldPassword)).rejects.toMatchObject({ code: 'password_too_weak' })
  directory.behaviour.set('c1', 'refuses')
  await expect(resetWith(token)).rejects.toMatchObject({ code: 'password_refused_by_tenant' })
  directory.behaviour.set('c1', 'accepts')
  await resetWith(token)
})

const changes: [string, (id: string) => Promise<unknown>][] = [
  [
    'the password',
    (userId) => setPassword(directory.context, system, { userId, password: newPassword, mustChange: false }),
  ],
  ['the email', (userId) => updateUser(directory.context, system, { userId, values: { email: 'a@contoso.example' } })],
  [
    'the other address',
    (userId) => updateUser(directory.context, system, { userId, values: { alternateEmail: 'a@home.example' } }),
  ],
  [
    'the state, back and forth',
    async (userId) => {
      await suspendUser(directory.context, system, { userId })
      await resumeUser(directory.context, system, { userId })
    },
  ],
  ['the time, by half an hour', () => directory.runtime.advance(30 * 60_000)],
]
test.each(changes)('%s changed: the link is dead', async (_, change) => {
  const ana = await withPassword()
  await forgot()
  const [token = ''] = await tokens()
  expect(await inspectLink(directory.context, { token, purpose: 'reset' })).toBeDefined()
  expect(await inspectLink(directory.context, { token, purpose: 'activation' })).toBeUndefined()
  await change(ana.id)
  expect(await inspectLink(directory.context, { token, purpose: 'reset' })).toBeUndefined()
  await expect(resetWith(token)).rejects.toMatchObject({ code: 'link_gone' })
})

test('only who may sign in gets a mail, and asking again and again ends no link that is on its way', async () => {
  await create({ email: 'staged@contoso.example', state: 'staged' })
  const gone = await create({ email: 'gone@contoso.example' })
  await suspendUser(directory.context, system, { userId: gone.id })
  for (const who of ['staged', 'gone', 'nobody']) await forgot(null, `${who}@contoso.example`)
  expect(await mails()).toEqual([])
  expect((await directory.eventTypes()).filter((type) => type === 'password_link_send')).toEqual([])
  await withPassword()
  for (let n = 0; n < 9; n++) await forgot()
  const sent = await tokens()
  expect(sent).toHaveLength(3)
  for (const token of sent) expect(await inspectLink(directory.context, { token, purpose: 'reset' })).toBeDefined()
  await directory.runtime.advance(31 * 60_000)
  await forgot()
  expect(await tokens()).toHaveLength(4)
  expect(await listLinkRequests(directory.context.store.db, 10)).toEqual([])
})

test('one address cannot ask without end', async () => {
  await withPassword()
  for (let n = 0; n < 10; n++) await forgot('192.0.2.9', `${n}@contoso.example`)
  await expect(forgot('192.0.2.9')).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 6 })
  await forgot('192.0.2.10')
})

test('an admin sends the link that fits: the activation again until there is a password, then a reset', async () => {
  const ana = await create({ state: 'staged' })
  const send = (purpose: 'activation' | 'reset') => sendLink(directory.context, system, { userId: ana.id, purpose })
  await expect(send('reset')).rejects.toMatchObject({ code: 'user_state_conflict' })
  await activateUser(directory.context, system, { userId: ana.id, sendMail: true })
  expect(await send('activation')).toEqual({ recipient: email })
  await send('reset')
  expect((await mails()).map(({ kind }) => kind)).toEqual(['activation', 'activation', 'activation'])
  const links = (await mails()).map(({ text }) => /activate\/([\w-]{43})/.exec(text)?.[1] ?? '')
  const alive = await Promise.all(
    links.map(async (token) => (await inspectLink(directory.context, { token, purpose: 'activation' })) !== undefined),
  )
  expect(alive.filter((each) => each)).toHaveLength(1)
  await consumeLink(directory.context, null, {
    token: links[alive.indexOf(true)] ?? '',
    purpose: 'activation',
    password: oldPassword,
  })
  await expect(send('activation')).rejects.toMatchObject({ code: 'user_state_conflict' })
  await send('reset')
  expect((await mails()).at(-1)).toMatchObject({ kind: 'reset' })
})

test('a link that is shown at the desk works once within half an hour, and nothing is mailed', async () => {
  const ana = await create()
  const show = () => showLink(directory.context, system, ana.id)
  const tokenOf = (link: string) => /^https:\/\/id\.contoso\.example\/portal\/\w+\/([\w-]{43})$/.exec(link)?.[1] ?? ''
  const first = await show()
  expect(first).toMatchObject({ purpose: 'activation', endsAt: directory.runtime.now() + 30 * 60_000 })
  const { link, purpose } = await show()
  const isGood = async (each: string) =>
    (await inspectLink(directory.context, { token: tokenOf(each), purpose })) !== undefined
  expect([await isGood(first.link), await isGood(link)]).toEqual([false, true])
  await directory.runtime.advance(30 * 60_000 - 1)
  expect(await isGood(link)).toBe(true)
  await directory.runtime.advance(1)
  expect(await isGood(link)).toBe(false)
  const { link: again } = await show()
  await consumeLink(directory.context, null, { token: tokenOf(again), purpose, password: oldPassword })
  expect(await isGood(again)).toBe(false)
  const reset = await show()
  expect(reset.purpose).toBe('reset')
  expect((await mails()).map(({ kind }) => kind)).toEqual([])
  expect(await directory.eventTypes()).toContain('password_link_show')
  await suspendUser(directory.context, system, { userId: ana.id })
  await expect(show()).rejects.toMatchObject({ code: 'user_state_conflict' })
})

test('a changed address is told to the old one and the new one', async () => {
  const ana = await withPassword()
  await updateUser(directory.context, system, { userId: ana.id, values: { alternateEmail: 'ana@home.example' } })
  expect((await mails()).map(({ kind, recipient }) => `${kind} ${recipient}`)).toEqual([
    'address_changed ana@contoso.example',
    'address_changed ana@home.example',
  ])
})

test('what was set while somebody could not sign in goes to the account at activation, and not before', async () => {
  const ana = await withPassword({ state: 'staged' })
  await directory.addConnection('c1')
  await directory.bind('c1', ana.id)
  await setPassword(directory.context, system, { userId: ana.id, password: newPassword, mustChange: false })
  expect(directory.tenants.size).toBe(0)
  const pending = () => directory.context.store.db.selectFrom('pending_passwords').select('version').execute()
  expect(await pending()).toEqual([])
  await activateUser(directory.context, system, { userId: ana.id, sendMail: false })
  expect(await pending()).toEqual([{ version: 2 }])
})
