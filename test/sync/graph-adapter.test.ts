import { Secret } from '@lockstep/gateway/domain/secret'
import { openTenant, type Tenant, type Write, type WriteOutcome } from '@lockstep/gateway/graph/tenant'
import { systemRuntime } from '@lockstep/gateway/system-runtime'
import { AccountId } from '@lockstep/shared/contract/ids'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type GraphStub, type Reply, startGraphStub } from '../support/graph-stub.ts'
import { trust } from '../support/trust.ts'

const tenantId = '0f0f0f0f-1111-4222-8333-444444444444'
const clientId = 'c1c1c1c1-1111-4222-8333-444444444444'
const secret = 'canary-client-secret'
const idOf = (n: number) => AccountId.parse(`11111111-2222-4333-8444-${String(n).padStart(12, '0')}`)
const user = (n: number, more: object = {}) => ({
  id: idOf(n),
  userPrincipalName: `person${n}@contoso.example`,
  accountEnabled: true,
  displayName: `Person ${n}`,
  ...more,
})
const missing: Reply = { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'Resource' } } }

let stub: GraphStub
let tenant: Tenant
const lines: unknown[] = []

const open = (
  credential: Parameters<typeof openTenant>[0]['credential'],
  origin = stub.origin,
  writes: 'allowed' | 'refused' = 'allowed',
) =>
  openTenant({
    cloud: { graph: origin, login: origin },
    tenantId,
    clientId,
    credential,
    writes,
    runtime: systemRuntime,
    log: (line) => lines.push(line),
  })

beforeAll(async () => {
  stub = await startGraphStub()
  trust(stub.certificate)
})
afterAll(() => stub.close())
// P36: a read that names what it wants costs less. A link of the tenant and a file have nothing to name.
afterEach(() => {
  const reads = stub.asked.filter(({ method, url }) => method === 'GET' && /^\/(users|groups|directory\/)/.test(url))
  const whole = reads.filter(({ url }) => !/\$select=|skiptoken|deltatoken|\/photo\//i.test(url))
  expect(whole.map(({ url }) => url)).toEqual([])
})
beforeEach(() => {
  stub.asked.length = 0
  stub.answer(() => ({ status: 204 }))
  stub.claims({})
  stub.refuseSignIn(null)
  stub.tokens.count = 0
  tenant = open({ kind: 'secret', secret: new Secret(secret) })
})
afterEach(() => tenant.close())

async function write(writes: Write[], lane: 'interactive' | 'bulk' = 'bulk'): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  await tenant.writeAll(writes, lane, (index, outcome) => {
    outcomes[index] = outcome
  })
  return outcomes
}

async function round(link: string | null) {
  const pages = []
  for await (const page of tenant.observe(link)) pages.push(page)
  return pages
}

const password = (n: number): Write => ({
  eventId: `event-${n}`,
  kind: 'set_password',
  accountId: idOf(n),
  password: new Secret('canary-password'),
  mustChange: false,
})

test('a password goes out as one PATCH that carries the token and the id of our event', async () => {
  const tenantAt = Date.UTC(2026, 10, 23, 9)
  stub.answer(() => ({ status: 204, headers: { 'request-id': 'r-1', date: new Date(tenantAt).toUTCString() } }))
  expect(await write([password(1)], 'interactive')).toEqual([
    { kind: 'done', requestId: 'r-1', value: undefined, tenantAt },
  ])
  expect(stub.asked).toHaveLength(1)
  expect(stub.asked[0]).toMatchObject({
    method: 'PATCH',
    url: `/users/${idOf(1)}`,
    batched: false,
    headers: { 'client-request-id': 'event-1', authorization: expect.stringMatching(/^Bearer /) },
    body: { passwordProfile: { password: 'canary-password', forceChangePasswordNextSignIn: false } },
  })
  expect(stub.tokens.last?.get('scope')).toContain(`${stub.origin}/.default`)
})

