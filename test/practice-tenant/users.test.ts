import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededPassword } from './seed.ts'
import { messageOf, newUser, refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant()
})
afterAll(() => tenant.close())

const patch = (at: number, body: unknown) => tenant.call('PATCH', `/users/${tenant.person(at).id}`, body)
const create = (name: string, more?: Record<string, unknown>) => tenant.call('POST', '/users', newUser(name, more))

describe('what an answer holds', () => {
  test('a plain read holds the default properties and no others', async () => {
    const { body } = await tenant.call('GET', `/users/${tenant.person(0).id}`)
    const { '@odata.context': _, ...shown } = body
    expect(Object.keys(shown).sort()).toEqual(
      'businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
        ' ',
      ),
    )
  })

  test('what is selected comes, unset as null or an empty list, a password never', async () => {
    const { body } = await tenant.call(
      'GET',
      `/users/${tenant.person(0).name}?$select=accountEnabled,department,otherMails,passwordProfile`,
    )
    expect(body).toMatchObject({ accountEnabled: true, department: null, otherMails: [], passwordProfile: null })
  })

  test('an unknown property is refused, one that lives in SharePoint is not implemented', async () => {
    expect(refusal(await tenant.call('GET', '/users?$select=shoeSize')).status).toBe(400)
    expect(refusal(await tenant.call('GET', '/users?$select=skills'))).toMatchObject({
      status: 501,
      code: 'NotImplemented',
    })
  })

  test('every answer carries its ids, and echoes the one of the client, also in a refusal', async () => {
    const answer = await tenant.call('GET', '/users/nobody', undefined, { 'client-request-id': 'mine' })
    expect(answer.headers).toMatchObject({ 'client-request-id': 'mine', 'request-id': expect.any(String) })
    expect(answer.headers['x-ms-ags-diagnostic']).toContain('ServerInfo')
    expect(answer.body['error']).toMatchObject({
      code: 'Request_ResourceNotFound',
      innerError: {
        'client-request-id': 'mine',
        'request-id': answer.headers['request-id'],
        date: expect.not.stringContaining('Z'),
      },
    })
  })

  test('a guest is found by a name with # when that is encoded', async () => {
    const { status } = await tenant.call('GET', `/users/guest_fabrikam.example%23EXT%23@contoso.onmicrosoft.com`)
    expect(status).toBe(200)
    const quoted = await tenant.call('GET', `/users('${tenant.person(0).name}')`)
    expect(quoted.body['id']).toBe(tenant.person(0).id)
  })
})

describe('creating', () => {
  test('answers 201 with the place and the default properties, and the person can sign in', async () => {
    const answer = await create('nora')
    expect(answer.status).toBe(201)
    expect(answer.headers['location']).toContain(`/v1.0/users/${answer.body['id']}`)
    expect(answer.body).not.toHaveProperty('accountEnabled')
    const signIn = { userPrincipalName: 'NORA@contoso.example', password: 'Violet-Lantern-7' }
    expect(await tenant.ask('POST', '/sign-in', signIn)).toEqual({ ok: true, reason: null })
  })

  test.each(['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName'])('needs %s', async (name) => {
    expect(refusal(await create('lacks', { [name]: undefined })).status).toBe(400)
  })

  test('needs a password', async () => {
    const answer = await create('nopass', { passwordProfile: undefined })
    expect(messageOf(answer)).toBe('A password must be specified to create a new user.')
  })

  test('names of properties count without regard to case', async () => {
    const { body } = await create('olga', { mailNickname: undefined, mailNickName: 'olga', surName: 'Quill' })
    expect(body).toMatchObject({ surname: 'Quill' })
  })

  test('a domain that is not verified is refused', async () => {
    expect(refusal(await create('x', { userPrincipalName: 'x@elsewhere.example' }))).toMatchObject({
      status: 400,
      targets: ['userPrincipalName'],
    })
  })

  test.each(['a+b', 'a b', 'a.', 'ä', 'a&b'])('the user name %j is refused', async (local) => {
    const answer = await create('valid', { userPrincipalName: `${local}@contoso.example` })
    expect(answer.status).toBe(400)
  })

  test('in a federated domain it needs an immutable id', async () => {
    await tenant.ask('POST', '/domains', { id: 'fed.example', authenticationType: 'Federated' })
    const name = { userPrincipalName: 'f@fed.example' }
    expect(refusal(await create('f', name)).targets).toEqual(['onPremisesImmutableId'])
    expect((await create('f', { ...name, onPremisesImmutableId: 'ZmVk' })).status).toBe(201)
  })
})

