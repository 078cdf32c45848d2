import { AccountId } from '@lockstep/shared/contract/ids'
import { expect, test } from 'vitest'
import type { NewAccount } from '../domain/account.ts'
import { Secret } from '../domain/secret.ts'
import { type TestRuntime, testRuntime } from '../domain/testing.ts'
import type { Answer } from './failure.ts'
import { createGovernor, type Lane } from './governor.ts'
import { type Request, type Transport, Unanswered } from './transport.ts'
import type { WriteOutcome } from './verdict.ts'
import type { Write } from './write.ts'
import { createWriter, wavesOf } from './writer.ts'

const idOf = (n: number) => AccountId.parse(`11111111-2222-4333-8444-${String(n).padStart(12, '0')}`)
const block = (n: number): Write => ({ eventId: `e${n}`, kind: 'block', accountId: idOf(n) })
const enable = (n: number): Write => ({ eventId: `e${n}`, kind: 'enable', accountId: idOf(n) })
const password = (n: number): Write => ({
  eventId: `p${n}`,
  kind: 'set_password',
  accountId: idOf(n),
  password: new Secret('canary-1'),
  mustChange: false,
})
const create: Write = {
  eventId: 'c1',
  kind: 'create',
  password: new Secret('canary-1'),
  account: {
    userPrincipalName: 'ana@contoso.example',
    mailNickname: 'ana',
    immutableId: 'our-id',
    enabled: true,
    passwordPolicies: null,
    attributes: { displayName: 'Ana', givenName: null } as unknown as NewAccount['attributes'],
  },
}
const noContent: Answer = { status: 204, headers: { 'request-id': 'r' }, body: null }
const refused = (status: number, code: string, headers = {}, details: object[] = []): Answer => ({
  status,
  headers,
  body: { error: { code, message: '', details } },
})

type Tenant = (request: Request) => Answer | Unanswered

/** A tenant that answers each request, alone or as a part; batches come back in reverse order. */
function lab(tenant: Tenant, found: AccountId | null = null) {
  const runtime = testRuntime()
  const governor = createGovernor(runtime)
  const sent: Request[][] = []
  const lookedUp: string[] = []
  const priorities: (string | undefined)[] = []
  const answerTo = (request: Request): Answer => {
    const answer = tenant(request)
    if (answer instanceof Unanswered) throw answer
    return answer
  }
  const transport: Transport = {
    async send(request) {
      priorities.push(request.headers?.['x-ms-throttle-priority'])
      const { requests } = (request.body ?? {}) as { requests?: (Request & { id: string })[] }
      sent.push(requests ?? [request])
      if (requests === undefined) return answerTo(request)
      const responses = requests.map((part) => ({ id: part.id, ...answerTo(part) })).reverse()
      return { status: 200, headers: {}, body: { responses } }
    },
    read: async () => null,
    close: async () => undefined,
  }
  const writer = createWriter({
    graph: 'https://graph.test',
    transport,
    governor,
    runtime,
    log: () => undefined,
    async findByImmutableId(immutableId) {
      lookedUp.push(immutableId)
      return found
    },
  })
  const write = async (writes: Write[], lane: Lane = 'bulk') => {
    const outcomes: WriteOutcome[] = []
    const told: number[] = []
    const all = writer.writeAll(writes, lane, (index, outcome) => {
      told.push(index)
      outcomes[index] = outcome
    })
    await untilSettled(runtime, all)
    expect([...told].sort((a, b) => a - b)).toEqual(writes.map((_, index) => index))
    return outcomes
  }
  return { write, writer, governor, runtime, sent, lookedUp, priorities }
}

async function untilSettled(runtime: TestRuntime, promise: Promise<unknown>): Promise<void> {
  let open = true
  const end = promise.finally(() => {
    open = false
  })
  end.catch(() => undefined)
  for (let turn = 0; open && turn < 2_000; turn++) await runtime.advance(500)
  await end
}

const kinds = (outcomes: readonly WriteOutcome[]) => outcomes.map(({ kind }) => kind)

