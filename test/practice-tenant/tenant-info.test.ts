import { generate } from 'selfsigned'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant({ users: 3 })
  await tenant.ask('POST', '/rights', { grant: ['Application.Read.All'] })
})
afterAll(() => tenant.close())
beforeEach(() => tenant.renew())

const read = (path: string) => tenant.call('GET', path)
const filter = (path: string, clause: string) => read(`${path}?$filter=${encodeURIComponent(clause)}`)

test('the app finds its registration by app id, as a filter and as a key, and when its secrets end', async () => {
  const endsAt = tenant.state.now() + 20 * 86_400_000
  await tenant.ask('POST', '/secret', { secret: 'xyz-another-secret', endsAt })
  const byKey = await read(`/applications(appId='${tenant.clientId}')?$select=passwordCredentials`)
  expect(byKey.body['passwordCredentials']).toMatchObject([
    { hint: tenant.clientSecret.slice(0, 3), secretText: null },
    { hint: 'xyz', endDateTime: new Date(endsAt).toISOString() },
  ])
  expect(JSON.stringify(byKey.body)).not.toContain('another-secret')
  const [listed] = (await filter('/applications', `appId eq '${tenant.clientId}'`)).body.value
  expect((await read(`/applications/${String(listed?.['id'])}`)).body).toMatchObject({ appId: tenant.clientId })
  const unknown = '99999999-9999-4999-8999-999999999999'
  expect((await read(`/applications(appId='${unknown}')`)).status).toBe(404)
  expect((await read(`/applications/${unknown}`)).status).toBe(404)
  expect((await filter('/applications', `appId eq '${unknown}'`)).body.value).toEqual([])
})

test('a certificate is told by its thumbprint and its end', async () => {
  const notAfterDate = new Date('2031-05-06T07:08:09Z')
  const { cert } = await generate([{ name: 'commonName', value: 'lockstep' }], { keySize: 2048, notAfterDate })
  await tenant.ask('POST', '/certificates', { pem: cert })
  const { body } = await read(`/applications(appId='${tenant.clientId}')`)
  expect(body['keyCredentials']).toMatchObject([
    { endDateTime: notAfterDate.toISOString(), customKeyIdentifier: expect.stringMatching(/^[\w+/]{27}=$/), key: null },
  ])
})

test('an expired secret signs nobody in', async () => {
  const own = await startTestTenant({ users: 1 })
  await own.ask('POST', '/secret', { endsAt: own.state.now() - 1 })
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: own.clientId,
    client_secret: own.clientSecret,
    scope: `${own.graph}/.default`,
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await own.raw(`/${own.tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form.toString(), headers })
  expect(answer.body).toMatchObject({ error_codes: [7000222] })
  await own.close()
})

test('roles that have to be activated are told apart from those that are held, with Entra ID P2', async () => {
  const path = '/roleManagement/directory/roleEligibilityScheduleInstances'
  const { id } = tenant.person(0)
  await tenant.ask('POST', '/acts', { act: 'make_eligible', user: id })
  expect((await read(path)).body.value).toMatchObject([{ principalId: id, memberType: 'Direct' }])
  const held = await filter('/roleManagement/directory/roleAssignments', `principalId eq '${id}'`)
  expect(held.body.value).toEqual([])
  await tenant.ask('PUT', '/switches', { premiumP2: false })
  expect(refusal(await read(path))).toMatchObject({ status: 400, code: 'AadPremiumLicenseRequired' })
})

test('sign-ins say what client was used, newest first, with Entra ID P1', async () => {
  const [ana, ben] = [tenant.person(0), tenant.person(1)]
  await tenant.ask('POST', '/sign-ins', { user: ana.id, client: 'Browser' })
  await tenant.ask('POST', '/sign-ins', { user: ana.id, client: 'IMAP4' })
  await tenant.ask('POST', '/sign-ins', { user: ben.id, client: 'POP3', errorCode: 50126 })
  expect((await read('/auditLogs/signIns?$top=2')).body.value).toMatchObject([
    { userPrincipalName: ben.name, clientAppUsed: 'POP3', status: { errorCode: 50126 } },
    { userPrincipalName: ana.name, clientAppUsed: 'IMAP4', status: { errorCode: 0 } },
  ])
  const legacy = await filter('/auditLogs/signIns', "clientAppUsed eq 'IMAP4' or clientAppUsed eq 'POP3'")
  expect(legacy.body.value).toHaveLength(2)
  await tenant.ask('PUT', '/switches', { premium: false })
  expect(refusal(await read('/auditLogs/signIns'))).toMatchObject({
    status: 403,
    code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  })
})

test('the organization says whether it is synced from on-premises', async () => {
  const organization = async () => (await read('/organization')).body.value[0]
  expect(await organization()).toMatchObject({ onPremisesSyncEnabled: null })
  await tenant.ask('PUT', '/synced', { synced: true })
  expect(await organization()).toMatchObject({
    onPremisesSyncEnabled: true,
    onPremisesLastSyncDateTime: expect.any(String),
  })
})
