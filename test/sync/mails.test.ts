import { examineMail } from '@lockstep/gateway/cli/doctor-mail'
import { Secret } from '@lockstep/gateway/domain/secret'
import { readSettings } from '@lockstep/gateway/settings'
import type { BulkResult } from '@lockstep/shared/contract/binding'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { type Mailbox, startMailbox } from '../support/mailbox.ts'
import { connect, jobDone, runCycle, startWorld, until, type World } from '../support/world.ts'

let world: World
let mailbox: Mailbox
let connection: string
const call = () => world.gateway.client

beforeAll(async () => {
  mailbox = await startMailbox({ refuse: /^gone/ })
  world = await startWorld({ users: 2, env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl } })
  connection = await connect(world)
}, 120_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
})

const create = (name: string, more: Record<string, unknown> = {}) =>
  call().call('POST /users', {
    body: { email: `${name}@contoso.example`, displayName: name, sendMail: false, ...more },
  })
const mailsOf = async (user: string) => (await call().call('GET /mails', { query: { user, limit: 100 } })).items
const kindsOf = async (user: string) => (await mailsOf(user)).map(({ kind }) => kind)
let lastJob: string
const lastWord = async () => (await call().call('GET /jobs/{id}', { params: { id: lastJob } })).detail
const bulk = async (bind: string[], more: { notify?: boolean; dryRun?: boolean }) => {
  const { job } = await call().call('POST /connections/{id}/bindings/bulk', {
    params: { id: connection },
    body: { bind, confirm: bind.length, ...more },
  })
  await jobDone(world, job)
  lastJob = job.id
  const { items } = await call().call('GET /jobs/{id}/results', { params: { id: job.id }, query: { limit: 500 } })
  return items as unknown as z.infer<typeof BulkResult>[]
}

test('a mail that arrives is listed as sent, in the language of who reads it, with the public address alone', async () => {
  const { id } = await create('greta', { sendMail: true, attributes: { preferredLanguage: 'de' } })
  const message = await mailbox.mailTo('greta@')
  expect(message.subject).toBe('Legen Sie Ihr Passwort für Contoso fest')
  expect(message.text).toContain('Guten Tag greta,')
  expect(message.text).toContain(`${world.gateway.url}/portal/activate/`)
  await until('sent', async () => (await mailsOf(id))[0]?.state === 'sent')
  expect(await mailsOf(id)).toMatchObject([{ kind: 'activation', recipient: 'greta@contoso.example', attempts: 1 }])
})

test('a mailbox that does not exist bounces with its reason; with a better address the mail is sent again', async () => {
  const { id } = await create('gone', { sendMail: true })
  const [mail] = await until('the bounce', async () => {
    const mails = await mailsOf(id)
    return mails[0]?.state === 'bounced' && mails
  })
  expect(mail?.reason).toContain('No such mailbox')
  const events = await call().call('GET /events', { query: { user: id, limit: 10 } })
  expect(events.items.map(({ type }) => type)).toContain('mail_bounce')
  await call().call('PATCH /users/{id}', { params: { id }, body: { alternateEmail: 'here@home.example' } })
  const sent = await call().call('POST /mails/{id}/resend', { params: { id: mail?.id ?? '' } })
  expect(sent).toEqual({ recipient: 'here@home.example' })
  const arrived = () => mailbox.messages.filter(({ to }) => to.includes('here@home')).map(({ text }) => text)
  await until('the link', async () => arrived().some((text) => text.includes('/portal/activate/')))
})

test('a mail that came back later is told by whoever received it, once', async () => {
  const { id } = await create('later', { sendMail: true })
  const [mail] = await until('sent', async () => {
    const mails = await mailsOf(id)
    return mails[0]?.state === 'sent' && mails
  })
  for (let n = 0; n < 2; n++) {
    const params = { id: mail?.id ?? '' }
    const after = await call().call('POST /mails/{id}/bounce', { params, body: { reason: 'Mailbox full.' } })
    expect(after).toMatchObject({ state: 'bounced', reason: 'Mailbox full.' })
  }
  const { items } = await call().call('GET /events', { query: { user: id, limit: 10 } })
  expect(items.filter(({ type }) => type === 'mail_bounce')).toHaveLength(1)
})

test('S15, S47: a dry run counts the mails, and as many are sent; staged people wait for their activation', async () => {
  const [ana, ben, sue] = await Promise.all([create('ana'), create('ben'), create('sue', { state: 'staged' })])
  const ids = [ana.id, ben.id, sue.id]
  const tried = await bulk(ids, { dryRun: true })
  expect(tried.map(({ userId, mail }) => [userId, mail]).sort()).toEqual(
    [
      [ana.id, true],
      [ben.id, true],
      [sue.id, false],
    ].sort(),
  )
  expect(await lastWord()).toBe('2 people would be told by mail.')
  expect((await bulk(ids, { dryRun: true, notify: false })).some(({ mail }) => mail)).toBe(false)
  expect(await lastWord()).toBe('Nobody would be told by mail.')
  expect(await Promise.all(ids.map(kindsOf))).toEqual([[], [], []])
  await bulk(ids, {})
  expect(await Promise.all(ids.map(kindsOf))).toEqual([['bound'], ['bound'], []])
  expect((await mailbox.mailTo('ben@contoso')).text).toContain('ben@contoso.example')
})

