import { User } from '@lockstep/shared/contract/user'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Actor, system } from '../domain/actor.ts'
import { findBinding } from '../store/bindings.ts'
import { findPending } from '../store/pending-passwords.ts'
import { openMails } from '../store/testing.ts'
import { findUser } from '../store/users.ts'
import { activateUser } from './activate-user.ts'
import { createAdmin } from './create-admin.ts'
import { createUser } from './create-user.ts'
import { deleteUser } from './delete-user.ts'
import { createDirectory } from './directory.ts'
import { tidyUp } from './housekeeping.ts'
import { myStatus } from './my-status.ts'
import { newsSeen } from './news.ts'
import { consumeLink, inspectLink } from './password-links.ts'
import { presentUser } from './present-user.ts'
import { resumeUser } from './resume-user.ts'
import { grantRole, revokeRole } from './roles.ts'
import { sendDueMails } from './send-mails.ts'
import { endSession, findSessionByToken } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { suspendUser } from './suspend-user.ts'
import { newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'
import { createToken, findToken, revokeToken } from './tokens.ts'
import { updateUser } from './update-user.ts'

let directory: TestDirectory
beforeEach(async () => {
  directory = await testDirectory()
})
afterEach(() => directory.close())

const create = (name = 'ana', more: Partial<Parameters<typeof createUser>[2]> = {}) =>
  createUser(directory.context, system, { email: `${name}@contoso.example`, state: 'active', sendMail: false, ...more })
const purpose = 'activation' as const
const row = (userId: string) => findBinding(directory.context.store.db, 'c1', userId)
const bound = async (userId: string) => {
  await directory.addConnection('c1')
  await directory.bind('c1', userId)
}

test('a created person is presented as the contract says', async () => {
  const boss = await create('boss')
  const ana = await create('ana', {
    givenName: 'Ana',
    familyName: 'Kovač',
    attributes: { jobTitle: 'Clerk', city: '', manager: boss.id },
  })
  await bound(ana.id)
  const shown = User.strict().parse(await presentUser(directory.context, ana))
  expect(shown).toMatchObject({
    displayName: 'Ana Kovač',
    attributes: { jobTitle: 'Clerk', city: null, manager: boss.id },
    password: {
      state: 'none',
      set: false,
      version: 0,
      changedAt: null,
      expired: false,
      blocked: false,
      mustChange: false,
    },
    mfa: { totp: false, passkeys: 0 },
    bindings: [{ connectionId: 'c1', userPrincipalName: 'ana@contoso.example' }],
  })
  const created = (await directory.events()).at(-1)
  expect(created?.changes).toContainEqual({ attribute: 'jobTitle', before: null, after: 'Clerk' })
})

test('an address that is taken, a weak password and an unknown manager create nobody', async () => {
  await create()
  await expect(create()).rejects.toMatchObject({ code: 'email_taken' })
  await expect(create('ben', { initialPassword: 'short' })).rejects.toMatchObject({ code: 'password_too_weak' })
  await expect(create('ben', { attributes: { manager: 'nobody' } })).rejects.toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'attributes.manager' }],
  })
  expect(await directory.eventTypes()).toEqual(['user_create'])
})

test('a changed person makes the binding dirty and out of sync; null clears, absent leaves', async () => {
  const ana = await create('ana', { attributes: { jobTitle: 'Clerk', city: 'Graz' } })
  await bound(ana.id)
  const woken: string[] = []
  directory.context.store.onWake((id) => woken.push(id))
  await updateUser(directory.context, system, { userId: ana.id, values: { attributes: { jobTitle: null } } })
  expect(await row(ana.id)).toMatchObject({ state: 'out_of_sync', dirty: 1 })
  expect(woken).toEqual(['c1'])
  expect((await directory.events()).at(-1)).toMatchObject({
    type: 'user_update',
    changes: [{ attribute: 'jobTitle', before: 'Clerk', after: null }],
  })
  await updateUser(directory.context, system, { userId: ana.id, values: { attributes: { city: 'Graz' } } })
  expect(await directory.eventTypes()).toEqual(['user_create', 'user_update'])
})

test('a bound person cannot move to a domain that the tenant does not own', async () => {
  const ana = await create()
  await bound(ana.id)
  const move = (email: string) => updateUser(directory.context, system, { userId: ana.id, values: { email } })
  await expect(move('ana@fabrikam.example')).rejects.toMatchObject({ code: 'domain_not_in_connection' })
  await create('ben')
  await expect(move('ben@contoso.example')).rejects.toMatchObject({ code: 'email_taken' })
  expect((await move('ana.k@contoso.example')).email).toBe('ana.k@contoso.example')
})

