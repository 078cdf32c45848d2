import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { dueMails } from '../store/mails.ts'
import { changePassword } from './change-password.ts'
import { createUser } from './create-user.ts'
import { createGroup, setMembership } from './groups.ts'
import { myStatus } from './my-status.ts'
import { remindAwaiting } from './remind.ts'
import { signIn } from './sign-in.ts'
import { previewTakeover } from './takeover.ts'
import { newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
let ana: string
let ben: string
let group: string
beforeEach(async () => {
  directory = await testDirectory()
  const { context } = directory
  await directory.addConnection('c1')
  const create = async (name: string) => {
    const email = `${name}@contoso.example`
    const initialPassword = oldPassword.reveal()
    const { id } = await createUser(context, system, { email, state: 'active', sendMail: false, initialPassword })
    await directory.bind('c1', id)
    return id
  }
  ana = await create('ana')
  ben = await create('ben')
  group = (await createGroup(context, system, { displayName: 'Works council' })).id
  await setMembership(context, system, { groupId: group, userId: ana }, true)
  await settle({ passwordTakeoverExcept: [group] })
})
afterEach(() => directory.close())

const settle = (settings: object) =>
  directory.context.store.change(system, async (change) => {
    change.quiet('test')
    const all = JSON.stringify({ mode: 'apply', passwordTakeover: true, signInReminders: [3], ...settings })
    await change.trx.updateTable('connections').set({ settings: all }).where('id', '=', 'c1').execute()
  })
const enter = (name: string) =>
  signIn(directory.context, null, { email: `${name}@contoso.example`, password: oldPassword, address: null })
const there = (userId: string) => directory.tenants.get(`c1 ${userId}`)
const preview = (enabled: boolean, except: string[] = []) =>
  previewTakeover(directory.context, 'c1', { enabled, except })

test('S15: where takeover is off for a group, a sign-in of its members brings nothing, and a change does', async () => {
  await enter('ben')
  expect(there(ben)).toBe(oldPassword.reveal())
  expect((await enter('ana')).sync).toMatchObject([{ password: 'pending' }])
  expect(there(ana)).toBeUndefined()
  expect(await myStatus(directory.context, ana)).toMatchObject({ state: 'waiting', action: 'change_password' })
  const changed = { userId: ana, currentPassword: oldPassword, newPassword, address: null }
  await changePassword(directory.context, system, changed)
  expect(there(ana)).toBe(newPassword.reveal())
})

test('S15: before it is switched, the mails that would follow are counted, and as many are sent', async () => {
  expect(await preview(true, [group])).toEqual({ people: 2, atSignIn: 1, onChange: 1, mails: 1 })
  expect(await preview(true)).toEqual({ people: 2, atSignIn: 2, onChange: 0, mails: 2 })
  expect(await preview(false)).toEqual({ people: 2, atSignIn: 0, onChange: 2, mails: 0 })
  const mails = async () => {
    await remindAwaiting(directory.context)
    await directory.runtime.advance(3 * 86_400_000)
    await remindAwaiting(directory.context)
    return (await dueMails(directory.context.store.db, directory.runtime.now(), 10)).map(({ user_id }) => user_id)
  }
  expect(await mails()).toEqual([ben])
  await enter('ben')
  expect(await preview(true, [group])).toMatchObject({ mails: 0 })
  await expect(previewTakeover(directory.context, 'none', { enabled: true, except: [] })).rejects.toMatchObject({
    code: 'connection_not_found',
  })
})