describe('what is taken', () => {
  test('a user name in other capitals is a conflict: 400, not 409, and names the holder', async () => {
    const { id, name } = tenant.person(1)
    const answer = await create('taken', { userPrincipalName: name.toUpperCase() })
    expect(refusal(answer)).toEqual({
      status: 400,
      code: 'Request_BadRequest',
      targets: ['userPrincipalName', `User_${id}`],
    })
  })

  test('an address of a group is a conflict that names the group', async () => {
    const group = await tenant.call('POST', '/groups', {
      displayName: 'Team',
      mailNickname: 'team',
      mailEnabled: true,
      securityEnabled: false,
      groupTypes: ['Unified'],
    })
    const answer = await create('teamuser', { mail: 'Team@contoso.example' })
    expect(refusal(answer).targets).toEqual(['proxyAddresses', `Group_${group.body['id']}`])
  })

  test('an immutable id stays taken while its user is in the recycle bin, and is free after a purge', async () => {
    const { body } = await create('immutable', { onPremisesImmutableId: 'aW1tdXRhYmxl' })
    await tenant.call('DELETE', `/users/${body['id']}`)
    const again = { onPremisesImmutableId: 'aW1tdXRhYmxl' }
    expect(refusal(await create('immutable', again)).targets).toEqual(['onPremisesImmutableId', `User_${body['id']}`])
    await tenant.call('DELETE', `/directory/deletedItems/${body['id']}`)
    expect((await create('immutable', again)).status).toBe(201)
  })

  test('the switch for deleted users decides whether their name is free', async () => {
    const { body } = await create('holder')
    await tenant.ask('PUT', '/switches', { deletedHoldsNames: true })
    await tenant.call('DELETE', `/users/${body['id']}`)
    expect(refusal(await create('holder')).targets).toEqual(['userPrincipalName', `User_${body['id']}`])
    await tenant.ask('PUT', '/switches', { deletedHoldsNames: false })
    await create('other')
    const free = await tenant.call('GET', '/users/other@contoso.example')
    await tenant.call('DELETE', `/users/${free.body['id']}`)
    expect((await create('other')).status).toBe(201)
  })
})

