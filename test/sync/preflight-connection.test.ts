import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { until } from '../support/world.ts'

let here: Here
let connection: string
const dayMs = 86_400_000

beforeAll(async () => {
  here = await startHere({ users: 4 })
  await here.createAdmin()
  const { graph, login, tenantId, clientId, clientSecret } = here.tenant
  const body = { name: 'Contoso', tenantId, clientId, clientSecret, cloud: { graph, login } }
  connection = (await here.client.call('POST /connections', { body: { ...body, settings: { mode: 'apply' } } })).id
}, 60_000)
afterAll(() => here.close())
beforeEach(() => ask('POST', '/rights', { grant: ['Application.Read.All'] }))

const ask = async (method: string, path: string, body: object) =>
  await (await fetch(here.tenant.control + path, { method, body: JSON.stringify(body) })).json()
const params = () => ({ id: connection })
const preflight = () => here.client.call('GET /connections/{id}/preflight', { params: params() })
const told = async (name: string) => (await preflight()).find(({ check }) => check === name)
const expiresAt = async () =>
  (await here.client.call('GET /connections/{id}', { params: params() })).credentialExpiresAt
const warnings = async () =>
  (await here.client.call('GET /events', { query: { type: 'connection_credential_expiring' } })).items
const mails = async () =>
  (await here.context.store.db.selectFrom('mails').selectAll().execute()).filter(({ kind }) =>
    kind.startsWith('connection_credential'),
  )
const people = () => [...here.tenant.state.people.values()]
const nameOf = (at: number) => String(people()[at]?.properties['userPrincipalName'])
const endIn = (days: number) => ask('POST', '/secret', { endsAt: here.tenant.state.now() + days * dayMs })

test('the practice tenant is ready, and what it cannot tell is told', async () => {
  await ask('POST', '/rights', { withdraw: ['Application.Read.All'] })
  const failed = (await preflight()).filter(({ ok }) => !ok)
  expect(failed.filter(({ level }) => level === 'error')).toEqual([])
  expect(failed.map(({ check }) => check)).toEqual(['credential_expiry', 'directory_sync'])
  for (const { remedy } of failed) expect(remedy).toMatch(/\w/)
  expect(await expiresAt()).toBeNull()
})

test('when the secret ends is on the connection, and each warning comes once, by event and mail', async () => {
  await endIn(200)
  await preflight()
  expect(Date.parse((await expiresAt()) ?? '') - Date.now()).toBeGreaterThan(199 * dayMs)
  expect(await warnings()).toEqual([])
  await endIn(13)
  expect(await told('credential_expiry')).toMatchObject({ ok: false, level: 'warning' })
  await preflight()
  expect(await warnings()).toMatchObject([{ cause: '14_days', connection, detail: expect.stringContaining('13 days') }])
  expect(await mails()).toHaveLength(1)
})

test('S2: a new secret resumes where the old one has ended: bindings stay, and it is said no more', async () => {
  const email = nameOf(0)
  const { id } = await here.client.call('POST /users', { body: { email, displayName: 'Ana', sendMail: false } })
  const ids = { id: connection, userId: id }
  await here.client.call('PUT /connections/{id}/bindings/{userId}', { params: ids, body: {} })
  const binding = () => here.client.call('GET /connections/{id}/bindings/{userId}', { params: ids })
  await until('the binding', async () => (await binding()).state === 'in_sync')
  const { accountId } = await binding()

  await ask('POST', '/secret', { expire: true })
  expect(await preflight()).toMatchObject([{ check: 'sign_in', ok: false }])
  const clientSecret = 'a-new-secret-of-the-practice-tenant'
  await ask('POST', '/secret', { secret: clientSecret })
  const renewed = await here.client.call('PATCH /connections/{id}', { params: params(), body: { clientSecret } })
  expect(Date.parse(renewed.credentialExpiresAt ?? '') - Date.now()).toBeGreaterThan(364 * dayMs)
  expect(renewed).toMatchObject({ state: 'active', error: null })
  expect(await told('credential_expiry')).toMatchObject({ ok: true })
  expect(await warnings()).toHaveLength(1)
  expect(await binding()).toMatchObject({ accountId, state: 'in_sync' })
  await here.client.call('PATCH /users/{id}', { params: { id }, body: { attributes: { city: 'Graz' } } })
  await until('the change', async () => people()[0]?.properties['city'] === 'Graz')
})

test('the last way in without us is never bound, whatever is overridden', async () => {
  const admin = people().find(({ properties }) => String(properties['userPrincipalName']).startsWith('admin@'))
  expect(await told('break_glass')).toMatchObject({ ok: true, detail: expect.stringContaining('admin@') })
  const email = nameOf(1)
  const { id } = await here.client.call('POST /users', { body: { email, displayName: 'Root', sendMail: false } })
  const bind = () =>
    here.client.call('PUT /connections/{id}/bindings/{userId}', {
      params: { id: connection, userId: id },
      body: { accountId: admin?.id ?? '', override: ['protected'] },
    })
  await expect(bind()).rejects.toMatchObject({
    problem: { code: 'account_protected', detail: expect.stringContaining('last') },
  })
  await ask('POST', '/acts', { act: 'grant_role', user: nameOf(2) })
  await bind()
  expect(await told('break_glass')).toMatchObject({ ok: true, detail: expect.stringContaining(nameOf(2)) })
  await ask('POST', '/acts', { act: 'disable', user: nameOf(2) })
  expect(await told('break_glass')).toMatchObject({ ok: false, remedy: expect.stringContaining('emergency account') })
})

test('who can activate an administrator role is not bound, and left alone from the next cycle on', async () => {
  const eligible = people()[3]
  const account = () =>
    here.client.call('GET /connections/{id}/accounts/{accountId}', {
      params: { id: connection, accountId: eligible?.id ?? '' },
    })
  expect((await account()).protection).toBeNull()
  await ask('POST', '/acts', { act: 'make_eligible', user: eligible?.id })
  const { id } = await here.client.call('POST /users', {
    body: { email: nameOf(3), displayName: 'Eve', sendMail: false },
  })
  const bind = here.client.call('PUT /connections/{id}/bindings/{userId}', {
    params: { id: connection, userId: id },
    body: {},
  })
  await expect(bind).rejects.toMatchObject({ problem: { code: 'account_protected' } })
  expect(await told('eligible_roles')).toMatchObject({ ok: true, detail: expect.stringContaining('1.') })
  const [ana] = people()
  const [bound] = (await here.client.call('GET /users', { query: { search: nameOf(0) } })).items
  await ask('POST', '/acts', { act: 'make_eligible', user: ana?.id })
  await here.client.call('PATCH /users/{id}', {
    params: { id: bound?.id ?? '' },
    body: { attributes: { city: 'Linz' } },
  })
  const hers = { id: connection, accountId: ana?.id ?? '' }
  await until('the protection', async () => {
    const { protection } = await here.client.call('GET /connections/{id}/accounts/{accountId}', { params: hers })
    return protection === 'privileged_role'
  })
  expect(ana?.properties['city']).toBe('Graz')
  await ask('PUT', '/switches', { premiumP2: false })
  expect(await told('eligible_roles')).toMatchObject({ ok: true, detail: expect.stringContaining('cannot be held') })
})
