import { Readable } from 'node:stream'
import { runCommand } from '@lockstep/gateway/cli/program'
import type { ExitCode } from '@lockstep/gateway/cli/shell'
import { revokeToken } from '@lockstep/gateway/directory/tokens'
import { system } from '@lockstep/gateway/domain/actor'
import { messagesIn, partsOf } from '@lockstep/shared/client/server-sent'
import { stream } from '@lockstep/shared/client/stream'
import { LockstepEvent } from '@lockstep/shared/contract/event'
import { Job } from '@lockstep/shared/contract/job'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'

let here: Here
let token: string
let ending: AbortController

beforeAll(async () => {
  here = await startHere()
  token = await here.tokenOf('auditor')
  ending = new AbortController()
}, 60_000)
afterAll(async () => {
  ending.abort()
  await here.close()
})

let people = 0
/** Something happens; the address says what number it has. */
async function happen(displayName = 'Eva'): Promise<string> {
  people += 1
  const email = `person${people}@contoso.example`
  const user = await here.client.call('POST /users', { body: { email, displayName, state: 'staged', sendMail: false } })
  return user.id
}

const get = (path: string, headers: Record<string, string> = {}, signal = ending.signal) =>
  fetch(`${here.gateway.localUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${token}`, ...headers }, signal })

const messages = (response: Response) => messagesIn(partsOf(response.body as ReadableStream<Uint8Array>))

async function take<T>(source: AsyncGenerator<T>, count: number): Promise<T[]> {
  const found: T[] = []
  while (found.length < count) {
    const { done, value } = await source.next()
    if (done) break
    found.push(value)
  }
  return found
}

const follow = (fetching: typeof fetch, onLost = () => {}) =>
  stream(
    {
      gatewayUrl: here.gateway.localUrl,
      fetch: fetching,
      authorize: async () => ({ authorization: `Bearer ${token}` }),
    },
    'GET /events/stream',
    { query: { type: 'user_*' }, signal: ending.signal, onLost },
  )

test('events come as they happen, as the contract says, and of the kind that was asked for', async () => {
  const response = await get('/events/stream?type=user_create')
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const source = messages(response)
  const first = source.next()
  const id = await happen()
  const { value } = await first
  expect(LockstepEvent.parse(JSON.parse(value?.data ?? ''))).toMatchObject({
    type: 'user_create',
    user: id,
    id: value?.id,
  })
  await here.client.call('PATCH /users/{id}', { params: { id }, body: { displayName: 'Eve' } })
  const next = await happen()
  expect(JSON.parse((await source.next()).value?.data ?? '{}')).toMatchObject({ user: next })
  await source.return(undefined)
})

test('what happened while a stream was cut off comes when it goes on, nothing twice', async () => {
  let cut = new AbortController()
  const lost: unknown[] = []
  const fetching: typeof fetch = (url, init) =>
    fetch(url, { ...init, signal: AbortSignal.any([cut.signal, ending.signal]) })
  const source = follow(fetching, () => lost.push('lost'))
  const opened = source.next()
  const ids = [await happen()]
  const seen = [(await opened).value as LockstepEvent]
  const waiting = take(source, 3)
  cut.abort()
  cut = new AbortController()
  for (let n = 0; n < 3; n++) ids.push(await happen())
  seen.push(...(await waiting))
  expect(seen.map((event) => event.user)).toEqual(ids)
  expect(lost.length).toBeGreaterThan(0)
  await source.return(undefined)
})

test('to go on behind an event that is not there is refused, and so is an id that is none', async () => {
  const unknown = await get('/events/stream', { 'last-event-id': 'nothing' })
  expect(unknown.status).toBe(422)
  expect(await unknown.json()).toMatchObject({ code: 'validation_failed', errors: [{ path: 'Last-Event-ID' }] })
  expect((await get('/events/stream', { 'last-event-id': 'x'.repeat(65) })).status).toBe(400)
})

test('a stream ends when its token is revoked, and shows nothing of what comes after', async () => {
  token = await here.tokenOf('auditor')
  const { items } = await here.client.call('GET /events', { query: { type: 'admin_token_create', limit: 1 } })
  expect(items[0]?.detail).toContain('auditor')
  const source = messages(await get('/events/stream?type=user_*'))
  const first = source.next()
  const id = await happen()
  expect(JSON.parse((await first).value?.data ?? '{}')).toMatchObject({ user: id })
  const rest = take(source, 1)
  const rows = await here.context.store.db.selectFrom('tokens').selectAll().orderBy('created_at', 'desc').execute()
  const mine = rows.find(({ role }) => role === 'auditor')
  await revokeToken(here.context, system, mine?.id ?? '')
  await happen()
  expect(await rest).toEqual([])
  token = await here.tokenOf('auditor')
})

