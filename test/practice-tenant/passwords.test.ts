import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scoreOf } from './passwords.ts'
import { seededPassword } from './seed.ts'
import { messageOf, newUser, refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant()
})
afterAll(() => tenant.close())

const set = (at: number, password: unknown, more: Record<string, unknown> = {}) =>
  tenant.call('PATCH', `/users/${tenant.person(at).id}`, {
    passwordProfile: { password, forceChangePasswordNextSignIn: false, ...more },
  })
const signIn = (at: number, password: string) =>
  tenant.ask('POST', '/sign-in', { userPrincipalName: tenant.person(at).name, password })

describe('the score against banned terms, as in the examples of the documentation, and with a letter exchanged', () => {
  test.each([
    ['C0ntos0Blank12', 4],
    ['ContoS0Bl@nkf9!', 5],
    ['C0ntozo12', 3],
  ])('%s has %i points', (password, points) => {
    expect(scoreOf(password)).toBe(points)
  })
})

describe('what a tenant accepts', () => {
  test.each([
    ['seven signs', 'Abcde1!'],
    ['257 signs', `Aa1!${'x'.repeat(253)}`],
    ['two classes', 'abcdefgh12'],
    ['a letter beyond ASCII', 'Grüne-Wiese-77'],
    ['an emoji', 'Green-Meadow-7🌱'],
    ['banned terms and little else', 'C0ntos0Blank12'],
  ])('not %s', async (_, password) => {
    const answer = await set(0, password)
    expect(refusal(answer)).toEqual({ status: 400, code: 'Request_BadRequest', targets: ['PasswordProfile'] })
    expect(messageOf(answer)).toContain('does not comply with password complexity requirements')
    expect(await signIn(0, seededPassword(1, 0))).toMatchObject({ ok: true })
  })

  test('not the name of the person', async () => {
    const body = newUser('wilhelmina', { givenName: 'Wilhelmina' })
    const passwordProfile = { password: 'xX7-wilhelmin@-Xx' }
    expect((await tenant.call('POST', '/users', { ...body, passwordProfile })).status).toBe(400)
  })

  test.each(['aB3 with blanks', `${'x'.repeat(250)}aB3`, 'ContoS0Bl@nkf9!'])('but %s', async (password) => {
    expect((await set(1, password)).status).toBe(204)
    expect(await signIn(1, password)).toEqual({ ok: true, reason: null })
  })

  test('an administrator may set an old one again, and one class is enough where that is switched off', async () => {
    await set(2, 'Violet-Lantern-8')
    expect((await set(2, seededPassword(1, 2))).status).toBe(204)
    await tenant.call('PATCH', `/users/${tenant.person(2).id}`, { passwordPolicies: 'DisableStrongPassword' })
    expect((await set(2, 'onlylowercaseletters')).status).toBe(204)
  })
})

describe('what a reset does', () => {
  test('the new one signs in, the old one does not, and the date of the change moves', async () => {
    const path = `/users/${tenant.person(3).id}?$select=lastPasswordChangeDateTime`
    const before = (await tenant.call('GET', path)).body['lastPasswordChangeDateTime']
    await set(3, 'Violet-Lantern-9')
    expect(await signIn(3, 'Violet-Lantern-9')).toEqual({ ok: true, reason: null })
    expect(await signIn(3, seededPassword(1, 3))).toEqual({ ok: false, reason: 'AADSTS50126' })
    expect((await tenant.call('GET', path)).body['lastPasswordChangeDateTime']).not.toBe(before)
  })

  test('left out, the password has to be changed at the next sign-in', async () => {
    await set(4, 'Violet-Lantern-4', { forceChangePasswordNextSignIn: undefined })
    expect(await signIn(4, 'Violet-Lantern-4')).toEqual({ ok: false, reason: 'AADSTS50055' })
  })

  test('a refused password takes the rest of the body with it', async () => {
    const path = `/users/${tenant.person(5).id}`
    await tenant.call('PATCH', path, { department: 'Lost', passwordProfile: { password: 'short' } })
    expect((await tenant.call('GET', `${path}?$select=department`)).body['department']).toBeNull()
  })

  test('no password is in the state, the log or the audits', async () => {
    await set(6, 'Quiet-Harbour-Secret-6')
    const part = {
      id: '1',
      method: 'PATCH',
      url: `/users/${tenant.person(6).id}`,
      headers: { 'Content-Type': 'application/json' },
    }
    await tenant.call('POST', '/$batch', {
      requests: [{ ...part, body: { passwordProfile: { password: 'Quiet-Harbour-Secret-7' } } }],
    })
    await tenant.call('POST', '/$batch', {
      requests: [{ ...part, id: null, body: { passwordProfile: { password: 'Quiet-Harbour-Secret-8' } } }],
    })
    for (const path of ['/state', '/log', '/audits'])
      expect(JSON.stringify(await tenant.ask('GET', path))).not.toContain('Quiet-Harbour')
  })
})