test('a tenant opened for reading lets no write out, alone or in a batch, and reads all the same', async () => {
  const origin = stub.origin
  const reading = open({ kind: 'secret', secret: new Secret(secret) }, origin, 'refused')
  try {
    for (const writes of [[password(1)], [password(1), password(2)]]) {
      const outcomes: WriteOutcome[] = []
      await reading.writeAll(writes, 'bulk', (index, outcome) => {
        outcomes[index] = outcome
      })
      expect(outcomes).toHaveLength(writes.length)
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'reading_only' } })
    }
    expect(stub.asked).toEqual([])
    stub.answer(() => missing)
    expect(await reading.readAccounts([idOf(1), idOf(2)])).toEqual(new Map())
    expect(stub.asked).toHaveLength(2)
  } finally {
    await reading.close()
  }
})

test('many writes at once ask for one token', async () => {
  await write(Array.from({ length: 200 }, (_, n) => password(n)))
  expect(stub.asked.every(({ batched }) => batched)).toBe(true)
  expect(stub.asked.every(({ headers }) => headers['client-request-id']?.startsWith('event-'))).toBe(true)
  expect(stub.tokens.count).toBe(1)
})

test('a refused token is renewed once, by whoever comes first', async () => {
  let first: string | undefined
  stub.answer(({ headers }) => {
    first ??= headers['authorization']
    return headers['authorization'] === first
      ? { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: '' } } }
      : { status: 204 }
  })
  const all = await Promise.all([write([password(1)]), write([password(2)]), write([password(3)])])
  expect(all.flat().map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
  expect(stub.tokens.count).toBe(2)
})

test('a token that stays refused ends in one sentence, not in a loop', async () => {
  stub.answer(() => ({ status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: '' } } }))
  expect(await write([password(1)])).toMatchObject([{ kind: 'failed', failure: { kind: 'signed_out' } }])
  expect(stub.asked).toHaveLength(2)
})

test('a connection that breaks after the request is unknown, and nothing is sent twice', async () => {
  stub.answer(() => 'drop')
  expect(await write([password(1)], 'interactive')).toMatchObject([{ kind: 'unknown' }])
  expect(stub.asked).toHaveLength(1)
})

test('a tenant that is not there fails at once', async () => {
  const nowhere = await startGraphStub()
  trust(nowhere.certificate)
  const gone = open({ kind: 'secret', secret: new Secret(secret) }, nowhere.origin)
  await nowhere.close()
  await expect(gone.readAccounts([idOf(1)])).rejects.toMatchObject({ failure: { kind: 'unavailable' } })
  await gone.close()
})

test('a certificate that nobody vouches for is never accepted', async () => {
  const stranger = await startGraphStub()
  const unsafe = open({ kind: 'secret', secret: new Secret(secret) }, stranger.origin)
  await expect(unsafe.readAccounts([idOf(1)])).rejects.toMatchObject({ failure: { code: 'sign_in_unreachable' } })
  expect(stranger.tokens.count).toBe(0)
  await Promise.all([unsafe.close(), stranger.close()])
})

test('pages are followed byte for byte, to the link of the next round', async () => {
  const next = `${stub.origin}/v1.0/users/delta?$skiptoken=a%2Fb+c=&x=1&$select=id&x=2`
  const end = `${stub.origin}/v1.0/users/delta?$deltatoken=z`
  stub.answer(({ url }) =>
    url.includes('skiptoken')
      ? {
          status: 200,
          body: { value: [{ id: idOf(9), '@removed': { reason: 'changed' } }], '@odata.deltaLink': end },
        }
      : { status: 200, body: { value: [user(1), user(2)], '@odata.nextLink': next } },
  )
  const pages = await round(null)
  expect(pages).toMatchObject([
    { kind: 'page', accounts: [{ id: idOf(1) }, { id: idOf(2) }], removed: [], deltaLink: null },
    { kind: 'page', accounts: [], removed: [{ id: idOf(9), reason: 'changed' }], deltaLink: end },
  ])
  expect(stub.asked[1]?.url).toBe('/users/delta?$skiptoken=a%2Fb+c=&x=1&$select=id&x=2')
})

