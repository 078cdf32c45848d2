import { Secret } from '@lockstep/gateway/domain/secret'
import { openTenant, type Tenant } from '@lockstep/gateway/graph/tenant'
import { systemRuntime } from '@lockstep/gateway/system-runtime'
import { AccountId } from '@lockstep/shared/contract/ids'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Asked, type GraphStub, type Reply, startGraphStub } from '../support/graph-stub.ts'
import { trust } from '../support/trust.ts'

const tenantId = '0f0f0f0f-1111-4222-8333-444444444444'
const clientId = 'c1c1c1c1-1111-4222-8333-444444444444'
const idOf = (n: number) => AccountId.parse(`11111111-2222-4333-8444-${String(n).padStart(12, '0')}`)
const dayMs = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * dayMs - 3_600_000).toISOString()

let stub: GraphStub
let tenant: Tenant

const open = (credential: Parameters<typeof openTenant>[0]['credential'], graph = stub.origin) =>
  openTenant({
    cloud: { graph, login: stub.origin },
    tenantId,
    clientId,
    credential,
    writes: 'refused',
    runtime: systemRuntime,
  })

beforeAll(async () => {
  stub = await startGraphStub()
  trust(stub.certificate)
})
afterAll(() => stub.close())
beforeEach(() => {
  stub.asked.length = 0
  stub.claims({ roles: allRights, wids: [userAdministrator] })
  stub.answer((asked) => healthy(asked))
  stub.refuseSignIn(null)
  tenant = open({ kind: 'secret', secret: new Secret('abc-secret') })
})
afterEach(() => tenant.close())

const allRights = [
  'User.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'Group.ReadWrite.All',
  'Organization.Read.All',
  'Domain.Read.All',
  'RoleManagement.Read.Directory',
]
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const managed = { id: 'contoso.example', isVerified: true, isDefault: true, authenticationType: 'Managed' }

function healthy({ url }: Asked, domains: object[] = [managed]): Reply {
  if (url.startsWith('/organization'))
    return { status: 200, body: { value: [{ id: tenantId, displayName: 'Contoso' }] } }
  if (url.endsWith('/federationConfiguration')) {
    return { status: 200, body: { value: [{ passiveSignInUri: 'https://sso.godaddy.com/v1/saml' }] } }
  }
  if (url.startsWith('/applications'))
    return { status: 200, body: { passwordCredentials: [{ hint: 'abc', endDateTime: inDays(300) }] } }
  return { status: 200, body: { value: url.startsWith('/domains') ? domains : [] } }
}
const denied: Reply = { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: '' } } }
/** As a tenant that is ready, but for what lies under these paths. */
const but = (replies: Record<string, Reply>) =>
  stub.answer((asked) => {
    const path = Object.keys(replies).find((each) => asked.url.startsWith(each))
    return path === undefined ? healthy(asked) : (replies[path] as Reply)
  })
const told = async (name: string) => (await tenant.preflight()).checks.find(({ check }) => check === name)
const failed = async () => (await tenant.preflight()).checks.filter(({ ok }) => !ok)

test('a tenant that is ready passes every check', async () => {
  stub.claims({ roles: allRights, wids: [userAdministrator], oid: idOf(77) })
  const preflight = await tenant.preflight()
  expect(preflight.checks.filter(({ ok }) => !ok)).toEqual([])
  expect(preflight).toMatchObject({ tenantName: 'Contoso', servicePrincipalId: idOf(77) })
  expect(preflight.domains).toMatchObject([{ name: 'contoso.example', verified: true, federated: false }])
})

test('each missing right is named with its remedy', async () => {
  for (const right of allRights) {
    stub.claims({ roles: allRights.filter((each) => each !== right), wids: [userAdministrator] })
    expect(await failed()).toMatchObject([{ check: 'permissions', remedy: expect.stringContaining(right) }])
  }
})

test('without the role for passwords it fails; where nobody tells of roles it warns', async () => {
  stub.claims({ roles: allRights, wids: [] })
  expect(await failed()).toMatchObject([{ check: 'user_administrator', level: 'error' }])
  stub.claims({ roles: allRights })
  expect(await failed()).toMatchObject([{ check: 'user_administrator', level: 'warning' }])
  stub.claims({ roles: allRights, oid: idOf(77) })
  stub.answer((asked) =>
    asked.url.includes('principalId')
      ? { status: 200, body: { value: [{ roleDefinitionId: userAdministrator }] } }
      : healthy(asked),
  )
  expect(await failed()).toEqual([])
})