describe('who may set one', () => {
  test('the permission is not enough: the app needs a role, unless the switch reads Microsoft otherwise', async () => {
    const own = await startTestTenant({ passwordRole: false })
    const reset = () =>
      own.call('PATCH', `/users/${own.person(0).id}`, { passwordProfile: { password: 'Violet-Lantern-1' } })
    expect(refusal(await reset())).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' })
    expect((await own.call('PATCH', `/users/${own.person(0).id}`, { jobTitle: 'X' })).status).toBe(204)
    expect((await own.call('POST', '/users', newUser('first.password'))).status).toBe(201)
    await own.ask('PUT', '/switches', { passwordNeedsRole: false })
    expect((await reset()).status).toBe(204)
    await own.close()
  })

  test('the role is not enough without the permission', async () => {
    const own = await startTestTenant()
    await own.ask('POST', '/rights', { withdraw: ['User-PasswordProfile.ReadWrite.All'] })
    await own.renew()
    const body = { passwordProfile: { password: 'Violet-Lantern-1' } }
    expect((await own.call('PATCH', `/users/${own.person(0).id}`, body)).status).toBe(403)
    await own.close()
  })

  test('nobody sets the password of an administrator, of a federated person or of another by changePassword', async () => {
    const body = { passwordProfile: { password: 'Violet-Lantern-1' } }
    expect((await tenant.call('PATCH', '/users/admin@contoso.onmicrosoft.com', body)).status).toBe(403)
    expect((await tenant.call('POST', `/users/${tenant.person(0).id}/changePassword`, {})).status).toBe(403)
    await tenant.ask('POST', '/domains', { id: 'fed.example', authenticationType: 'Federated' })
    const name = { userPrincipalName: 'fed@fed.example', onPremisesImmutableId: 'ZmVk' }
    await tenant.call('POST', '/users', newUser('fed', name))
    expect(refusal(await tenant.call('PATCH', '/users/fed@fed.example', body))).toMatchObject({ status: 400 })
  })
})

describe('the sign-in page', () => {
  test('says who is unknown, disabled or deleted', async () => {
    expect(
      await tenant.ask('POST', '/sign-in', { userPrincipalName: 'no@contoso.example', password: 'x' }),
    ).toMatchObject({ reason: 'AADSTS50034' })
    await tenant.call('PATCH', `/users/${tenant.person(7).id}`, { accountEnabled: false })
    expect(await signIn(7, seededPassword(1, 7))).toEqual({ ok: false, reason: 'AADSTS50057' })
    await tenant.call('DELETE', `/users/${tenant.person(7).id}`)
    expect(await signIn(7, seededPassword(1, 7))).toEqual({ ok: false, reason: 'AADSTS50034' })
  })

  test('locks after ten different wrong passwords for a minute; the same one counts once', async () => {
    for (let again = 0; again < 20; again++) await signIn(8, 'wrong')
    expect(await signIn(8, seededPassword(1, 8))).toMatchObject({ ok: true })
    for (let at = 0; at < 10; at++) await signIn(8, `wrong ${at}`)
    expect(await signIn(8, seededPassword(1, 8))).toEqual({ ok: false, reason: 'AADSTS50053' })
    await tenant.ask('POST', '/clock', { advanceMs: 61_000 })
    expect(await signIn(8, seededPassword(1, 8))).toMatchObject({ ok: true })
  })
})