describe('updating', () => {
  test('answers 204, null clears, what is absent stays', async () => {
    expect(await patch(2, { department: 'Lab', jobTitle: null })).toMatchObject({ status: 204, body: null })
    const { body } = await tenant.call('GET', `/users/${tenant.person(2).id}?$select=department,jobTitle,city`)
    expect(body).toMatchObject({ department: 'Lab', jobTitle: null, city: expect.any(String) })
  })

  test.each([
    { displayName: null },
    { usageLocation: null },
    { otherMails: null },
    { employeeId: 'x'.repeat(17) },
    { jobTitle: 'x'.repeat(129) },
    { jobTitle: '' },
    { jobTitle: 7 },
    { businessPhones: ['1', '2'] },
    { accountEnabled: 'yes' },
    { onPremisesImmutableId: 'has_underscore' },
    { mailNickname: 'has space' },
    { preferredLanguage: 'english' },
    { proxyAddresses: ['SMTP:a@contoso.example'] },
    { lastPasswordChangeDateTime: '2026-01-01T00:00:00Z' },
    { shoeSize: 42 },
  ])('%j is refused, and nothing of the body is applied', async (wrong) => {
    const before = await tenant.ask('GET', `/accounts/${tenant.person(3).id}`)
    expect((await patch(3, { department: 'Half', ...wrong })).status).toBe(400)
    expect(await tenant.ask('GET', `/accounts/${tenant.person(3).id}`)).toEqual(before)
  })

  test('properties of SharePoint are not implemented', async () => {
    expect((await patch(3, { aboutMe: 'x' })).status).toBe(501)
  })

  test('a body that is no JSON or no object is refused in the words of the reader', async () => {
    expect(messageOf(await patch(3, []))).toContain("A 'StartObject' node was expected")
  })

  test('writing mail makes it the primary address, and the one before an alias', async () => {
    const { id, name } = tenant.person(4)
    await patch(4, { mail: 'new.address@contoso.example' })
    const { body } = await tenant.call('GET', `/users/${id}?$select=mail,proxyAddresses`)
    expect(body['proxyAddresses']).toEqual(['SMTP:new.address@contoso.example', `smtp:${name}`])
  })

  test('a synced user cannot be changed', async () => {
    const answer = await tenant.call('PATCH', '/users/synced@contoso.example', { jobTitle: 'X' })
    expect(messageOf(answer)).toContain('on-premises mastered Directory Sync objects')
  })
})

describe('who may', () => {
  test('a holder of a role is out of reach for what is sensitive, and for nothing else', async () => {
    const admin = '/users/admin@contoso.onmicrosoft.com'
    const denied = { status: 403, code: 'Authorization_RequestDenied' }
    for (const body of [{ accountEnabled: false }, { mobilePhone: '1' }, { jobTitle: 'x', otherMails: [] }])
      expect(refusal(await tenant.call('PATCH', admin, body))).toMatchObject(denied)
    expect(refusal(await tenant.call('DELETE', admin))).toMatchObject(denied)
    expect((await tenant.call('PATCH', admin, { jobTitle: 'Chief' })).status).toBe(204)
  })

  test('a member of a group that roles can be given to counts as a holder', async () => {
    const group = await tenant.ask('POST', '/acts', {
      act: 'create_group',
      body: {
        displayName: 'Admins',
        mailNickname: 'admins',
        mailEnabled: false,
        securityEnabled: true,
        isAssignableToRole: true,
      },
    })
    await tenant.ask('POST', '/acts', { act: 'add_member', group: group['id'], user: tenant.person(5).id })
    expect((await patch(5, { accountEnabled: false })).status).toBe(403)
    expect((await patch(5, { department: 'IT' })).status).toBe(204)
  })

  test('without the permission it is 403; a token keeps the permissions that it was issued with', async () => {
    const own = await startTestTenant()
    await own.ask('POST', '/rights', { withdraw: ['User.ReadWrite.All'] })
    const write = () => own.call('PATCH', `/users/${own.person(0).id}`, { jobTitle: 'X' })
    expect((await write()).status).toBe(204)
    await own.renew()
    expect((await write()).status).toBe(403)
    await own.ask('POST', '/rights', { grant: ['User.EnableDisableAccount.All', 'User.Read.All'] })
    await own.renew()
    expect((await own.call('PATCH', `/users/${own.person(0).id}`, { accountEnabled: false })).status).toBe(204)
    expect((await write()).status).toBe(403)
    await own.close()
  })
})

