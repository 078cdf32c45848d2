import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trust } from '../support/trust.ts'
import { cli, importAll, startWorld, until, type World } from '../support/world.ts'

const mayWriteUsers = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const boss = 'boss@contoso.example'
const words = 'Sunny-Harbour-Lamp-3'

let world: World
/** The administrator's browser at the gateway. */
let cookie: string
let connection: string
let people: User[]
/** Accounts of the tenant: the first authorises, the second after him. */
let first: string
let second: string

beforeAll(async () => {
  world = await startWorld({ users: 20, delegatedApp: true })
  trust(await readFile(world.tenant.ca, 'utf8'))
  const env = { LOCKSTEP_DATA: world.gateway.dataFolder }
  await cli(['admin', 'create', '--email', boss, '--password-stdin'], env, false, `${words}\n`)
  cookie = await signIn()
  const { users } = (await world.tenant.call('GET', '/state')) as { users: { userPrincipalName: string }[] }
  ;[first = '', second = ''] = users.map(({ userPrincipalName }) => userPrincipalName)
  for (const user of [first, second]) await world.tenant.act({ act: 'grant_role', user, role: mayWriteUsers })
  await register()
}, 120_000)
afterAll(() => world.close())

const call = () => world.gateway.client
const connectionNow = () => call().call('GET /connections/{id}', { params: { id: connection } })
const eventsOf = async (type: string) => (await call().call('GET /events', { query: { type } })).items
const cityOf = async (user: User) => (await world.tenant.account(user.bindings[0]?.accountId ?? ''))['city']
const move = (user: User, city: string) =>
  call().call('PATCH /users/{id}', { params: { id: user.id }, body: { attributes: { city } } })
const everybodyIn = (city: string, who: readonly User[]) =>
  until(`everybody in ${city}`, async () => (await Promise.all(who.map(cityOf))).every((each) => each === city))

async function signIn(): Promise<string> {
  const answer = await fetch(`${world.gateway.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: boss, password: words }),
  })
  return answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
}

const register = () => world.tenant.call('POST', '/redirects', { uri: `${world.gateway.url}/connections/callback` })

async function begin(body: unknown = asking('Contoso')): Promise<{ status: number; url: URL; code: string }> {
  const answer = await fetch(`${world.gateway.url}/api/v1/connections/authorize`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(body),
  })
  const { url = 'https://nowhere.example', code = '' } = (await answer.json()) as { url?: string; code?: string }
  return { status: answer.status, url: new URL(url), code }
}
const asking = (name: string) => ({ name, cloud: { graph: world.tenant.graph, login: world.tenant.login } })

/** What Microsoft's page leads to when this person is signed in there. */
async function atMicrosoft(url: URL, user: string, tenantId?: string): Promise<URL> {
  await world.tenant.call('PUT', '/signed-in', { user, ...(tenantId !== undefined && { tenantId }) })
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
    expect(url.origin + url.pathname).toBe(`${world.tenant.login}/organizations/oauth2/v2.0/authorize`)
    const asked = Object.fromEntries(url.searchParams)
    expect(asked).toMatchObject({
      client_id: world.tenant.clientId,
      redirect_uri: `${world.gateway.url}/connections/callback`,
      response_type: 'code',
      response_mode: 'query',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      nonce: expect.stringMatching(/^\w{64}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(asked['scope']?.split(' ')).toEqual(
      expect.arrayContaining([`${world.tenant.graph}/.default`, 'openid', 'offline_access']),
    )
  })

  test('is for administrators, and for clouds that the operator allows', async () => {
    expect(
      (await begin({ name: 'Contoso', cloud: { graph: 'https://g.example', login: 'https://l.example' } })).code,
    ).toBe('cloud_not_allowed')
    expect(await comeBack(new URL(`${world.gateway.url}/connections/callback?state=x&code=x`), {})).toMatchObject({
      status: 401,
      code: 'not_signed_in',
    })
  })

  test('somebody who may not set passwords connects nothing, and is told why', async () => {
    const third = await world.tenant.call('GET', '/state')
    const plain = (third as { users: { userPrincipalName: string }[] }).users[2]?.userPrincipalName ?? ''
    const refused = await authorise(plain)
    expect(refused).toMatchObject({ status: 422, code: 'preflight_failed' })
    expect(refused.detail).toContain('The administrator who signed in does not hold the role User Administrator')
    expect((await call().call('GET /connections', { query: {} })).items).toEqual([])
  })

  test('comes back to the session that began it, once, and connects the tenant without writing to it', async () => {
    const { url } = await begin()
    const back = await atMicrosoft(url, first)
    const elsewhere = { status: 409, code: 'authorization_not_found' }
    expect(await comeBack(back, { cookie: await signIn() })).toMatchObject(elsewhere)
    expect(await comeBack(back, { authorization: `Bearer ${world.gateway.token}` })).toMatchObject(elsewhere)
    const there = await comeBack(back)
    expect(there).toMatchObject({ status: 303, to: expect.stringMatching(/^\/admin\/connections\/[^/]+$/) })
    connection = there.to?.split('/').at(-1) ?? ''
    expect(await comeBack(back)).toMatchObject(elsewhere)
    expect(await connectionNow()).toMatchObject({
      name: 'Contoso',
      tenantId: world.tenant.tenantId,
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
    await importAll(world, connection)
    people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
    expect(people.length).toBeGreaterThan(10)
    const ana = people[0] as User
    await call().call('POST /users/{id}/activate', { params: { id: ana.id }, body: { sendMail: false } })
    const password = { password: words, mustChange: false }
    const { sync } = await call().call('PUT /users/{id}/password', { params: { id: ana.id }, body: password })
    expect(sync).toMatchObject([{ password: 'updated' }])
    expect(await world.tenant.signIn(ana.email, words)).toEqual({ ok: true, reason: null })
    await move(ana, 'Graz')
    await everybodyIn('Graz', [ana])
  })

  test('goes on for days and over restarts with what it keeps sealed', async () => {
    await world.gateway.program.stop()
    await world.tenant.call('POST', '/clock', { advanceMs: 3 * 86_400_000 })
    await world.restart()
    await register()
    await move(people[1] as User, 'Wien')
    await everybodyIn('Wien', [people[1] as User])
    expect((await connectionNow()).state).toBe('active')
    const files = await readdir(world.gateway.dataFolder)
    for (const file of files.filter((name) => name.startsWith('lockstep.db')))
      expect(await readFile(join(world.gateway.dataFolder, file), 'latin1')).not.toMatch(/RefreshToken|refresh_token/)
  })

  test('stops with the sessions of the administrator: an error that says to sign in again, and no change is lost', async () => {
    await world.tenant.act({ act: 'revoke', user: first })
    await world.tenant.call('POST', '/clock', { advanceMs: 2 * 3_600_000 })
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
    const body = { clientSecret: world.tenant.clientSecret }
    const after = await call().call('PATCH /connections/{id}', { params: { id: connection }, body })
    expect(after).toMatchObject({ authorisedBy: null, state: 'active' })
    expect((await begin()).code).toBe('tenant_already_connected')
  })
})
