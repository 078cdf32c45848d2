import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { type Visitor, visit } from '../support/portal-visitor.ts'

const password = 'Sunny-Harbour-Lamp-3'
const email = 'ana@contoso.example'

let here: Here
let ana: Visitor

beforeAll(async () => {
  here = await startHere()
  await here.client.call('POST /users', { body: { email, initialPassword: password, sendMail: false } })
  ana = visit(here.gateway.localUrl)
  await ana.post('/portal/login', { email, password })
}, 60_000)
afterAll(() => here.close())

const form = 'application/x-www-form-urlencoded'
const sites = [undefined, 'same-origin', 'same-site', 'cross-site', 'none']
const types = [undefined, form, 'text/plain', 'application/json']
const origins = () => [undefined, new URL(here.gateway.localUrl).origin, 'https://evil.example', 'null']

type Crossing = { site: string | undefined; origin: string | undefined; type: string | undefined }

/** What a page of ours sends, or a program that is no browser and could not be made to by one. */
function mayPass({ site, origin, type }: Crossing): boolean {
  if (site !== undefined) return site === 'same-origin'
  if (origin !== undefined) return origin === new URL(here.gateway.localUrl).origin
  return type === 'application/json'
}

async function statusOf(method: string, path: string, { site, origin, type }: Crossing): Promise<number> {
  const headers = {
    ...(site !== undefined && { 'sec-fetch-site': site }),
    ...(origin !== undefined && { origin }),
    ...(type !== undefined && { 'content-type': type }),
  }
  // Bytes bring no type of their own.
  const body = method === 'GET' ? {} : { body: new TextEncoder().encode(type === form ? 'x=1' : '{}') }
  return (await ana.get(path, { method, headers, ...body })).status
}

test('only our own pages, and what no page can send, change anything with a cookie', async () => {
  const wrong: unknown[] = []
  let cells = 0
  for (const site of sites) {
    for (const origin of origins()) {
      for (const type of types) {
        const crossing = { site, origin, type }
        for (const path of ['/portal/seen', '/api/v1/me/news/seen', '/api/v1/session/forgot']) {
          cells += 1
          const status = await statusOf('POST', path, crossing)
          if ((status === 403) === mayPass(crossing)) wrong.push({ path, ...crossing, status })
        }
      }
      const read = await statusOf('GET', '/portal', { site, origin, type: undefined })
      if (read !== 200) wrong.push({ read, site, origin })
    }
  }
  expect(wrong).toEqual([])
  expect(cells).toBe(240)
})

test('nobody is signed in or out by another site', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' }
  expect((await ana.post('/portal/login', { email, password }, headers)).status).toBe(403)
  expect((await ana.post('/portal/logout', {}, headers)).status).toBe(403)
  expect((await ana.post('/portal/forgot', { email }, headers)).status).toBe(403)
  expect(await (await ana.get('/portal')).text()).toContain(email)
})

test('JSON endpoints take JSON alone, and a cookie beside a token is not looked at', async () => {
  const own = { site: 'same-origin', origin: undefined }
  expect(await statusOf('POST', '/api/v1/session/forgot', { ...own, type: form })).toBe(415)
  expect(await statusOf('POST', '/api/v1/session/forgot', { ...own, type: 'text/plain' })).toBe(415)
  const me = await ana.get('/api/v1/me', { headers: { authorization: 'Bearer lks_nothing' } })
  expect(me.status).toBe(401)
})
