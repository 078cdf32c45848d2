import { afterEach, describe, expect, test } from 'vitest'
import type { PracticeOptions } from './start.ts'
import type { Properties } from './state.ts'
import { type Got, newUser, refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
afterEach(() => tenant.close())
const start = async (options: Partial<PracticeOptions> = {}) => {
  tenant = await startTestTenant(options)
}

type Round = { items: Properties[]; pages: number; link: string }

/** Follows a round to its end, and checks on each page that exactly one link goes on. */
async function follow(link: string, headers: Record<string, string> = {}): Promise<Round> {
  const items: Properties[] = []
  let next = link
  for (let pages = 1; ; pages++) {
    const { status, body } = await tenant.call('GET', next, undefined, headers)
    expect(status).toBe(200)
    items.push(...body.value)
    const [more, end] = [body['@odata.nextLink'], body['@odata.deltaLink']]
    expect([more, end].filter((each) => each !== undefined)).toHaveLength(1)
    if (end !== undefined) return { items, pages, link: String(end) }
    expect(String(more)).toContain('$skiptoken=')
    next = String(more)
  }
}

const about = (round: Round, id: unknown) => round.items.filter((item) => item['id'] === id)
const latest = async (query = '$select=displayName,department') =>
  String((await tenant.call('GET', `/users/delta?$deltatoken=latest&${query}`)).body['@odata.deltaLink'])

describe('a full round', () => {
  test('comes in pages of the size that the server likes, and holds everybody once or more', async () => {
    await start({ users: 450 })
    const round = await follow('/users/delta?$select=id,displayName&$top=5')
    expect(round.pages).toBeGreaterThan(2)
    expect(round.pages).toBeLessThan(6)
    const ids = new Set(round.items.filter((item) => item['@removed'] === undefined).map((item) => item['id']))
    expect(ids.size).toBe(453)
  })

  test('names users of the recycle bin, and ids that nobody ever saw, as removed', async () => {
    await start()
    await tenant.call('DELETE', `/users/${tenant.person(0).id}`)
    const round = await follow('/users/delta')
    expect(about(round, tenant.person(0).id)).toEqual([{ id: tenant.person(0).id, '@removed': { reason: 'changed' } }])
    const strangers = round.items.filter(
      (item) => (item['@removed'] as Properties | undefined)?.['reason'] === 'deleted',
    )
    expect(strangers).toHaveLength(1)
  })

  test('leaves out what was never set, and shows null for what was cleared', async () => {
    await start()
    const { id } = tenant.person(0)
    await tenant.call('PATCH', `/users/${id}`, { jobTitle: null })
    const [item] = about(await follow('/users/delta?$select=jobTitle,department'), id)
    expect(item).toEqual({ id, jobTitle: null })
  })

  test.each(['/users/delta()', '/users/microsoft.graph.delta', '/users/microsoft.graph.delta()'])(
    'also by %s',
    async (path) => {
      await start()
      expect((await follow(path)).items.length).toBeGreaterThan(27)
    },
  )
})

describe('a round of changes', () => {
  test('is empty when nothing happened, with a new link', async () => {
    await start()
    const round = await follow(await latest())
    expect(round.items).toEqual([])
    expect((await follow(round.link)).items).toEqual([])
  })

  test('tells what was selected and nothing else: other changes do not show', async () => {
    await start()
    const { id } = tenant.person(0)
    const link = await latest()
    await tenant.call('PATCH', `/users/${id}`, { jobTitle: 'Pilot' })
    expect(about(await follow(link), id)).toEqual([])
    await tenant.call('PATCH', `/users/${id}`, { department: 'Air' })
    const [item] = about(await follow(link), id)
    expect(item).toEqual({ id, displayName: expect.any(String), department: 'Air' })
  })

  test('with return=minimal only what changed', async () => {
    await start()
    const { id } = tenant.person(0)
    const link = await latest()
    await tenant.call('PATCH', `/users/${id}`, { department: 'Air' })
    const [item] = about(await follow(link, { prefer: 'return=minimal' }), id)
    expect(item).toEqual({ id, department: 'Air' })
  })

  test('repeats something and names a stranger', async () => {
    await start()
    const link = await latest()
    await tenant.call('PATCH', `/users/${tenant.person(0).id}`, { department: 'Air' })
    const round = await follow(link)
    expect(about(round, tenant.person(0).id)).toHaveLength(2)
    expect(round.items).toHaveLength(3)
  })

  test('a delete is "changed", a purge "deleted", a create and a restore an ordinary object', async () => {
    await start()
    const link = await latest()
    const { body } = await tenant.call('POST', '/users', newUser('comes'))
    const id = String(body['id'])
    const one = await follow(link)
    expect(about(one, id)[0]).toMatchObject({ displayName: 'Nora Quill' })
    await tenant.call('DELETE', `/users/${id}`)
    const two = await follow(one.link)
    expect(about(two, id)[0]).toEqual({ id, '@removed': { reason: 'changed' } })
    await tenant.call('POST', `/directory/deletedItems/${id}/restore`)
    const three = await follow(two.link)
    expect(about(three, id)[0]).toMatchObject({ displayName: 'Nora Quill' })
    await tenant.call('DELETE', `/users/${id}`)
    await tenant.call('DELETE', `/directory/deletedItems/${id}`)
    expect(about(await follow(three.link), id)[0]).toEqual({ id, '@removed': { reason: 'deleted' } })
  })

  test('a restore does not show where that switch reads Microsoft so', async () => {
    await start({ switches: { restoreInDelta: false } })
    const { id } = tenant.person(0)
    await tenant.call('DELETE', `/users/${id}`)
    const link = await latest()
    await tenant.call('POST', `/directory/deletedItems/${id}/restore`)
    expect(about(await follow(link), id)).toEqual([])
  })

  test('a manager is told when selected', async () => {
    await start()
    const { id } = tenant.person(0)
    const link = await latest('$select=displayName,manager')
    await tenant.call('PUT', `/users/${id}/manager/$ref`, { '@odata.id': `/users/${tenant.person(1).id}` })
    expect(about(await follow(link), id)[0]).toMatchObject({ 'manager@delta': [{ id: tenant.person(1).id }] })
  })

  test('a filter by id narrows it, other filters and options are refused', async () => {
    await start()
    const { id } = tenant.person(0)
    const link = await latest(`$select=displayName,department&$filter=id eq '${id}'`)
    for (const at of [0, 1]) await tenant.call('PATCH', `/users/${tenant.person(at).id}`, { department: 'Air' })
    expect(about(await follow(link), tenant.person(1).id)).toEqual([])
    expect((await tenant.call('GET', "/users/delta?$filter=city eq 'Graz'")).status).toBe(400)
    expect((await tenant.call('GET', '/users/delta?$orderby=displayName')).status).toBe(400)
    expect((await tenant.call('GET', '/users/delta?$select=skills')).status).toBe(501)
  })
})

describe('a token that is dead', () => {
  const isReset = (answer: Got) => {
    const { status, code } = refusal(answer)
    if (status === 410) expect(answer.headers['location']).toMatch(/\/users\/delta\?\$deltatoken=$/)
    expect([400, 410]).toContain(status)
    expect(['syncstatenotfound', 'resyncrequired']).toContain(code.toLowerCase())
  }

  test('after a week, by the clock of the tenant; all ways to say so occur', async () => {
    await start()
    const link = await latest()
    await tenant.ask('POST', '/clock', { advanceMs: 8 * 86_400_000 })
    await tenant.renew()
    const statuses = new Set<number>()
    for (let at = 0; at < 20; at++) {
      const answer = await tenant.call('GET', link)
      isReset(answer)
      statuses.add(answer.status)
    }
    expect([...statuses].sort()).toEqual([400, 410])
    // The empty token of the Location starts over.
    expect((await follow('/users/delta?$deltatoken=')).items.length).toBeGreaterThan(27)
  })

  test('when the tenant forgot; the round after it works', async () => {
    await start()
    const link = await latest()
    await tenant.ask('POST', '/forget-deltas')
    isReset(await tenant.call('GET', link))
    const round = await follow('/users/delta')
    expect((await follow(round.link)).items).toEqual([])
  })

  test('of another tenant; and one that is none is badly formed', async () => {
    await start()
    const link = await latest()
    await tenant.close()
    await start()
    isReset(await tenant.call('GET', link.replace(/^https:\/\/[^/]+\/v1\.0/, '')))
    expect((await tenant.call('GET', '/users/delta?$deltatoken=nonsense')).status).toBe(400)
  })
})

describe('groups', () => {
  const group = { displayName: 'Lab', mailNickname: 'lab', mailEnabled: false, securityEnabled: true }

  test('members come in slices in a full round, and as additions and removals later', async () => {
    await start({ users: 70 })
    const { body } = await tenant.call('POST', '/groups', group)
    const id = String(body['id'])
    for (let at = 0; at < 60; at++)
      await tenant.ask('POST', '/acts', { act: 'add_member', group: id, user: tenant.person(at).id })
    const full = await follow('/groups/delta?$select=displayName,members')
    const slices = about(full, id)
    expect(slices.length).toBeGreaterThan(1)
    const members = new Set(
      slices.flatMap((item) => (item['members@delta'] as Properties[]).map((member) => member['id'])),
    )
    expect(members.size).toBe(60)
    await tenant.call('DELETE', `/groups/${id}/members/${tenant.person(0).id}/$ref`)
    await tenant.call('POST', `/groups/${id}/members/$ref`, {
      '@odata.id': `/directoryObjects/${tenant.person(65).id}`,
    })
    const [item] = about(await follow(full.link), id)
    expect(item?.['members@delta']).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: tenant.person(0).id, '@removed': { reason: 'deleted' } },
      { '@odata.type': '#microsoft.graph.user', id: tenant.person(65).id },
    ])
  })

  test('a deleted user leaves a group without a word', async () => {
    await start()
    const { body } = await tenant.call('POST', '/groups', group)
    const id = String(body['id'])
    await tenant.call('POST', `/groups/${id}/members/$ref`, { '@odata.id': `/directoryObjects/${tenant.person(0).id}` })
    const { link } = await follow('/groups/delta?$select=members')
    await tenant.call('DELETE', `/users/${tenant.person(0).id}`)
    expect(about(await follow(link), id)).toEqual([])
    expect((await tenant.call('GET', `/groups/${id}/members`)).body.value).toEqual([])
  })
})
