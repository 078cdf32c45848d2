import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directoryRoles } from '../practice-tenant/rights.ts'
import { signIn as tenantSignIn } from '../practice-tenant/sign-in.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { until } from '../support/world.ts'

const { userAdministrator } = directoryRoles
const words = 'Sunny-Harbour-Lamp-3'

let here: Here
/** The administrator's browser at the gateway. */
let cookie: string
let connection: string
let people: User[]
/** Accounts of the tenant: the first authorises, the second after him; the third may do nothing. */
let first: string
let second: string
let third: string

beforeAll(async () => {
  here = await startHere({ users: 20, cycleEveryMs: 1_000, delegatedApp: true })
  await here.createAdmin()
  cookie = await signIn()
  ;[first = '', second = '', third = ''] = [...here.tenant.state.people.values()].map(({ properties }) =>
    String(properties['userPrincipalName']),
  )
  for (const user of [first, second]) await act({ act: 'grant_role', user, role: userAdministrator })
  await register()
}, 60_000)
afterAll(() => here.close())

const control = async (method: string, path: string, body: unknown) => {
  const answer = await fetch(here.tenant.control + path, { method, body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
}
const act = (body: unknown) => control('POST', '/acts', body)
const call = () => here.client
const connectionNow = () => call().call('GET /connections/{id}', { params: { id: connection } })
const eventsOf = async (type: string) => (await call().call('GET /events', { query: { type } })).items
const cityOf = (user: User) => here.tenant.state.people.get(user.bindings[0]?.accountId ?? '')?.properties['city']
const move = (user: User, city: string) =>
  call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { city } } })
const everybodyIn = (city: string, who: readonly User[]) =>
  until(`everybody in ${city}`, async () => who.every((user) => cityOf(user) === city))

