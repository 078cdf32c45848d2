import { attemptKeys } from '@lockstep/gateway/directory/attempts'
import { system } from '@lockstep/gateway/domain/actor'
import { putAttempts } from '@lockstep/gateway/store/throttles'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { type Mailbox, startMailbox } from '../support/mailbox.ts'
import { visit } from '../support/portal-visitor.ts'

const password = 'Sunny-Harbour-Lamp-3'
const people = ['nobody', 'right1', 'staged', 'gone', 'locked', 'empty'].map((name) => `${name}@contoso.example`)

let here: Here
let mailbox: Mailbox

beforeAll(async () => {
  mailbox = await startMailbox()
  here = await startHere({ env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl } })
  const [, right = '', staged = '', gone = '', locked = '', empty = ''] = people
  const create = (email: string, more: Record<string, unknown>) =>
    here.client.call('POST /users', { body: { email, sendMail: false, ...more } })
  await create(right, { initialPassword: password })
  await create(staged, { initialPassword: password, state: 'staged' })
  const { id } = await create(gone, { initialPassword: password })
  await here.client.call('POST /users/{id}/suspend', { params: { id } })
  await create(locked, { initialPassword: password })
  await create(empty, {})
  const { store } = here.context
  await store.change(system, async (change) => {
    change.quiet('a hundred failures')
    const { account } = attemptKeys(here.context, locked, null)
    await putAttempts(change.trx, account, { failures: 100, untilAt: 0, updatedAt: change.now })
  })
}, 60_000)
afterAll(async () => {
  await here.close()
  await mailbox.close()
})

// All of them come from one address, which is no part of what is tested here.
beforeEach(() =>
  here.context.store.change(system, async (change) => {
    change.quiet('a new address')
    await change.trx.deleteFrom('throttles').where('key', 'like', 'address %').execute()
  }),
)

/** All that a caller sees, with what the caller said taken out. */
async function seen(response: Response, email: string) {
  const headers = [...response.headers].filter(([name]) => name !== 'date')
  const body = (await response.text()).replaceAll(email, 'EMAIL')
  return { status: response.status, headers: headers.filter(([name]) => name !== 'content-length'), body }
}

const visitor = () => visit(here.gateway.localUrl)
const asJson = (path: string, body: unknown) =>
  fetch(`${here.gateway.localUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const ways: [string, (email: string, tried: string) => Promise<Response>, number][] = [
  ['the sign-in page', (email, tried) => visitor().post('/portal/login', { email, password: tried }), 401],
  ['the API', (email, tried) => asJson('/session', { email, password: tried }), 401],
]
test.each(ways)('%s answers alike for unknown, staged, suspended, locked and wrong', async (_, ask, status) => {
  const answers = []
  for (const email of people) {
    // The right password where even that one must not be told from a wrong one.
    const tried = email.startsWith('right') ? 'Wrong-Harbour-Lamp-3' : password
    answers.push(await seen(await ask(email, tried), email))
  }
  expect(answers[0]?.status).toBe(status)
  for (const answer of answers) expect(answer).toEqual(answers[0])
})

test.each<[string, (email: string) => Promise<Response>]>([
  ['the page', (email) => visitor().post('/portal/forgot', { email })],
  ['the API', (email) => asJson('/session/forgot', { email })],
])('a forgotten password is answered alike for everybody: %s', async (_, ask) => {
  const bodies = []
  for (const email of people.slice(0, 4)) {
    const response = await ask(email)
    const headers = [...response.headers].filter(([name]) => name !== 'date')
    bodies.push({ status: response.status, headers, body: await response.text() })
  }
  expect(bodies[0]?.status).toBe(202)
  for (const body of bodies) expect(body).toEqual(bodies[0])
})