test('S28, S47: an import tells nobody unless it is asked to; then people hear at the address that they have', async () => {
  const accounts = ['ivo', 'ida'].map((name) => ({
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@contoso.example`,
    passwordProfile: { password: 'Green-Window-Chair-8', forceChangePasswordNextSignIn: false },
  }))
  for (const body of accounts) await world.tenant.act({ act: 'create', body })
  await runCycle(world, connection)
  const { items } = await call().call('GET /connections/{id}/accounts', {
    params: { id: connection },
    query: { status: 'new', limit: 500 },
  })
  const [ivo, ida] = ['ivo', 'ida'].map((name) => items.find((one) => one.displayName === name)?.id ?? '')
  const run = async (accountIds: (string | undefined)[], more: { notify?: boolean; dryRun?: boolean }) => {
    const { job } = await call().call('POST /connections/{id}/imports', {
      params: { id: connection },
      body: { accountIds: accountIds as never, bind: true, ...more },
    })
    await jobDone(world, job)
    lastJob = job.id
    const told = await call().call('GET /jobs/{id}/results', { params: { id: job.id }, query: { limit: 500 } })
    return told.items as unknown as { userId: string; mail?: boolean }[]
  }
  expect((await run([ivo, ida], { dryRun: true })).map(({ mail }) => mail)).toEqual([false, false])
  expect(await lastWord()).toBe('Nobody would be told by mail.')
  expect((await run([ivo, ida], { dryRun: true, notify: true })).map(({ mail }) => mail)).toEqual([true, true])
  expect(await lastWord()).toBe('2 people would be told by mail.')
  const [silent] = await run([ivo], {})
  const [told] = await run([ida], { notify: true })
  expect(await kindsOf(silent?.userId ?? '')).toEqual([])
  expect(await kindsOf(told?.userId ?? '')).toEqual(['adopted'])
  const message = await mailbox.mailTo('ida@contoso.example')
  expect(message.subject).toBe('Contoso looks after your account')
  expect(message.text).toContain('ida@contoso.example (Contoso)')
})

test('a password that Microsoft refuses later, when nobody is at the page any more, is told of by mail, once', async () => {
  const person = await create('rita')
  await bulk([person.id], { notify: false })
  await call().call('POST /connections/{id}/pause', { params: { id: connection } })
  const password = 'Trombone-trombone1'
  await call().call('PUT /users/{id}/password', { params: { id: person.id }, body: { password } })
  expect(await kindsOf(person.id)).not.toContain('refused')
  await call().call('POST /connections/{id}/resume', { params: { id: connection } })
  await until('the mail', async () => (await kindsOf(person.id)).includes('refused'))
  const message = await mailbox.mailTo('rita@')
  expect(message.text).toContain('rita@contoso.example (Contoso)')
  expect(message.text + message.subject).not.toContain('rombone')
  await runCycle(world, connection)
  expect((await kindsOf(person.id)).filter((kind) => kind === 'refused')).toHaveLength(1)
})

test('S47: silence is asked for with the binding, or is the way of the connection', async () => {
  const [cid, dan] = await Promise.all([create('cid'), create('dan')])
  await call().call('PUT /connections/{id}/bindings/{userId}', {
    params: { id: connection, userId: cid.id },
    body: { notify: false },
  })
  const set = (notifyOnBind: boolean) =>
    call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings: { notifyOnBind } } })
  await set(false)
  await call().call('PUT /connections/{id}/bindings/{userId}', {
    params: { id: connection, userId: dan.id },
    body: {},
  })
  await set(true)
  expect([await kindsOf(cid.id), await kindsOf(dan.id)]).toEqual([[], []])
})

test('S42: the doctor signs in at the mail server, sends a test mail, and says what the server has against one', async () => {
  const instance = await readSettings(world.gateway.dataFolder, { LOCKSTEP_SMTP_URL: mailbox.smtpUrl })
  const resultOf = async (to: string | null, mail = instance.mail) =>
    (await examineMail({ ...instance, mail }, to)).map(({ check, ok }) => [check, ok])
  expect(await resultOf('probe@contoso.example')).toEqual([
    ['mail server', true],
    ['test mail', true],
    ['sender', false],
    ['Exchange Online', true],
  ])
  expect((await mailbox.mailTo('probe@')).subject).toBe('Test mail of Lockstep')
  expect((await resultOf('gone@contoso.example'))[1]).toEqual(['test mail', false])
  const nowhere = { url: new Secret('smtp://127.0.0.1:1'), from: 'lockstep@localhost' }
  expect((await resultOf('probe@contoso.example', nowhere))[0]).toEqual(['mail server', false])
  expect(await resultOf(null, null)).toEqual([['mail server', false]])
})
