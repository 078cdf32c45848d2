import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { type Mailbox, startMailbox } from '../support/mailbox.ts'
import { visit } from '../support/portal-visitor.ts'
import { until } from '../support/world.ts'

const first = 'Sunny-Harbour-Lamp-3'
const second = 'Green-Window-Chair-8'

let here: Here
let mailbox: Mailbox

beforeAll(async () => {
  mailbox = await startMailbox()
  here = await startHere({ env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl } })
}, 60_000)
afterAll(async () => {
  await here.close()
  await mailbox.close()
})

const browser = () => visit(here.gateway.localUrl)
const create = (name: string, more: Record<string, unknown> = {}) =>
  here.client.call('POST /users', {
    body: { email: `${name}@contoso.example`, displayName: name, initialPassword: first, sendMail: false, ...more },
  })
const signIn = async (email: string, password: string) => {
  const visitor = browser()
  const { status } = await visitor.post('/portal/login', { email, password })
  return { visitor, isIn: status === 303 }
}
const mailsTo = (address: string, subject: RegExp) =>
  mailbox.messages.filter(({ to, subject: given }) => to.includes(address) && subject.test(given))
/** The path of the newest reset link that came to an address. */
const linkTo = (address: string, count = 1) =>
  until(`the mail to ${address}`, async () => {
    const mails = mailsTo(address, /new password/)
    const link = /https?:\/\/[^/\s]+(\/portal\/reset\/[\w-]{43})/.exec(mails.at(-1)?.text ?? '')
    return mails.length >= count && link?.[1]
  })

test('a mail scanner opens the link, the person uses it, and of two at once one gets it', async () => {
  const ana = await create('ana', { alternateEmail: 'ana@home.example' })
  const before = await signIn(ana.email, first)
  expect((await browser().post('/portal/forgot', { email: ana.email })).status).toBe(202)
  const link = await linkTo('ana@home.example')
  for (let n = 0; n < 10; n++) {
    const opened = await browser().get(link, { method: n % 2 === 0 ? 'GET' : 'HEAD' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/portal/reset'])
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer')
  }
  const both = [browser(), browser()]
  for (const visitor of both) await visitor.get(link)
  const answers = await Promise.all(both.map((visitor) => visitor.post('/portal/reset', { newPassword: second })))
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 410])
  expect((await before.visitor.get('/portal/password')).headers.getSetCookie()).toEqual([])
  expect(await (await before.visitor.get('/portal')).text()).toContain('action="/portal/login"')
  expect(await signIn(ana.email, first)).toMatchObject({ isIn: false })
  expect(await signIn(ana.email, second)).toMatchObject({ isIn: true })
  for (const address of [ana.email, 'ana@home.example'])
    await until(`the news to ${address}`, async () => mailsTo(address, /was changed/).length === 1)
})

test("Carla's link does nothing in Ben's browser, nor in one that opened another link", async () => {
  const carla = await create('carla')
  const ben = await create('ben')
  const { visitor } = await signIn(ben.email, first)
  await browser().post('/portal/forgot', { email: carla.email })
  const link = await linkTo(carla.email)
  expect((await visitor.get(link)).headers.get('location')).toBe('/portal/reset')
  expect((await visitor.post('/portal/reset', { newPassword: second })).status).toBe(409)
  const other = browser()
  await other.get('/portal/reset/another-token')
  expect((await other.post(link, { newPassword: second })).status).toBe(410)
  expect((await browser().post(link, { newPassword: second })).status).toBe(303)
})

test('links are built from the public URL, whatever a request calls us', async () => {
  const dora = await create('dora')
  const forged = await browser().post(
    '/portal/forgot',
    { email: dora.email },
    { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
  )
  expect(forged.status).toBe(202)
  await linkTo(dora.email)
  const [mail] = mailsTo(dora.email, /new password/)
  expect(mail?.text).toContain(`${here.gateway.url}/portal/reset/`)
  expect(mail?.text).not.toContain('evil')
})

test('an admin has a link sent, and who may not sign in gets none', async () => {
  const eva = await create('eva')
  const send = (id: string) => here.client.call('POST /users/{id}/password-reset', { params: { id } })
  expect(await send(eva.id)).toEqual({ recipient: eva.email })
  const link = await linkTo(eva.email)
  await here.client.call('POST /users/{id}/suspend', { params: { id: eva.id } })
  await expect(send(eva.id)).rejects.toMatchObject({ problem: { code: 'user_state_conflict' } })
  expect((await browser().post(link, { newPassword: second })).status).toBe(410)
})