test('more rights than needed are a warning', async () => {
  const optional = ['AuditLog.Read.All', 'Application.Read.All', 'MailboxSettings.Read']
  stub.claims({ roles: [...allRights, ...optional], wids: [userAdministrator] })
  expect(await failed()).toEqual([])
  stub.claims({ roles: [...allRights, 'Mail.ReadWrite', 'Directory.ReadWrite.All'], wids: [userAdministrator] })
  expect(await failed()).toMatchObject([
    { check: 'surplus_rights', level: 'warning', detail: expect.stringContaining('Mail.ReadWrite, Directory') },
  ])
})

test('a domain that signs in at GoDaddy is the reseller’s', async () => {
  const resold = { id: 'shop.example', isVerified: true, authenticationType: 'Federated' }
  stub.answer((asked) => healthy(asked, [managed, resold]))
  expect(await failed()).toMatchObject([
    { check: 'federation', level: 'warning' },
    { check: 'reseller', level: 'error' },
  ])
})

test('answers of another tenant are refused', async () => {
  stub.answer((asked) =>
    asked.url.startsWith('/organization')
      ? { status: 200, body: { value: [{ id: idOf(1), displayName: 'Other' }] } }
      : healthy(asked),
  )
  expect(await failed()).toMatchObject([{ check: 'tenant', level: 'error' }])
})

test('a refused secret is one check with what to do, and asks Graph nothing', async () => {
  stub.refuseSignIn(7000222)
  expect((await tenant.preflight()).checks).toMatchObject([
    { check: 'sign_in', ok: false, detail: 'The client secret has expired.' },
  ])
  expect(stub.asked).toEqual([])
})

test.each([
  ['/users', 'read_users', 'error', 'User.ReadWrite.All'],
  ['/domains', 'domains', 'error', 'Domain.Read.All'],
  ['/roleManagement/directory/roleAssignments', 'protected_accounts', 'error', 'RoleManagement.Read.Directory'],
  ['/groups', 'protected_accounts', 'error', 'Group.ReadWrite.All'],
  ['/roleManagement/directory/roleEligibility', 'eligible_roles', 'warning', 'RoleManagement.Read.Directory'],
  ['/organization', 'tenant', 'warning', 'Organization.Read.All'],
  ['/subscribedSkus', 'licences', 'warning', 'Organization.Read.All'],
  ['/applications', 'credential_expiry', 'warning', 'Application.Read.All'],
  ['/auditLogs/signIns', 'legacy_sign_ins', 'warning', 'AuditLog.Read.All'],
])('a token that promises what %s refuses is not believed', async (path, name, level, right) => {
  but({ [path]: denied })
  expect(await failed()).toMatchObject([{ check: name, level, remedy: expect.stringContaining(right) }])
})

test('a Conditional Access policy that blocks us is named as what it is', async () => {
  stub.refuseSignIn(53003)
  const exclude = expect.stringContaining('Exclude the enterprise application')
  expect(await failed()).toMatchObject([{ check: 'sign_in', level: 'error', remedy: exclude }])
  stub.refuseSignIn(null)
  const headers = { 'www-authenticate': 'Bearer error="insufficient_claims", claims="e30="' }
  but({
    '/users': { ...(denied as object), status: 403, headers, body: { error: { code: 'AccessDenied', message: '' } } },
  })
  expect(await failed()).toMatchObject([{ check: 'read_users', remedy: exclude }])
})

test.each([
  ['https://graph.microsoft.us', 'portal.azure.us'],
  ['https://dod-graph.microsoft.us', 'portal.azure.us'],
  ['https://microsoftgraph.chinacloudapi.cn', 'portal.azure.cn'],
])('what to do in the cloud of %s names its portal', async (graph, portal) => {
  stub.refuseSignIn(7000222)
  const national = open({ kind: 'secret', secret: new Secret('abc-secret') }, graph)
  expect((await national.preflight()).checks).toMatchObject([{ remedy: expect.stringContaining(portal) }])
  await national.close()
  expect((await failed())[0]?.remedy).not.toContain('portal.azure')
})