describe('leaving and coming back', () => {
  test('sessions: 200 with true, and the point in time moves', async () => {
    const { id } = tenant.person(6)
    const answer = await tenant.call('POST', `/users/${id}/revokeSignInSessions`)
    expect(answer).toMatchObject({ status: 200, body: { value: true } })
    const { body } = await tenant.call('GET', `/users/${id}?$select=signInSessionsValidFromDateTime`)
    expect(body['signInSessionsValidFromDateTime']).toEqual(expect.any(String))
  })

  test('a deleted user is gone from lists, in the recycle bin under a prefixed name, and comes back by a restore', async () => {
    const { id, name } = tenant.person(7)
    expect((await tenant.call('DELETE', `/users/${id}`)).status).toBe(204)
    expect((await tenant.call('GET', `/users/${id}`)).status).toBe(404)
    expect((await tenant.call('DELETE', `/users/${id}`)).status).toBe(404)
    expect((await tenant.call('GET', '/directory/deletedItems')).status).toBe(400)
    const bin = await tenant.call(
      'GET',
      '/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,deletedDateTime',
    )
    const found = bin.body.value.find((user) => user['id'] === id)
    expect(found).toMatchObject({
      userPrincipalName: id.replaceAll('-', '') + name,
      deletedDateTime: expect.any(String),
    })
    expect((await tenant.call('POST', `/users/${id}/restore`)).status).toBe(404)
    expect(await tenant.call('POST', `/directory/deletedItems/${id}/restore`)).toMatchObject({
      status: 200,
      body: { id, userPrincipalName: name },
    })
    const signIn = { userPrincipalName: name, password: seededPassword(1, 7) }
    expect(await tenant.ask('POST', '/sign-in', signIn)).toEqual({ ok: true, reason: null })
  })

  test('a restore meets a name that was given away: refused, unless with another name and without the address', async () => {
    const { id, name } = tenant.person(8)
    await tenant.call('DELETE', `/users/${id}`)
    await create('thief', { userPrincipalName: name, mail: name })
    const restore = (body?: unknown) => tenant.call('POST', `/directory/deletedItems/${id}/restore`, body)
    expect(refusal(await restore()).targets[0]).toBe('userPrincipalName')
    expect(refusal(await restore({ newUserPrincipalName: 'back@contoso.example' })).targets[0]).toBe('proxyAddresses')
    const all = { newUserPrincipalName: 'back@contoso.example', autoReconcileProxyConflict: true }
    expect((await restore(all)).status).toBe(200)
  })
})

describe('manager and licences', () => {
  test('a manager is set by a link, read, expanded and removed', async () => {
    const [one, boss] = [tenant.person(9), tenant.person(10)]
    const manager = `/users/${one.id}/manager`
    expect((await tenant.call('GET', manager)).status).toBe(404)
    const link = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${boss.id}` }
    expect((await tenant.call('PUT', `${manager}/$ref`, link)).status).toBe(204)
    expect((await tenant.call('GET', manager)).body).toMatchObject({ id: boss.id })
    const { body } = await tenant.call('GET', `/users/${one.id}?$expand=manager($select=id)`)
    expect(body['manager']).toMatchObject({ id: boss.id })
    expect((await tenant.call('DELETE', `${manager}/$ref`)).status).toBe(204)
    expect((await tenant.call('DELETE', `${manager}/$ref`)).status).toBe(404)
  })

  test('a licence needs a usage location and both lists, and counts on the subscription', async () => {
    const { body } = await create('licensed')
    const assign = (given: unknown) => tenant.call('POST', `/users/${body['id']}/assignLicense`, given)
    const before = (await tenant.call('GET', '/subscribedSkus')).body.value[0]
    const add = { addLicenses: [{ skuId: before?.['skuId'] }], removeLicenses: [] }
    expect(messageOf(await assign(add))).toBe('License assignment cannot be done for user with invalid usage location.')
    await tenant.call('PATCH', `/users/${body['id']}`, { usageLocation: 'AT' })
    expect((await assign({ addLicenses: add.addLicenses })).status).toBe(400)
    expect((await assign(add)).status).toBe(200)
    const after = (await tenant.call('GET', '/subscribedSkus')).body.value[0]
    expect(after?.['consumedUnits']).toBe(Number(before?.['consumedUnits']) + 1)
  })
})