test('45 writes go in three requests, and each has its own outcome', async () => {
  const { write, sent } = lab((request) =>
    request.url.endsWith('000000000007') ? refused(403, 'Authorization_RequestDenied') : noContent,
  )
  const outcomes = await write(Array.from({ length: 45 }, (_, n) => enable(n)))
  expect(sent.map((each) => each.length).sort()).toEqual([20, 20, 5])
  expect(outcomes[7]).toMatchObject({ kind: 'failed', failure: { kind: 'forbidden' } })
  expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(44)
})

test('one password goes out alone, as a single PATCH, with the flag spelled out', async () => {
  const { write, sent } = lab(() => noContent)
  expect(await write([password(1)], 'interactive')).toEqual([{ kind: 'done', requestId: 'r', value: undefined }])
  expect(sent).toEqual([
    [
      {
        method: 'PATCH',
        url: `/users/${idOf(1)}`,
        eventId: 'p1',
        headers: { 'x-ms-throttle-priority': 'High' },
        body: { passwordProfile: { password: 'canary-1', forceChangePasswordNextSignIn: false } },
      },
    ],
  ])
})

test('two writes to one account never travel together, and keep their order', async () => {
  expect(wavesOf([enable(1), enable(2), password(1), password(1)])).toEqual([[0, 1], [2], [3]])
  const { write, sent } = lab(() => noContent)
  await write([enable(1), enable(2), password(1)])
  expect(sent.map((each) => each.length)).toEqual([2, 1])
  expect(sent[1]?.[0]?.eventId).toBe('p1')
})

test('a block ends the sessions too, once it is done', async () => {
  const { write, sent } = lab(() => noContent)
  expect(kinds(await write([block(1)]))).toEqual(['done'])
  expect(sent.map(([request]) => [request?.method, request?.url])).toEqual([
    ['PATCH', `/users/${idOf(1)}`],
    ['POST', `/users/${idOf(1)}/revokeSignInSessions`],
  ])
})

test('a write with nothing to send is done without a request', async () => {
  const { write, sent } = lab(() => noContent)
  const empty: Write = { eventId: 'u', kind: 'update', accountId: idOf(1), changes: { usageLocation: null } }
  expect(await write([empty])).toEqual([{ kind: 'done', requestId: null, value: undefined }])
  expect(sent).toEqual([])
})

test('only what was put off is sent again, after the time that the tenant names', async () => {
  let first = true
  const { write, sent, runtime } = lab((request) => {
    if (!first || !request.url.endsWith('000000000003')) return noContent
    first = false
    return refused(429, 'TooManyRequests', { 'Retry-After': '2.128' })
  })
  const started = runtime.now()
  expect(kinds(await write([enable(1), enable(2), enable(3)]))).toEqual(['done', 'done', 'done'])
  expect(sent.map((each) => each.length)).toEqual([3, 1])
  expect(runtime.now() - started).toBeGreaterThanOrEqual(2_128)
})

test('a password that would have to wait long is given back to the caller with the time', async () => {
  const { write, sent } = lab(() => refused(429, 'TooManyRequests', { 'retry-after': '60' }))
  expect(await write([password(1)], 'interactive')).toMatchObject([
    { kind: 'failed', failure: { kind: 'throttled', retryAfterMs: 60_000 } },
  ])
  expect(sent).toHaveLength(1)
})

test('a tenant that always refuses is asked a bounded number of times', async () => {
  const { write, sent } = lab(() => refused(503, 'ServiceUnavailable', { 'retry-after': '1' }))
  expect(await write([enable(1)])).toMatchObject([{ kind: 'failed', failure: { kind: 'unavailable' } }])
  expect(sent).toHaveLength(9)
})

test.each([
  ['an answer that was lost', new Unanswered('UND_ERR_SOCKET', false)],
  ['a gateway that gave up', { status: 504, headers: {}, body: null }],
  ['an error of the service', refused(500, 'Service_InternalServerError')],
])('%s is unknown, and is not sent again', async (_, answer) => {
  for (const one of [create, password(1), enable(1)]) {
    const { write, sent } = lab(() => answer)
    expect(kinds(await write([one]))).toEqual(['unknown'])
    expect(sent).toHaveLength(1)
  }
})

test('what never left has failed, and may be tried again', async () => {
  const { write } = lab(() => new Unanswered('ECONNREFUSED', true))
  expect(await write([create])).toMatchObject([{ kind: 'failed', failure: { code: 'tenant_unreachable' } }])
})