test('a stream ends when the person signs out, and does not keep the session alive', async () => {
  const admin = await here.createAdmin()
  const signedIn = await fetch(`${here.gateway.localUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'root@contoso.example', password: 'Copper-Meadow-72' }),
  })
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  const own = { cookie, 'sec-fetch-site': 'same-origin' }
  const response = await fetch(`${here.gateway.localUrl}/api/v1/events/stream`, { headers: own })
  const source = messages(response)
  const first = source.next()
  await happen()
  expect((await first).done).toBe(false)
  await fetch(`${here.gateway.localUrl}/api/v1/session`, { method: 'DELETE', headers: own })
  await happen()
  const { items } = await here.client.call('GET /events', { query: { user: admin, type: 'login_end' } })
  expect(items).toHaveLength(1)
  expect((await take(source, 10)).filter(({ data }) => JSON.parse(data).type === 'login_end')).toEqual([])
})

test('HEAD opens no stream', async () => {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${here.gateway.localUrl}/api/v1/events/stream`, { method: 'HEAD', headers })
  expect(response.status).toBe(200)
})

test('an export holds every event, oldest first, in lines or in cells that no spreadsheet takes for a formula', async () => {
  await here.context.store.change(system, async (change) => {
    for (let n = 0; n < 1_100; n++) change.event({ type: 'user_update', detail: `=1+${n}, "quoted"` })
  })
  const { total } = await here.client.call('GET /events', { query: { count: 'true', limit: 1 } })
  const lines = await get('/events/export')
  expect(lines.headers.get('content-type')).toBe('application/jsonl')
  expect(lines.headers.get('content-disposition')).toMatch(/^attachment; filename="lockstep-events-[\d-]{10}[.]jsonl"$/)
  const events = (await lines.text())
    .trimEnd()
    .split('\n')
    .map((line) => LockstepEvent.parse(JSON.parse(line)))
  expect(events).toHaveLength(total ?? -1)
  expect(new Set(events.map(({ id }) => id)).size).toBe(total)
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort())

  const csv = await (await get('/events/export?format=csv&type=user_update')).text()
  const rows = csv.trimEnd().split('\r\n')
  expect(rows[0]).toMatch(/^id,at,type,outcome/)
  expect(rows.filter((row) => row.includes(`"'=1+`))).toHaveLength(1_100)
  expect(rows.filter((row) => /(^|,)"?[=+@-]/.test(row))).toEqual([])
})

test('a job is followed to its end, and says its results there', async () => {
  const csv = Array.from({ length: 120 }, (_, n) => `bulk${n}@contoso.example`).join('\n')
  const { job } = await here.client.call('POST /users/import', { body: `email\n${csv}\n` })
  const all = await take(messages(await get(`/jobs/${job.id}/stream`)), 1_000)
  const states = all.map(({ data }) => Job.parse(JSON.parse(data)))
  const end = states.at(-1)
  expect(end).toMatchObject({ id: job.id, state: 'done', total: 120, done: 120, failed: 0 })
  expect(end?.results).toHaveLength(120)
  expect(states.slice(0, -1).every(({ results }) => results === undefined)).toBe(true)
  expect((await get('/jobs/nothing/stream')).status).toBe(404)
})

/** A command of `lockstep` in this process; `until` says from its output when the person ends it. */
async function lockstep(line: string, until: (out: string) => boolean = () => false): Promise<[ExitCode, string]> {
  const ended = new AbortController()
  let out = ''
  const code = await runCommand(line.split(' '), {
    out(text) {
      out += text
      if (until(out)) ended.abort()
    },
    err: () => {},
    stdin: Readable.from([]),
    terminal: false,
    env: { LOCKSTEP_URL: here.gateway.localUrl, LOCKSTEP_TOKEN: token },
    fetch,
    ending: ended.signal,
    exitCode: 0,
  })
  return [code, out]
}

test('the command line follows events and exports them', async () => {
  let happened: Promise<string> | undefined
  const [code, out] = await lockstep('events --follow --json --limit 1 --type user_create', (text) => {
    // The newest event is printed: from now on it is followed.
    happened ??= happen()
    return text.split('\n').length > 2
  })
  expect(code).toBe(0)
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => LockstepEvent.parse(JSON.parse(line)))
  expect(events).toHaveLength(2)
  expect(events[1]?.user).toBe(await happened)
  const [, csv] = await lockstep('events export --format csv --type user_create')
  const { total } = await here.client.call('GET /events', { query: { type: 'user_create', count: 'true', limit: 1 } })
  expect(csv.trimEnd().split('\r\n')).toHaveLength((total ?? 0) + 1)
})

test('the end of the gateway ends its streams at once and cleanly', async () => {
  const source = messages(await get('/events/stream'))
  const rest = take(source, 1)
  const before = performance.now()
  await here.gateway.close()
  expect(await rest).toEqual([])
  expect(performance.now() - before).toBeLessThan(3_000)
})
