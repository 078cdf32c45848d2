import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Properties } from './state.ts'
import { messageOf, refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant({ users: 60 })
})
afterAll(() => tenant.close())

const security = { displayName: 'Lab', mailNickname: 'lab', mailEnabled: false, securityEnabled: true }
const unified = { displayName: 'Team', mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] }
const link = (at: number) => `https://graph.microsoft.com/v1.0/directoryObjects/${tenant.person(at).id}`
const create = async (more: Properties = {}) => {
  const answer = await tenant.call('POST', '/groups', { ...security, ...more })
  return { ...answer, id: String(answer.body['id']) }
}

describe('a group', () => {
  test('is created, read, changed and deleted', async () => {
    const { status, id, headers } = await create()
    expect(status).toBe(201)
    expect(headers['location']).toContain(id)
    expect((await tenant.call('PATCH', `/groups/${id}`, { description: 'Bench' })).status).toBe(204)
    expect((await tenant.call('GET', `/groups/${id}?$select=description`)).body).toMatchObject({
      id,
      description: 'Bench',
    })
    expect((await tenant.call('DELETE', `/groups/${id}`)).status).toBe(204)
    expect((await tenant.call('GET', `/groups/${id}`)).status).toBe(404)
  })

  test.each([
    { displayName: undefined },
    { mailNickname: undefined },
    { mailNickname: 'has space' },
    { displayName: 'x'.repeat(257) },
    { mailEnabled: 'no' },
    { shoeSize: 42 },
    { mail: 'lab@contoso.example' },
  ])('with %j is refused', async (wrong) => {
    expect((await create(wrong)).status).toBe(400)
  })

  test('of Exchange can be read and no more', async () => {
    expect((await create({ mailEnabled: true })).status).toBe(400)
    const made = await tenant.ask('POST', '/acts', {
      act: 'create_group',
      body: { ...security, mailNickname: 'exchange', mailEnabled: true },
    })
    const external = /originated within an external service/
    expect(messageOf(await tenant.call('PATCH', `/groups/${made['id']}`, { description: 'x' }))).toMatch(external)
    expect(
      messageOf(await tenant.call('POST', `/groups/${made['id']}/members/$ref`, { '@odata.id': link(0) })),
    ).toMatch(external)
  })

  test('that roles can be given to is out of reach', async () => {
    expect(refusal(await create({ isAssignableToRole: true })).status).toBe(403)
    const made = await tenant.ask('POST', '/acts', {
      act: 'create_group',
      body: { ...security, isAssignableToRole: true },
    })
    expect((await tenant.call('POST', `/groups/${made['id']}/members/$ref`, { '@odata.id': link(0) })).status).toBe(403)
    const { body } = await tenant.call('GET', '/groups?$filter=isAssignableToRole eq true&$select=id')
    expect(body.value).toEqual([{ id: made['id'] }])
  })

  test('of Microsoft 365 has an address that is unique, and comes back from the recycle bin', async () => {
    const { id, body } = await create({ ...unified, mailNickname: 'crew' })
    expect(body).toMatchObject({ mail: 'crew@contoso.example', proxyAddresses: ['SMTP:crew@contoso.example'] })
    expect(refusal(await create({ ...unified, mailNickname: 'crew' })).targets).toEqual([
      'proxyAddresses',
      `Group_${id}`,
    ])
    await tenant.call('DELETE', `/groups/${id}`)
    expect((await tenant.call('GET', '/directory/deletedItems/microsoft.graph.group?$select=id')).body.value).toEqual([
      { id },
    ])
    expect((await tenant.call('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(200)
    expect((await tenant.call('GET', `/groups/${id}`)).status).toBe(200)
  })

  test('of security is gone for good, or not where that switch reads Microsoft so', async () => {
    const [one, two] = [await create(), await create()]
    await tenant.call('DELETE', `/groups/${one.id}`)
    expect((await tenant.call('POST', `/directory/deletedItems/${one.id}/restore`)).status).toBe(404)
    await tenant.ask('PUT', '/switches', { securityGroupsRestorable: true })
    await tenant.call('DELETE', `/groups/${two.id}`)
    expect((await tenant.call('POST', `/directory/deletedItems/${two.id}/restore`)).status).toBe(200)
    await tenant.ask('PUT', '/switches', { securityGroupsRestorable: false })
  })
})

describe('members', () => {
  test('one is added by $ref, listed, found from the user, removed', async () => {
    const { id } = await create()
    const members = `/groups/${id}/members`
    expect((await tenant.call('POST', `${members}/$ref`, { '@odata.id': link(0) })).status).toBe(204)
    expect(messageOf(await tenant.call('POST', `${members}/$ref`, { '@odata.id': link(0) }))).toBe(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
    expect((await tenant.call('GET', `${members}?$select=id`)).body.value).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: tenant.person(0).id },
    ])
    const of = await tenant.call('GET', `/users/${tenant.person(0).id}/memberOf?$select=id`)
    expect(of.body.value.map((group) => group['id'])).toContain(id)
    expect((await tenant.call('DELETE', `${members}/${tenant.person(0).id}/$ref`)).status).toBe(204)
    expect((await tenant.call('DELETE', `${members}/${tenant.person(0).id}/$ref`)).status).toBe(404)
  })

  test('up to 20 in one PATCH, all or none', async () => {
    const { id } = await create()
    const bind = (ats: number[]) => tenant.call('PATCH', `/groups/${id}`, { 'members@odata.bind': ats.map(link) })
    const count = async () => (await tenant.call('GET', `/groups/${id}/members`)).body.value.length
    expect((await bind(Array.from({ length: 21 }, (_, at) => at))).status).toBe(400)
    expect(messageOf(await bind([1, 1]))).toContain('can only be present once as an add/remove change')
    expect(await count()).toBe(0)
    expect((await bind(Array.from({ length: 20 }, (_, at) => at))).status).toBe(204)
    expect((await bind([30, 0])).status).toBe(400)
    expect(await count()).toBe(20)
  })

  test('one that does not exist is 404; a bare POST is refused; an empty body too', async () => {
    const { id } = await create()
    const nobody = { '@odata.id': '/directoryObjects/11111111-1111-4111-8111-111111111111' }
    expect((await tenant.call('POST', `/groups/${id}/members/$ref`, nobody)).status).toBe(404)
    expect(messageOf(await tenant.call('POST', `/groups/${id}/members`, nobody))).toBe(
      'Write requests are only supported on contained entities',
    )
    expect(messageOf(await tenant.call('POST', `/groups/${id}/members/$ref`))).toContain("'EndOfInput'")
  })

  test('of a dynamic group follow its rule, nobody else', async () => {
    const dynamic = { groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Graz"' }
    const { id } = await create(dynamic)
    expect((await tenant.call('POST', `/groups/${id}/members/$ref`, { '@odata.id': link(0) })).status).toBe(400)
  })

  test('of nested groups are transitive', async () => {
    const [outer, inner] = [await create(), await create()]
    await tenant.call('POST', `/groups/${inner.id}/members/$ref`, { '@odata.id': link(3) })
    await tenant.call('POST', `/groups/${outer.id}/members/$ref`, { '@odata.id': `/directoryObjects/${inner.id}` })
    const { body } = await tenant.call('GET', `/groups/${outer.id}/transitiveMembers?$select=id`)
    expect(body.value.map((member) => member['id'])).toContain(tenant.person(3).id)
    expect((await tenant.call('GET', `/groups/${outer.id}/members/microsoft.graph.user`)).body.value).toEqual([])
    const ids = await tenant.call('POST', `/users/${tenant.person(3).id}/getMemberGroups`, {
      securityEnabledOnly: false,
    })
    expect(ids.body.value).toEqual(expect.arrayContaining([outer.id, inner.id]))
  })

  test('removed without /$ref, it is the person who is deleted: the trap is there', async () => {
    const { id } = await create()
    await tenant.call('POST', `/groups/${id}/members/$ref`, { '@odata.id': link(50) })
    expect((await tenant.call('DELETE', `/groups/${id}/members/${tenant.person(50).id}`)).status).toBe(204)
    expect((await tenant.call('GET', `/users/${tenant.person(50).id}`)).status).toBe(404)
  })

  test('the last owner of a Microsoft 365 group stays', async () => {
    const { id } = await create({ ...unified, mailNickname: 'owned', 'owners@odata.bind': [link(4)] })
    expect((await tenant.call('DELETE', `/groups/${id}/owners/${tenant.person(4).id}/$ref`)).status).toBe(400)
    await tenant.call('POST', `/groups/${id}/owners/$ref`, { '@odata.id': link(5) })
    expect((await tenant.call('DELETE', `/groups/${id}/owners/${tenant.person(4).id}/$ref`)).status).toBe(204)
  })
})