test('a part that the answer of a batch lacks is unknown', async () => {
  const runtime = testRuntime()
  const outcomes: WriteOutcome[] = []
  const short = createWriter({
    graph: 'https://graph.test',
    transport: {
      send: async () => ({ status: 200, headers: {}, body: { responses: [{ id: '1', status: 204 }] } }),
      read: async () => null,
      close: async () => undefined,
    },
    governor: createGovernor(runtime),
    runtime,
    log: () => undefined,
    findByImmutableId: async () => null,
  })
  await short.writeAll([enable(1), enable(2)], 'bulk', (index, outcome) => {
    outcomes[index] = outcome
  })
  expect(kinds(outcomes)).toEqual(['done', 'unknown'])
})

test('a create that was put off but made all the same is not sent again', async () => {
  const { write, sent, lookedUp } = lab(() => refused(429, 'TooManyRequests', { 'retry-after': '1' }), idOf(9))
  expect(await write([create])).toMatchObject([{ kind: 'done', value: idOf(9) }])
  expect(sent).toHaveLength(1)
  expect(lookedUp).toEqual(['our-id'])
})

test('a create that was put off and is not there is sent again', async () => {
  let count = 0
  const { write, sent, lookedUp } = lab(() =>
    count++ === 0
      ? refused(429, 'TooManyRequests', { 'retry-after': '1' })
      : { status: 201, headers: {}, body: { id: idOf(5) } },
  )
  expect(await write([create])).toMatchObject([{ kind: 'done', value: idOf(5) }])
  expect([sent.length, lookedUp.length]).toEqual([2, 1])
})

test('a create that meets our own immutable id is looked at again, never a conflict for a person', async () => {
  const taken = (target: string) => refused(400, 'Request_BadRequest', {}, [{ code: 'ObjectConflict', target }])
  expect(kinds(await lab(() => taken('onPremisesImmutableId')).write([create]))).toEqual(['unknown'])
  expect(await lab(() => taken('userPrincipalName')).write([create])).toMatchObject([
    { kind: 'failed', failure: { kind: 'conflict' } },
  ])
})

test('a create of a name that stands in its own way after being put off is looked at again', async () => {
  let count = 0
  const { write } = lab(() =>
    count++ === 0
      ? refused(503, 'ServiceUnavailable')
      : refused(400, 'Request_BadRequest', {}, [{ code: 'ObjectConflict', target: 'userPrincipalName' }]),
  )
  expect(kinds(await write([create]))).toEqual(['unknown'])
})

test('an error of the caller stops what is not under way, and every answer is still told', async () => {
  const { writer, sent } = lab(() => noContent)
  const told: number[] = []
  const all = writer.writeAll(
    Array.from({ length: 400 }, (_, n) => enable(n)),
    'bulk',
    (index) => {
      told.push(index)
      if (told.length === 1) throw new Error('no lease')
    },
  )
  await expect(all).rejects.toThrow('no lease')
  expect(told).toHaveLength(sent.flat().length)
  expect(sent.flat().length).toBeLessThan(400)
})

test('closing answers for what still waits', async () => {
  const { writer, governor } = lab(() => noContent)
  governor.slowDown(900_000, null)
  const outcomes: WriteOutcome[] = []
  const all = writer.writeAll([enable(1)], 'bulk', (_, outcome) => {
    outcomes.push(outcome)
  })
  governor.close()
  await all
  expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'connection_closed' } }])
})

test('closing while a write is put off leaves open whether it took effect: it was sent once', async () => {
  const { writer, governor, runtime, sent } = lab(() => refused(503, 'ServiceUnavailable', { 'retry-after': '60' }))
  const outcomes: WriteOutcome[] = []
  const all = writer.writeAll([enable(1)], 'bulk', (_, outcome) => {
    outcomes.push(outcome)
  })
  while (sent.length === 0) await runtime.advance(0)
  governor.close()
  await all
  expect(outcomes).toMatchObject([{ kind: 'unknown' }])
  expect(sent).toHaveLength(1)
})

test('P36: what a person waits for goes before bulk work where the tenant throttles', async () => {
  const { write, priorities } = lab(() => noContent)
  await write([enable(1), enable(2)])
  await write([password(1)], 'interactive')
  expect(priorities).toEqual(['Low', 'High'])
})
