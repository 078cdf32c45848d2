import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attributes } from '@lockstep/gateway/domain/account'
import { Secret } from '@lockstep/gateway/domain/secret'
import { openTenant, type Tenant, type Write, type WriteOutcome } from '@lockstep/gateway/graph/tenant'
import { systemRuntime } from '@lockstep/gateway/system-runtime'
import { attributeNames } from '@lockstep/shared/contract/attributes'
import type { AccountId } from '@lockstep/shared/contract/ids'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { trust } from '../support/trust.ts'
import { type Tenant as PracticeTenant, startTenant } from '../support/world.ts'

let folder: string
let practice: PracticeTenant
let tenant: Tenant
const password = 'Kestrel-Tundra-5812'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-graph-'))
  practice = await startTenant(folder, { users: 25, quota: 'S' })
  trust(await readFile(practice.ca, 'utf8'))
  tenant = openTenant({
    cloud: { graph: practice.graph, login: practice.login },
    tenantId: practice.tenantId,
    clientId: practice.clientId,
    credential: { kind: 'secret', secret: new Secret(practice.clientSecret) },
    writes: 'allowed',
    runtime: systemRuntime,
  })
}, 60_000)
afterAll(async () => {
  await tenant.close()
  await practice.program.stop()
  await rm(folder, { recursive: true, force: true })
})

async function write(writes: Write[], lane: 'interactive' | 'bulk' = 'bulk'): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  await tenant.writeAll(writes, lane, (index, outcome) => {
    outcomes[index] = outcome
  })
  return outcomes
}

const nobody = Object.fromEntries(attributeNames.map((name) => [name, null])) as unknown as Attributes
const create = (n: number, name = `new${n}`): Write => ({
  eventId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  kind: 'create',
  password: new Secret(password),
  account: {
    userPrincipalName: `${name}@${practice.domain}`,
    mailNickname: name,
    immutableId: `immutable-${n}`,
    enabled: true,
    passwordPolicies: null,
    attributes: { ...nobody, displayName: `New ${n}`, usageLocation: 'AT', businessPhone: '+43 1 5812' },
  },
})
const createdId = (outcome: WriteOutcome | undefined): AccountId => {
  if (outcome?.kind === 'done' && outcome.value !== undefined) return outcome.value
  throw new Error(`not created: ${JSON.stringify(outcome)}`)
}
/** Until replicas have caught up. */
const eventually = (check: () => Promise<void>) =>
  expect.poll(async () => check().then(() => true), { timeout: 15_000 })

test('the practice tenant passes the preflight', async () => {
  const { checks, domains } = await tenant.preflight()
  expect(checks.filter(({ ok, level }) => !ok && level === 'error')).toEqual([])
  expect(domains.some(({ name, verified }) => name === practice.domain && verified)).toBe(true)
})

test('one full round tells every account, and the next one nothing but changes', async () => {
  const ids = new Set<string>()
  let link: string | null = null
  for await (const page of tenant.observe(null)) {
    if (page.kind === 'reset') throw new Error('reset')
    for (const account of page.accounts) {
      ids.add(account.id)
      expect(tenant.merge(null, account)).not.toBeNull()
    }
    link = page.deltaLink
  }
  expect(ids.size).toBeGreaterThanOrEqual(25)
  expect(link).not.toBeNull()
  for await (const page of tenant.observe(link)) expect(page.kind).toBe('page')
  const read = await tenant.readAccounts([...ids] as AccountId[])
  expect(read.size).toBe(ids.size)
})

test('accounts are made, changed, given a password, blocked and enabled, each as the tenant then says itself', async () => {
  const outcomes = await write(Array.from({ length: 60 }, (_, n) => create(n)))
  expect(new Set(outcomes.map(createdId)).size).toBe(60)
  const accountId = createdId(outcomes[0])
  const name = `new0@${practice.domain}`
  const eventId = '00000000-0000-4000-8000-000000009999'
  const next = new Secret('Marmot-Lagoon-9934')
  const changes = { jobTitle: 'Smith', businessPhone: null, displayName: null }
  expect(
    await write([
      { eventId, kind: 'update', accountId, changes },
      { eventId, kind: 'set_password', accountId, password: next, mustChange: false },
    ]),
  ).toMatchObject([{ kind: 'done' }, { kind: 'done' }])
  expect(await practice.account(accountId)).toMatchObject({
    jobTitle: 'Smith',
    businessPhones: [],
    displayName: 'New 0',
  })
  expect(await practice.signIn(name, 'Marmot-Lagoon-9934')).toMatchObject({ ok: true })
  expect(await practice.signIn(name, password)).toMatchObject({ ok: false })
  expect(await write([{ eventId, kind: 'block', accountId }])).toMatchObject([{ kind: 'done' }])
  expect(await practice.signIn(name, 'Marmot-Lagoon-9934')).toMatchObject({ ok: false })
  expect(await write([{ eventId, kind: 'enable', accountId }])).toMatchObject([{ kind: 'done' }])
  expect(await practice.signIn(name, 'Marmot-Lagoon-9934')).toMatchObject({ ok: true })
})

test('a refused password, a taken name and our own account made before are told apart', async () => {
  const [made] = await write([create(500)])
  const weak = new Secret('password')
  const eventId = '00000000-0000-4000-8000-000000009998'
  expect(
    await write(
      [{ eventId, kind: 'set_password', accountId: createdId(made), password: weak, mustChange: false }],
      'interactive',
    ),
  ).toMatchObject([{ kind: 'failed', failure: { kind: 'password_refused' } }])
  expect(await write([create(501, 'new500')])).toMatchObject([{ kind: 'failed', failure: { kind: 'conflict' } }])
  const [again] = await write([{ ...create(500, 'other500'), eventId }])
  expect(['done', 'unknown']).toContain(again?.kind)
})

test('who holds an immutable id or an address is found', async () => {
  const [made] = await write([create(600)])
  const address = `new600@${practice.domain}`
  await eventually(async () => {
    const found = await tenant.find({ immutableId: 'immutable-600', addresses: [address] })
    expect(found).toMatchObject([
      { kind: 'user', account: { id: createdId(made) }, matched: ['immutable_id', 'user_principal_name'] },
    ])
  }).toBe(true)
  expect(await tenant.find({ immutableId: 'nobody', addresses: [`nobody@${practice.domain}`] })).toEqual([])
})

test('administrators are known as protected', async () => {
  expect((await tenant.protectedAccounts()).size).toBeGreaterThan(0)
})
