import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import type { Letter, Post } from '../mail/post.ts'
import { updateMail } from '../store/mails.ts'
import { resealAll } from '../store/reseal.ts'
import { openMails } from '../store/testing.ts'
import { createUser } from './create-user.ts'
import { sendDueMails } from './send-mails.ts'
import { type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
beforeEach(async () => {
  directory = await testDirectory()
})
afterEach(() => directory.close())

const create = (name: string, attributes = {}) =>
  createUser(directory.context, system, {
    email: `${name}@contoso.example`,
    state: 'active',
    sendMail: true,
    attributes,
  })
const mails = () => openMails(directory.context.store.db, directory.context.vault)
const refusing = (error: object): Post => ({
  deliver: () => Promise.reject(Object.assign(new Error('550 5.1.1 no such mailbox'), error)),
  close: () => {},
})

test('the link of a mail that waits lies nowhere in the clear; once it is sent nothing of the text is left', async () => {
  await create('ana')
  const [mail] = await mails()
  const token = /activate\/([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? 'none'
  for (const spelling of [token, Buffer.from(token).toString('base64').slice(4, 40)])
    expect(directory.files().some((bytes) => bytes.includes(spelling))).toBe(false)
  const letters: Letter[] = []
  const post: Post = { deliver: async (letter) => void letters.push(letter), close: () => {} }
  expect(await sendDueMails(directory.context, post)).toBe(1)
  expect(letters[0]?.text).toContain(token)
  expect(await mails()).toMatchObject([{ state: 'sent', sealed: null, error: null }])
})

test('a recipient that does not exist bounces at once, with the reason and an event', async () => {
  await create('ana')
  await sendDueMails(directory.context, refusing({ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }))
  expect(await mails()).toMatchObject([{ state: 'bounced', sealed: null, error: '550 5.1.1 no such mailbox' }])
  expect((await directory.events()).at(-1)).toMatchObject({
    type: 'mail_bounce',
    outcome: 'failure',
    cause: 'activation',
  })
})

test('a server that does not know us keeps the mail waiting', async () => {
  await create('ana')
  await sendDueMails(directory.context, refusing({ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }))
  expect(await mails()).toMatchObject([{ state: 'queued', attempt: 1 }])
})

test('mails that wait are sealed anew with a new key', async () => {
  await create('ana')
  const { store, vault } = directory.context
  const [before] = await mails()
  await store.change(system, async (change) => {
    change.quiet('test')
    vault.rekey(new Uint8Array(32).fill(99))
    await resealAll(change.trx, vault)
  })
  const [after] = await mails()
  expect(after?.sealed).not.toBe(before?.sealed)
  expect(after?.text).toBe(before?.text)
})

test('a text opens in its own mail only; one that nobody can open is given up', async () => {
  await create('ana')
  await create('ben')
  const [ana, ben] = await mails()
  const { store } = directory.context
  await store.change(system, async (change) => {
    change.quiet('test')
    await updateMail(change.trx, ana?.id ?? '', { sealed: ben?.sealed ?? null })
  })
  const letters: Letter[] = []
  await sendDueMails(directory.context, { deliver: async (letter) => void letters.push(letter), close: () => {} })
  expect(letters.map(({ recipient }) => recipient)).toEqual(['ben@contoso.example'])
  expect(await mails()).toMatchObject([{ state: 'failed' }, { state: 'sent' }])
})

test.each([
  ['de', 'Legen Sie Ihr Passwort für Contoso fest'],
  ['ja', 'Contoso のパスワードを設定してください'],
  ['fr-CA', 'Définissez votre mot de passe pour Contoso'],
  ['nl', 'Set your password for Contoso'],
])('somebody who reads %s gets "%s"', async (preferredLanguage, subject) => {
  await create('ana', { preferredLanguage })
  expect(await mails()).toMatchObject([{ subject }])
})
