import { attributeNames } from '@lockstep/shared/contract/attributes'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, importAll, startWorld, until, type World } from '../support/world.ts'

let world: World
let connection: string
let people: User[]
const call = () => world.gateway.client

beforeAll(async () => {
  world = await startWorld({ users: 8 })
  connection = await connect(world)
  await importAll(world, connection)
  await everybodyInSync()
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
}, 120_000)
afterAll(() => world.close())

const at = (place: number) => people[place] as User
const account = (user: User) => world.tenant.account(user.email)
const binding = (user: User) =>
  call().call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId: user.id } })
const change = (user: User, body: object) => call().call('PATCH /users/{id}', { params: { id: user.id }, body })
const set = (settings: object) =>
  call().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings } })
const everybodyInSync = () =>
  until('everybody in sync', async () => {
    const { counts } = await call().call('GET /connections/{id}', { params: { id: connection } })
    return counts.inSync === 8
  })
const holds = (user: User, values: Record<string, unknown>) =>
  until(`the account with ${JSON.stringify(values)}`, async () => {
    const now = await account(user)
    return Object.entries(values).every(([name, value]) => JSON.stringify(now[name] ?? null) === JSON.stringify(value))
  })

describe('passwords that never expire at Microsoft', () => {
  test('S63: bound accounts say so, which is an event, and other policies stay', async () => {
    await holds(at(0), { passwordPolicies: 'DisablePasswordExpiration' })
    const { items } = await call().call('GET /events', {
      query: { type: 'user_update_provision', user: at(0).id },
    })
    expect(items.flatMap(({ changes }) => changes)).toContainEqual({
      attribute: 'passwordPolicies',
      before: null,
      after: 'DisablePasswordExpiration',
    })
  })

  test('somebody who takes it off there is told of as a difference', async () => {
    await world.tenant.act({ act: 'patch', user: at(0).email, body: { passwordPolicies: 'DisableStrongPassword' } })
    await call().call('POST /connections/{id}/sync', { params: { id: connection } })
    await until('the difference', async () => (await binding(at(0))).drift.length > 0)
    await call().call('POST /connections/{id}/bindings/{userId}/drift', {
      params: { id: connection, userId: at(0).id },
      body: { action: 'repair' },
    })
    await holds(at(0), { passwordPolicies: 'DisablePasswordExpiration, DisableStrongPassword' })
  })
})

describe('an attribute that is cleared, left out or given', () => {
  const graphName: Record<string, string> = { familyName: 'surname', businessPhone: 'businessPhones', region: 'state' }
  const value: Record<string, string> = { preferredLanguage: 'de-AT', usageLocation: 'DE', employeeId: 'E-1' }
  const empty = (attribute: string) => (attribute === 'businessPhone' ? [] : null)
  const cleared: readonly string[] = attributeNames.filter((name) => name !== 'displayName' && name !== 'usageLocation')

  test.each(attributeNames.map((attribute) => [attribute]))('%s', async (attribute) => {
    const name = graphName[attribute] ?? attribute
    const named = ['displayName', 'givenName', 'familyName'].includes(attribute)
    const body = (given: string | null) => (named ? { [attribute]: given } : { attributes: { [attribute]: given } })
    const given = value[attribute] ?? 'Given'
    await change(at(1), body(given))
    await holds(at(1), { [name]: attribute === 'businessPhone' ? [given] : given })
    await change(at(1), named ? { attributes: { city: 'Graz' } } : { givenName: 'Given' })
    await holds(at(1), { [name]: attribute === 'businessPhone' ? [given] : given })
    if (!cleared.includes(attribute)) return
    await change(at(1), body(null))
    await holds(at(1), { [name]: empty(attribute) })
  })
})

describe('templates', () => {
  test('one that cannot be read is refused with its place, and nothing changes', async () => {
    const refused = await world.gateway.request(
      'PATCH',
      `/api/v1/connections/${connection}`,
      JSON.stringify({ settings: { mapping: { companyName: { from: '{givenName|shout}' } } } }),
    )
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'validation_failed',
        errors: [{ path: 'settings.mapping.companyName.from', message: expect.stringContaining('At character 12') }],
      },
    })
    const { settings } = await call().call('GET /connections/{id}', { params: { id: connection } })
    expect(settings.mapping).toEqual({})
  })

  test('a new mapping reaches everybody; a value that the attribute does not take fails for that person alone', async () => {
    await change(at(2), { familyName: 'Wolfeschlegelsteinhausen', attributes: { jobTitle: 'Before' } })
    await change(at(3), { familyName: 'Li', attributes: { jobTitle: 'Before' } })
    await holds(at(2), { jobTitle: 'Before', employeeId: null })
    await set({ mapping: { employeeId: { mode: 'push', from: 'E-{familyName|upper}' } } })
    await holds(at(3), { employeeId: 'E-LI' })
    const told = await until('the sentence', async () => {
      const { unmapped } = await binding(at(2))
      return unmapped.length > 0 && unmapped
    })
    expect(told).toMatchObject([{ attribute: 'employeeId', detail: expect.stringContaining('at most 16') }])
    await change(at(2), { attributes: { jobTitle: 'After' } })
    await holds(at(2), { jobTitle: 'After', employeeId: null })
    expect(await binding(at(3))).toMatchObject({ unmapped: [] })
  })

  test('what comes of it for a person can be asked beforehand', async () => {
    const ask = async (user: User) => {
      const query = { user: user.id }
      const path = 'GET /connections/{id}/mapping/test'
      return (await call().call(path, { params: { id: connection }, query })).items
    }
    const from = 'E-{familyName|upper}'
    expect(await ask(at(3))).toContainEqual({ attribute: 'employeeId', mode: 'push', from, value: 'E-LI', error: null })
    const [bad] = (await ask(at(2))).filter(({ error }) => error !== null)
    expect(bad).toMatchObject({ attribute: 'employeeId', value: null, error: expect.stringContaining('at most 16') })
    expect((await ask(at(3))).map(({ attribute }) => attribute)).toEqual(attributeNames)
  })

  test('what is filled is written once, what is ignored never, and neither is told of', async () => {
    await change(at(4), { attributes: { department: null } })
    await holds(at(4), { department: null })
    await everybodyInSync()
    const { settings } = await call().call('GET /connections/{id}', { params: { id: connection } })
    await set({ mapping: { ...settings.mapping, department: { mode: 'fill' }, city: { mode: 'ignore' } } })
    await world.tenant.act({ act: 'patch', user: at(4).email, body: { city: 'There' } })
    await change(at(4), { attributes: { department: 'First', city: 'Here', jobTitle: 'Seen' } })
    await holds(at(4), { department: 'First', jobTitle: 'Seen' })
    await change(at(4), { attributes: { department: 'Second', jobTitle: 'Again' } })
    await holds(at(4), { department: 'First', jobTitle: 'Again', city: 'There' })
    await everybodyInSync()
    expect((await binding(at(4))).drift).toEqual([])
  })

  test('a mapping that would empty an attribute of many is held by the brake', async () => {
    await set({ mapping: {} })
    const brake = await until('the brake', async () => {
      return (await call().call('GET /connections/{id}', { params: { id: connection } })).brake ?? false
    })
    expect(brake.operations).toBeGreaterThan(3)
    expect(await account(at(3))).toMatchObject({ employeeId: 'E-LI' })
  })
})
