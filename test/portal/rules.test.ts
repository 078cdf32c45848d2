import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { translator } from '@lockstep/shared/messages/message'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { visit } from '../support/portal-visitor.ts'

/* The rules of passwords over HTTP: what the API answers, and what a person reads in her own language. */

const password = 'Sunny-Harbour-Lamp-3'
const leaked = 'Copper-Violin-Stone-9'
const t = translator('de')

let here: Here
let answers = true
const service = createServer((request, response) => {
  const hash = createHash('sha1').update(leaked).digest('hex').toUpperCase()
  if (!answers) return void response.writeHead(503).end()
  response.end(request.url === `/range/${hash.slice(0, 5)}` ? `${hash.slice(5)}:12` : `${'0'.repeat(35)}:0`)
})

beforeAll(async () => {
  await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening))
  const breachedUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/range`
  here = await startHere({ users: 1, settings: { organisation: 'Wintergreen', passwords: { breachedUrl } } })
  await here.client.call('POST /users', {
    body: { email: 'ana@contoso.example', displayName: 'Ana', initialPassword: password, sendMail: false },
  })
}, 60_000)
afterAll(async () => {
  await here.close()
  service.close()
})

async function changeTo(newPassword: string): Promise<{ status: number; text: string }> {
  const visitor = visit(here.gateway.localUrl)
  await visitor.post('/portal/login', { email: 'ana@contoso.example', password })
  await visitor.get('/portal/password?lang=de')
  const answer = await visitor.post('/portal/password', { currentPassword: password, newPassword })
  return { status: answer.status, text: await answer.text() }
}

test.each([
  ['leaked elsewhere', leaked, 'portal.rule.breached'],
  ['made of the organisation’s name', 'Wintergreen2026!', 'portal.rule.common'],
  ['with an umlaut', 'Grüne-Laterne-77', 'portal.rule.characters'],
] as const)('a password that is %s is refused in words', async (_, given, rule) => {
  const { status, text } = await changeTo(given)
  expect(status).toBe(422)
  expect(text).toContain(t('portal.password.weak'))
  expect(text).toMatch(new RegExp(`data-broken[^>]*>${t(rule)}`))
  const { items } = await here.client.call('GET /users', { query: { search: 'ana' } })
  const asked = { params: { id: items[0]?.id ?? '' }, body: { password: given } }
  await expect(here.client.call('PUT /users/{id}/password', asked)).rejects.toMatchObject({
    problem: { code: 'password_too_weak', status: 422 },
  })
})

test('while the service does not answer the password is taken, and an event says so', async () => {
  answers = false
  expect((await changeTo('Amber-Lantern-77-Snow')).status).toBe(303)
  const { items } = await here.client.call('GET /events', { query: { type: 'password_check_failure' } })
  expect(items).toMatchObject([{ outcome: 'failure', detail: expect.stringContaining('503') }])
})