async function signIn(): Promise<string> {
  const answer = await fetch(`${here.gateway.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'root@contoso.example', password: 'Copper-Meadow-72' }),
  })
  return answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
}

const sealedTokens = async () =>
  (await here.context.store.db.selectFrom('connections').select('sealed_tokens').executeTakeFirst())?.sealed_tokens

const register = () => control('POST', '/redirects', { uri: `${here.gateway.url}/connections/callback` })

async function begin(body: unknown = asking('Contoso')): Promise<{ status: number; url: URL; code: string }> {
  const answer = await fetch(`${here.gateway.url}/api/v1/connections/authorize`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(body),
  })
  const { url = 'https://nowhere.example', code = '' } = (await answer.json()) as { url?: string; code?: string }
  return { status: answer.status, url: new URL(url), code }
}
const asking = (name: string) => ({ name, cloud: { graph: here.tenant.graph, login: here.tenant.login } })

/** What Microsoft's page leads to when this person is signed in there. */
async function atMicrosoft(url: URL, user: string, tenantId?: string): Promise<URL> {
  await control('PUT', '/signed-in', { user, ...(tenantId !== undefined && { tenantId }) })
  const answer = await fetch(url, { redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '')
}

async function comeBack(url: URL, as: Record<string, string> = { cookie }) {
  const answer = await fetch(url, { redirect: 'manual', headers: { accept: 'application/json', ...as } })
  const body = answer.status === 303 ? null : ((await answer.json()) as { code: string; detail: string })
  return { status: answer.status, to: answer.headers.get('location'), code: body?.code, detail: body?.detail ?? '' }
}

async function authorise(user: string, { name = 'Contoso', tenantId }: { name?: string; tenantId?: string } = {}) {
  const { url } = await begin(asking(name))
  return await comeBack(await atMicrosoft(url, user, tenantId))
}

describe.sequential('a connection by the sign-in of an administrator', () => {
  test('leads to Microsoft with PKCE and all that the way back is recognised by', async () => {
    const { status, url } = await begin()
    expect(status).toBe(200)
    expect(url.origin + url.pathname).toBe(`${here.tenant.login}/organizations/oauth2/v2.0/authorize`)
    const asked = Object.fromEntries(url.searchParams)
    expect(asked).toMatchObject({
      client_id: here.tenant.clientId,
      redirect_uri: `${here.gateway.url}/connections/callback`,
      response_type: 'code',
      response_mode: 'query',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      nonce: expect.stringMatching(/^\w{64}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(asked['scope']?.split(' ')).toEqual(
      expect.arrayContaining([`${here.tenant.graph}/.default`, 'openid', 'offline_access']),
    )
  })

  test('is for administrators, and for clouds that the operator allows', async () => {
    expect(
      (await begin({ name: 'Contoso', cloud: { graph: 'https://g.example', login: 'https://l.example' } })).code,
    ).toBe('cloud_not_allowed')
    expect(await comeBack(new URL(`${here.gateway.url}/connections/callback?state=x&code=x`), {})).toMatchObject({
      status: 401,
      code: 'not_signed_in',
    })
  })

  test('without the role or a permission nothing is connected, and it is told why', async () => {
    const refused = await authorise(third)
    expect(refused).toMatchObject({ status: 422, code: 'preflight_failed' })
    expect(refused.detail).toContain('The administrator who signed in does not hold the role User Administrator')
    const permissions = ['User-PasswordProfile.ReadWrite.All']
    await control('POST', '/rights', { withdrawDelegated: permissions })
    expect((await authorise(first)).detail).toContain(`The delegated permission ${permissions[0]} is missing`)
    await control('POST', '/rights', { grantDelegated: permissions })
    expect((await call().call('GET /connections', { query: {} })).items).toEqual([])
  })

  test('comes back to the session that began it, once, and connects the tenant without writing to it', async () => {
    const { url } = await begin()
    const back = await atMicrosoft(url, first)
    const elsewhere = { status: 409, code: 'authorization_not_found' }
    expect(await comeBack(back, { cookie: await signIn() })).toMatchObject(elsewhere)
    expect(await comeBack(back, { authorization: `Bearer ${await here.tokenOf('admin')}` })).toMatchObject(elsewhere)
    const there = await comeBack(back)
    expect(there).toMatchObject({ status: 303, to: expect.stringMatching(/^\/admin\/connections\/[^/]+$/) })
    connection = there.to?.split('/').at(-1) ?? ''
    expect(await comeBack(back)).toMatchObject(elsewhere)
    expect(await connectionNow()).toMatchObject({
      name: 'Contoso',
      tenantId: here.tenant.tenantId,
      state: 'active',
      authorisedBy: { name: first },
      settings: { mode: 'observe' },
    })
    expect(await eventsOf('connection_create')).toMatchObject([{ outcome: 'success', actor: { kind: 'admin' } }])
    const checks = await call().call('GET /connections/{id}/preflight', { params: { id: connection } })
    expect(checks.filter(({ ok, level }) => !ok && level === 'error')).toEqual([])
    expect(checks.find(({ check }) => check === 'user_administrator')?.detail).toBe(
      'The administrator who signed in holds the role User Administrator.',
    )
  })

  test('leaves the account alone by whose sign-in it works', async () => {
    const { authorisedBy } = await connectionNow()
    const params = { id: connection, accountId: authorisedBy?.accountId ?? '' }
    await until('the first cycle', async () => (await connectionNow()).lastCycle !== null)
    const detail = await call().call('GET /connections/{id}/accounts/{accountId}', { params })
    expect(detail).toMatchObject({ userPrincipalName: first, protection: 'authoriser' })
    const { items } = await call().call('GET /connections/{id}/accounts', { params, query: { status: 'protected' } })
    expect(items.find(({ id }) => id === params.accountId)?.reason).toContain('sign-in of this account')
    const user = await call().call('POST /users', {
      body: { email: first, displayName: 'Authoriser', sendMail: false },
    })
    const bind = { params: { id: connection, userId: user.id }, body: {} }
    await expect(call().call('PUT /connections/{id}/bindings/{userId}', bind)).rejects.toMatchObject({
      problem: { code: 'account_protected', detail: expect.stringContaining('sign-in of this account') },
    })
    await call().call('DELETE /users/{id}', { params: { id: user.id }, query: { accounts: 'keep' } })
  })

  test('writes as that administrator: attributes and passwords', async () => {
    const settings = { mode: 'apply' as const }
    await call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings } })
    const everybody = { accountIds: 'all' as const, bind: true }
    const { job } = await call().call('POST /connections/{id}/imports', { params: { id: connection }, body: everybody })
    const state = async () => (await call().call('GET /jobs/{id}', { params: { id: job.id } })).state
    await until('the import', async () => (await state()) === 'done')
    people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
    expect(people.length).toBeGreaterThan(10)
    const ana = people[0] as User
    await call().call('POST /users/{id}/activate', { params: { id: ana.id }, body: { sendMail: false } })
    const password = { password: words, mustChange: false }
    const { sync } = await call().call('PUT /users/{id}/password', { params: { id: ana.id }, body: password })
    expect(sync).toMatchObject([{ password: 'updated' }])
    expect(tenantSignIn(here.tenant.state, ana.email, words)).toEqual({ ok: true, reason: null })
    await move(ana, 'Graz')
    await everybodyIn('Graz', [ana])
  })

  test('goes on for days and over restarts with what it keeps sealed', async () => {
    await control('POST', '/clock', { advanceMs: 3 * 86_400_000 })
    const before = await sealedTokens()
    await here.restart()
    await register()
    await move(people[1] as User, 'Wien')
    await everybodyIn('Wien', [people[1] as User])
    expect((await connectionNow()).state).toBe('active')
    expect(await sealedTokens()).not.toBe(before)
    const files = await readdir(dirname(here.storeLog))
    for (const file of files.filter((name) => name.startsWith('lockstep.db')))
      expect(await readFile(join(dirname(here.storeLog), file), 'latin1')).not.toMatch(/RefreshToken|refresh_token/)
  })

  test('stops with the sessions of the administrator: an error that says to sign in again, and no change is lost', async () => {
    await act({ act: 'revoke', user: first })
    await control('POST', '/clock', { advanceMs: 2 * 3_600_000 })
    await move(people[2] as User, 'Linz')
    await until('the error', async () => (await connectionNow()).state === 'error')
    expect(await connectionNow()).toMatchObject({
      error: { code: 'AADSTS50173', remedy: expect.stringContaining('Sign in again') },
      quarantine: { reason: { code: 'AADSTS50173' } },
    })
    for (const user of people.slice(3, 8)) await move(user, 'Linz')
    expect(await eventsOf('connection_error')).toHaveLength(1)
  })

  type Way = (user: string) => Promise<URL>
  const byAnotherTenant: Way = async (user) =>
    await atMicrosoft((await begin()).url, user, '99999999-9999-4999-8999-999999999999')
  const cancelled: Way = async (user) => {
    const back = await atMicrosoft((await begin()).url, user)
    back.searchParams.delete('code')
    back.searchParams.set('error', 'access_denied')
    return back
  }
  const forged: Way = async (user) => {
    const back = await atMicrosoft((await begin()).url, user)
    back.searchParams.set('code', 'forged')
    return back
  }
  test.each([
    ['the sign-in of another tenant', byAnotherTenant, 'tenant_mismatch'],
    ['a sign-in that is cancelled', cancelled, 'authorization_refused'],
    ['a code that is none', forged, 'authorization_refused'],
  ])('%s changes nothing', async (_, way, code) => {
    const { authorisedBy, error } = await connectionNow()
    const back = await way(second)
    expect(await comeBack(back)).toMatchObject({ code })
    expect(await connectionNow()).toMatchObject({ state: 'error', authorisedBy, error })
    expect((await eventsOf('connection_authorize'))[0]).toMatchObject({ outcome: 'failure', cause: code })
  })

  test('another administrator of the same tenant takes it on, and nobody is bound again', async () => {
    const bound = (await eventsOf('binding_create')).length
    expect(await authorise(second)).toMatchObject({ status: 303, to: `/admin/connections/${connection}` })
    await everybodyIn('Linz', people.slice(2, 8))
    expect(await connectionNow()).toMatchObject({
      state: 'active',
      error: null,
      quarantine: null,
      authorisedBy: { name: second },
    })
    expect((await call().call('GET /connections', { query: {} })).items).toHaveLength(1)
    expect(await eventsOf('binding_create')).toHaveLength(bound)
    expect(await eventsOf('connection_credential_change')).toMatchObject([
      { changes: [{ attribute: 'authorisedBy', before: first, after: second }] },
    ])
  })

  test('under another name it is the same tenant, whose sign-in is renewed', async () => {
    expect(await authorise(first, { name: 'Contoso again' })).toMatchObject({
      status: 303,
      to: `/admin/connections/${connection}`,
    })
    expect(await connectionNow()).toMatchObject({ name: 'Contoso', authorisedBy: { name: first } })
  })

  test('a secret of its own takes its place, and then it is nobody whose sign-in it needs', async () => {
    const body = { clientSecret: here.tenant.clientSecret }
    const after = await call().call('PATCH /connections/{id}', { params: { id: connection }, body })
    expect(after).toMatchObject({ authorisedBy: null, state: 'active' })
    expect((await begin()).code).toBe('tenant_already_connected')
  })
})