test.each([
  ['a round', 'deltatoken', { status: 410, headers: { location: 'https://elsewhere.invalid/' } }],
  ['a round, as 400', 'deltatoken', { status: 400, body: { error: { code: 'syncStateNotFound', message: '' } } }],
  ['a page', 'skiptoken', { status: 400, body: { error: { code: 'Directory_ExpiredPageToken', message: '' } } }],
] as const)('a forgotten token of %s is a reset', async (_, name, reply) => {
  stub.answer(() => reply)
  expect(await round(`${stub.origin}/v1.0/users/delta?$${name}=old`)).toEqual([{ kind: 'reset' }])
})

test('a page that is put off is waited for, and the round goes on', async () => {
  let count = 0
  stub.answer(() =>
    count++ === 0
      ? { status: 429, headers: { 'retry-after': '1' }, body: { error: { code: 'TooManyRequests', message: '' } } }
      : {
          status: 200,
          body: { value: [user(1)], '@odata.deltaLink': `${stub.origin}/v1.0/users/delta?$deltatoken=1` },
        },
  )
  expect(await round(null)).toMatchObject([{ kind: 'page', accounts: [{ id: idOf(1) }] }])
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'the tenant asked to slow down' }))
})

test('no byte goes to another server, whatever link an answer holds', async () => {
  const other = await startGraphStub()
  trust(other.certificate)
  const foreign = [
    `${other.origin}/v1.0/users/delta?$skiptoken=1`,
    `http://localhost:${new URL(stub.origin).port}/v1.0/users/delta`,
    `${stub.origin}@localhost:${new URL(other.origin).port}/v1.0/users/delta`,
    `${stub.origin}.invalid/v1.0/users/delta`,
    'file:///etc/passwd',
  ]
  for (const link of foreign) {
    stub.answer(() => ({ status: 200, body: { value: [], '@odata.nextLink': link } }))
    await expect(round(null)).rejects.toMatchObject({ failure: { code: 'foreign_link' } })
    await expect(round(link)).rejects.toMatchObject({ failure: { code: 'foreign_link' } })
  }
  stub.answer(() => ({ status: 302, headers: { location: `${other.origin}/v1.0/users` } }))
  await expect(round(null)).rejects.toThrow()
  expect(other.asked).toEqual([])
  expect(other.tokens.count).toBe(0)
  await other.close()
})

test.each([
  ['no list', { value: 'x' }],
  ['an id that is none', { value: [{ id: '../groups' }] }],
  ['a page that leads to itself', null],
  ['text', '<html>'],
])('an unreadable page (%s) makes no plan', async (_, body) => {
  const self = `${stub.origin}/v1.0/users/delta?$skiptoken=1`
  stub.answer(() => ({ status: 200, body: body ?? { value: [], '@odata.nextLink': self } }))
  await expect(round(self)).rejects.toMatchObject({ failure: { code: 'malformed_answer' } })
})

test('an answer of more than 10 MB is not read', async () => {
  stub.answer(() => ({ status: 200, body: { value: [], padding: 'x'.repeat(11 * 1024 * 1024) } }))
  await expect(round(null)).rejects.toMatchObject({ failure: { kind: 'unavailable' } })
})

test('accounts are read twenty to a request; only those that the directory misses are absent', async () => {
  stub.answer(({ url }) => {
    const n = Number(/(\d{12})\?/.exec(url)?.[1])
    return n === 7 ? missing : { status: 200, body: user(n) }
  })
  const found = await tenant.readAccounts(Array.from({ length: 45 }, (_, n) => idOf(n)))
  expect(found.size).toBe(44)
  expect(found.has(idOf(7))).toBe(false)
  expect(found.get(idOf(3))).toMatchObject({ enabled: true, guest: false })
  expect(stub.asked.filter(({ batched }) => batched)).toHaveLength(45)
})

test.each([
  ['a page of something in between', { status: 404, body: '<html>' }],
  ['a refusal', { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: '' } } }],
  ['no answer for a part', 'drop'],
  ['half an account', { status: 200, body: { id: idOf(1) } }],
] as [string, Reply][])('nobody is taken for deleted by %s', async (_, reply) => {
  stub.answer(({ url }) => (url.includes('000000000001') ? reply : { status: 200, body: user(2) }))
  await expect(tenant.readAccounts([idOf(1), idOf(2)])).rejects.toThrow()
})