test('a suspended person loses sessions and the password on its way, and gets in again when resumed', async () => {
  const ana = await create('ana', { initialPassword: oldPassword.reveal() })
  await bound(ana.id)
  directory.behaviour.set('c1', 'unreachable')
  const given = { email: ana.email, password: oldPassword, address: null }
  const { session } = await signIn(directory.context, null, given)
  expect(await row(ana.id)).toMatchObject({ password_state: 'pending' })
  await suspendUser(directory.context, system, { userId: ana.id })
  expect(await findSessionByToken(directory.context, session.token)).toBeUndefined()
  expect(await row(ana.id)).toMatchObject({ password_state: 'awaiting_login', state: 'out_of_sync' })
  await expect(suspendUser(directory.context, system, { userId: ana.id })).rejects.toMatchObject({
    code: 'user_state_conflict',
  })
  await resumeUser(directory.context, system, { userId: ana.id })
  directory.behaviour.set('c1', 'accepts')
  expect((await signIn(directory.context, null, given)).sync).toMatchObject([{ password: 'updated' }])
})

test('a person who is deleted with accounts to be blocked stays out of sight until they are', async () => {
  const ana = await create()
  await bound(ana.id)
  await deleteUser(directory.context, system, { userId: ana.id, accounts: 'disable' })
  expect(await findUser(directory.context.store.db, ana.id)).toBeUndefined()
  expect(await row(ana.id)).toMatchObject({ state: 'unbinding', unbind: 'block', dirty: 1 })
  await create()
  const other = await create('ben')
  await directory.bind('c1', other.id)
  await deleteUser(directory.context, system, { userId: other.id, accounts: 'keep' })
  expect(await row(other.id)).toBeUndefined()
})

test('the last administrator cannot be suspended, deleted or lose the role', async () => {
  const ana = await create()
  const last = { code: 'user_is_last_admin' }
  await grantRole(directory.context, system, { userId: ana.id, role: 'admin' })
  await expect(suspendUser(directory.context, system, { userId: ana.id })).rejects.toMatchObject(last)
  await expect(revokeRole(directory.context, system, { userId: ana.id })).rejects.toMatchObject(last)
  const removal = deleteUser(directory.context, system, { userId: ana.id, accounts: 'keep' })
  await expect(removal).rejects.toMatchObject(last)
  const ben = await create('ben')
  await grantRole(directory.context, system, { userId: ben.id, role: 'admin' })
  await revokeRole(directory.context, system, { userId: ana.id })
  expect((await directory.eventTypes()).slice(-2)).toEqual(['admin_role_grant', 'admin_role_revoke'])
})