const secrets = (...ends: [hint: string | null, days: number][]): Reply => ({
  status: 200,
  body: { passwordCredentials: ends.map(([hint, days]) => ({ hint, endDateTime: inDays(days) })) },
})

test('a secret is warned of from 60 days before its end, and told from others by how it begins', async () => {
  but({ '/applications': secrets(['abc', 61], ['xyz', 5]) })
  expect(await told('credential_expiry')).toMatchObject({ ok: true })
  but({ '/applications': secrets(['xyz', 200], ['abc', 60]) })
  expect(await told('credential_expiry')).toMatchObject({ ok: false, detail: expect.stringContaining('in 60 days') })
  but({ '/applications': secrets(['abc', -3], ['abc', 12], ['abc', 90]) })
  expect(await told('credential_expiry')).toMatchObject({ ok: false, detail: expect.stringContaining('in 12 days') })
  but({ '/applications': secrets(['xyz', 200]) })
  expect(await told('credential_expiry')).toMatchObject({ ok: false, detail: expect.stringContaining('Nobody tells') })
})

test('a certificate says itself when it ends', async () => {
  const notAfterDate = new Date(inDays(20))
  const made = await generate([{ name: 'commonName', value: 'lockstep' }], { keySize: 2048, notAfterDate })
  await tenant.close()
  tenant = open({ kind: 'certificate', pem: made.cert, privateKeyPem: new Secret(made.private) })
  but({ '/applications': denied })
  expect(await told('credential_expiry')).toMatchObject({ ok: false, detail: expect.stringContaining('in 20 days') })
  expect((await tenant.preflight()).credentialEndsAt).toBe(Math.floor(notAfterDate.getTime() / 1000) * 1000)
})

const list = (...value: object[]): Reply => ({ status: 200, body: { value } })

test('accounts that others look after are counted: synced ones, and those that Google Workspace signs in', async () => {
  const name = 'ana@contoso.example'
  but({
    '/organization': list({ id: tenantId, onPremisesSyncEnabled: true }),
    '/users': list(
      { id: idOf(1), userPrincipalName: name, onPremisesImmutableId: 'Ana@contoso.example' },
      { id: idOf(2), userPrincipalName: 'ben@contoso.example', onPremisesImmutableId: 'c3luY2Vk' },
      { id: idOf(3), userPrincipalName: 'synced@contoso.example', onPremisesSyncEnabled: true },
    ),
  })
  expect(await failed()).toMatchObject([
    { check: 'directory_sync', level: 'warning', detail: expect.stringContaining(': 1 account is mastered') },
    { check: 'address_as_immutable_id', level: 'warning', detail: expect.stringContaining(name) },
  ])
})

test('who still signs in with legacy protocols is named; strangers who failed are not', async () => {
  const used = (userPrincipalName: string, clientAppUsed: string, errorCode = 0) => ({
    userPrincipalName,
    clientAppUsed,
    status: { errorCode },
  })
  but({
    '/auditLogs': list(
      used('ana@x.example', 'IMAP4'),
      used('ana@x.example', 'POP3'),
      used('ben@x.example', 'POP3', 50126),
    ),
  })
  expect(await failed()).toMatchObject([
    { check: 'legacy_sign_ins', level: 'warning', detail: expect.stringMatching(/: ana@x.example \(IMAP4, POP3\)\.$/) },
  ])
  const code = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'
  but({ '/auditLogs': { status: 403, body: { error: { code, message: '' } } } })
  expect(await failed()).toMatchObject([
    { check: 'legacy_sign_ins', detail: expect.stringContaining('no Entra ID P1') },
  ])
})

test('a tenant without Entra ID P2 has nobody who could activate a role', async () => {
  but({
    '/roleManagement/directory/roleEligibility': {
      status: 400,
      body: { error: { code: 'AadPremiumLicenseRequired', message: '' } },
    },
  })
  expect(await failed()).toEqual([])
})

test('nothing is written to prove anything', async () => {
  await tenant.preflight()
  expect(stub.asked.filter(({ method }) => method !== 'GET')).toEqual([])
})