test('who holds a name is found among users, groups and deleted users, and by what', async () => {
  stub.answer(({ url }) => {
    const value = url.startsWith('/users')
      ? [
          user(1, { onPremisesImmutableId: 'our-id', mail: null }),
          user(2, { proxyAddresses: ["SMTP:O'Neil@contoso.example"] }),
        ]
      : url.startsWith('/groups')
        ? [{ id: idOf(3), mail: "o'neil@contoso.example" }]
        : [{ id: idOf(4), userPrincipalName: "o'neil@contoso.example" }]
    return { status: 200, body: { value } }
  })
  const found = await tenant.find({ immutableId: 'our-id', addresses: ["o'neil@contoso.example"] })
  expect(found).toMatchObject([
    { kind: 'user', account: { id: idOf(1) }, matched: ['immutable_id'] },
    { kind: 'user', account: { id: idOf(2) }, matched: ['address'] },
    { kind: 'deleted', id: idOf(4), matched: ['user_principal_name'] },
    { kind: 'group', id: idOf(3), matched: ['address'] },
  ])
  expect(stub.asked).toHaveLength(3)
  expect(decodeURIComponent(stub.asked[0]?.url ?? '')).toContain("mail eq 'o''neil@contoso.example'")
})

const listing = (url: string): Reply => ({
  status: 200,
  body: {
    value: url.startsWith('/roleManagement')
      ? [{ principalId: idOf(1) }]
      : url.startsWith('/groups?')
        ? [{ id: idOf(50) }]
        : [{ id: url.includes('/owners') ? idOf(3) : idOf(2) }],
  },
})

test('role holders, and members and owners of role-assignable groups are protected', async () => {
  stub.answer(({ url }) => listing(url))
  expect([...(await tenant.protectedAccounts()).keys()]).toEqual([idOf(1), idOf(2), idOf(3)])
})

test.each(['/roleManagement', '/groups?', '/members', '/owners'])(
  'when %s cannot be read, nobody is taken for unprotected',
  async (part) => {
    stub.answer(({ url }) =>
      url.includes(part)
        ? { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: '' } } }
        : listing(url),
    )
    await expect(tenant.protectedAccounts()).rejects.toMatchObject({ failure: { kind: 'forbidden' } })
  },
)

test('after the secret was mended the next attempt asks again', async () => {
  stub.refuseSignIn(7000215)
  await tenant.preflight()
  stub.refuseSignIn(null)
  expect(await write([password(1)])).toMatchObject([{ kind: 'done' }])
})

test('signs in by certificate', async () => {
  const made = await generate([{ name: 'commonName', value: 'lockstep' }], { keySize: 2048 })
  const other = await generate([{ name: 'commonName', value: 'other' }], { keySize: 2048 })
  await tenant.close()
  tenant = open({ kind: 'certificate', pem: made.cert, privateKeyPem: new Secret(made.private) })
  expect(await write([password(1)])).toMatchObject([{ kind: 'done' }])
  const header = Buffer.from(stub.tokens.last?.get('client_assertion')?.split('.')[0] ?? '', 'base64url')
  expect(JSON.parse(header.toString())).toMatchObject({ alg: 'PS256', 'x5t#S256': expect.any(String) })
  await tenant.close()
  tenant = open({ kind: 'certificate', pem: made.cert, privateKeyPem: new Secret(other.private) })
  expect((await tenant.preflight()).checks).toMatchObject([
    { check: 'sign_in', ok: false, detail: 'The private key does not belong to the certificate.' },
  ])
})

test('no secret and no password is in what is logged, told or thrown', async () => {
  const all: unknown[] = []
  const echo = { error: { code: 'canary-password', message: `canary-password ${secret}`, details: [] } }
  for (const status of [400, 403, 409, 429, 500]) {
    stub.answer(() => ({ status, headers: { 'retry-after': '900' }, body: echo }))
    const outcomes = await write([password(1)], 'interactive')
    all.push(outcomes)
    // What "429" asked for would hold back the next one.
    await tenant.close()
    tenant = open({ kind: 'secret', secret: new Secret(secret) })
  }
  all.push(await tenant.readAccounts([idOf(1)]).catch((error: unknown) => String(error)), lines)
  expect(JSON.stringify(all)).not.toContain('canary')
})