test('an activation link sets the password once; looking at it consumes nothing', async () => {
  const ana = await create('ana', { state: 'staged' })
  await bound(ana.id)
  await activateUser(directory.context, system, { userId: ana.id, sendMail: true })
  const [mail] = await openMails(directory.context.store.db, directory.context.vault)
  const token = /portal\/activate\/([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? ''
  for (let n = 0; n < 3; n++) expect((await inspectLink(directory.context, { token, purpose }))?.id).toBe(ana.id)
  directory.behaviour.set('c1', 'refuses')
  await expect(consumeLink(directory.context, null, { token, purpose, password: newPassword })).rejects.toMatchObject({
    code: 'password_refused_by_tenant',
  })
  directory.behaviour.set('c1', 'accepts')
  const both = await Promise.allSettled(
    [newPassword, oldPassword].map((password) => consumeLink(directory.context, null, { token, purpose, password })),
  )
  expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(consumeLink(directory.context, null, { token, purpose, password: oldPassword })).rejects.toMatchObject({
    code: 'link_gone',
  })
  expect(directory.tenants.size).toBe(1)
})

test('a link ends after 72 hours', async () => {
  await create('ana', { sendMail: true })
  const [mail] = await openMails(directory.context.store.db, directory.context.vault)
  const token = /activate\/([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? ''
  await directory.runtime.advance(72 * 3_600_000 - 1)
  expect(await inspectLink(directory.context, { token, purpose })).toBeDefined()
  await directory.runtime.advance(1)
  expect(await inspectLink(directory.context, { token, purpose })).toBeUndefined()
})

test('a session ends when idle, at its absolute end, at sign-out; sooner for whoever holds a role', async () => {
  directory.context.settings.secondFactor = 'nobody'
  const ana = await create('ana', { initialPassword: oldPassword.reveal() })
  const enter = async () => {
    await directory.runtime.advance(3_600_000)
    return (await signIn(directory.context, null, { email: ana.email, password: oldPassword, address: null })).session
      .token
  }
  const lives = async (token: string) => (await findSessionByToken(directory.context, token)) !== undefined
  const usedFor = async (token: string, minutes: number) => {
    for (let n = 0; n < minutes; n += 10) {
      await directory.runtime.advance(600_000)
      if (!(await lives(token))) return false
    }
    return true
  }
  const idle = await enter()
  await directory.runtime.advance(30 * 60_000)
  expect(await lives(idle)).toBe(false)
  expect(await usedFor(await enter(), 710)).toBe(true)
  expect(await usedFor(await enter(), 720)).toBe(false)
  const left = await enter()
  await endSession(directory.context, system, left)
  expect(await lives(left)).toBe(false)
  await grantRole(directory.context, system, { userId: ana.id, role: 'admin' })
  const admin = await enter()
  await directory.runtime.advance(15 * 60_000)
  expect(await lives(admin)).toBe(false)
  expect(await usedFor(await enter(), 480)).toBe(false)
})

test('a token has the role it was made with, until it ends or is revoked', async () => {
  const made = await createToken(directory.context, system, { name: 'ci', role: 'helpdesk', allow: ['approve'] })
  expect(made.token).toMatch(/^lks_[\w-]{43}[0-9a-f]{6}$/)
  expect(await findToken(directory.context, made.token)).toMatchObject({
    kind: 'token',
    role: 'helpdesk',
    allow: ['approve'],
  })
  expect(await findToken(directory.context, `${made.token.slice(0, -1)}x`)).toBeUndefined()
  const helpdesk = (await findToken(directory.context, made.token)) as Actor
  await expect(createToken(directory.context, helpdesk, { name: 'more', role: 'admin' })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await revokeToken(directory.context, system, made.id)
  expect(await findToken(directory.context, made.token)).toBeUndefined()
  const other = await createToken(directory.context, system, { name: 'b', role: 'admin' })
  await directory.runtime.advance(90 * 86_400_000)
  expect(await findToken(directory.context, other.token)).toBeUndefined()
})

test('a password that could not be delivered in 72 hours is forgotten', async () => {
  const ana = await create('ana', { initialPassword: oldPassword.reveal() })
  await bound(ana.id)
  directory.behaviour.set('c1', 'unreachable')
  await signIn(directory.context, null, { email: ana.email, password: oldPassword, address: null })
  await directory.runtime.advance(72 * 3_600_000)
  await tidyUp(directory.context)
  expect(await row(ana.id)).toMatchObject({ password_state: 'pending' })
  await directory.runtime.advance(1)
  await tidyUp(directory.context)
  expect(await row(ana.id)).toMatchObject({ password_state: 'awaiting_login' })
  expect(await findPending(directory.context.store.db, { connectionId: 'c1', userId: ana.id }, 1)).toBeUndefined()
})

test('what the popup shows of a person', async () => {
  const ana = await create('ana', { initialPassword: oldPassword.reveal() })
  expect(await myStatus(directory.context, ana.id)).toMatchObject({ state: 'unbound', action: null })
  await bound(ana.id)
  expect(await myStatus(directory.context, ana.id)).toMatchObject({ state: 'waiting', action: 'sign_in' })
  await signIn(directory.context, null, { email: ana.email, password: oldPassword, address: null })
  expect(await myStatus(directory.context, ana.id)).toMatchObject({
    state: 'in_sync',
    connections: [{ name: 'Tenant c1', account: 'ana@contoso.example', password: { state: 'in_sync' } }],
    action: null,
  })
})

test('S32: that Microsoft 365 has the password is news until it was read, and again for another account', async () => {
  const ana = await create('ana', { initialPassword: oldPassword.reveal() })
  const news = async () => (await myStatus(directory.context, ana.id)).news.map(({ name }) => name)
  await bound(ana.id)
  expect(await news()).toEqual([])
  const enter = () => signIn(directory.context, null, { email: ana.email, password: oldPassword, address: null })
  await enter()
  expect(await news()).toEqual(['Tenant c1'])
  await newsSeen(directory.context, system, ana.id)
  await enter()
  expect(await news()).toEqual([])
  await directory.addConnection('c2')
  await directory.bind('c2', ana.id)
  await enter()
  expect(await news()).toEqual(['Tenant c2'])
})

test('a mail that cannot be delivered is tried again later, then given up with an event', async () => {
  await create('ana', { sendMail: true })
  let deliveries = 0
  const post = {
    deliver: async () => {
      deliveries += 1
      throw new Error('550 no')
    },
    close: () => {},
  }
  for (let n = 0; n < 10; n++) {
    await sendDueMails(directory.context, post)
    await directory.runtime.advance(86_400_000)
  }
  expect(deliveries).toBe(7)
  expect((await directory.events()).at(-1)).toMatchObject({ type: 'mail_send', outcome: 'failure', detail: '550 no' })
})

test('the first administrator is made in one step, and again makes no second one', async () => {
  const input = { email: 'Root@contoso.example', password: oldPassword }
  const first = await createAdmin(directory.context, system, input)
  expect(first).toMatchObject({ email: 'root@contoso.example', role: 'admin', state: 'active' })
  expect(await directory.eventTypes()).toEqual(['user_create', 'admin_role_grant'])
  const again = await createAdmin(directory.context, system, { ...input, password: newPassword })
  expect(again.id).toBe(first.id)
  await expect(createAdmin(directory.context, system, { ...input, email: 'root' })).rejects.toMatchObject({
    code: 'validation_failed',
  })
})

test('what the directory does by itself ends when it is told to', async () => {
  const { store, vault, runtime } = directory.context
  const own = createDirectory({
    store,
    vault,
    runtime,
    instance: { organisation: 'Contoso', mail: null, retainEventDays: 400, secondFactor: 'nobody' as const },
  })
  await own.start()
  await own.stop()
})
