import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Properties } from './state.ts'
import { refusal, startTestTenant, type TestTenant } from './testing.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant()
})
afterAll(() => tenant.close())

const json = { 'Content-Type': 'application/json' }
const patch = (id: string, at: number, body: unknown = { department: id }) => {
  return { id, method: 'PATCH', url: `/users/${tenant.person(at).id}`, headers: json, body }
}
type Part = { id: string; status: number; headers: Record<string, string>; body: Properties | null }
const send = async (requests: unknown) => {
  const answer = await tenant.call('POST', '/$batch', { requests })
  return { ...answer, parts: (answer.body['responses'] ?? []) as Part[] }
}
const part = (parts: Part[], id: string) => parts.find((each) => each.id === id)

describe('a batch', () => {
  test('is 200 whatever its parts say; each has a verdict, a request id and a cost of its own', async () => {
    const { status, parts } = await send([
      patch('1', 0),
      { id: '2', method: 'GET', url: 'users/nobody' },
      { id: '3', method: 'GET', url: '/users?$select=id&$top=1' },
    ])
    expect(status).toBe(200)
    expect(part(parts, '1')).toMatchObject({ status: 204, body: null })
    expect(part(parts, '2')).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } })
    expect(part(parts, '3')?.headers['x-ms-resource-unit']).toBe('1')
    expect(new Set(parts.map((each) => each.headers['request-id'])).size).toBe(3)
  })

  test('answers in any order', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => String(at))
    const { parts } = await send(ids.map((id, at) => patch(id, at)))
    const answered = parts.map((each) => each.id)
    expect(answered).not.toEqual(ids)
    expect(answered.sort()).toEqual([...ids].sort())
  })

  test('hands the headers of a part to that part', async () => {
    const { parts } = await send([
      { id: '1', method: 'GET', url: '/users?$count=true&$top=1', headers: { ConsistencyLevel: 'eventual' } },
      { id: '2', method: 'GET', url: '/users?$count=true&$top=1' },
    ])
    expect(part(parts, '1')?.body).toHaveProperty('@odata.count', 28)
    expect(part(parts, '2')?.body).not.toHaveProperty('@odata.count')
  })

  test('fails what depends on a failed part with 424, and keeps what was applied', async () => {
    const { parts } = await send([
      patch('ok', 1, { department: 'Kept' }),
      { ...patch('bad', 2, { department: 7 }), dependsOn: ['OK'] },
      { ...patch('after', 3), dependsOn: ['bad'] },
    ])
    expect(part(parts, 'bad')?.status).toBe(400)
    expect(part(parts, 'after')).toMatchObject({ status: 424 })
    expect(await tenant.ask('GET', `/accounts/${tenant.person(1).id}`)).toMatchObject({ department: 'Kept' })
  })
})

describe('a batch is refused as a whole', () => {
  test.each([
    ['without requests', {}],
    ['with 21 parts', Array.from({ length: 21 }, (_, at) => ({ id: String(at), method: 'GET', url: '/users' }))],
    [
      'with ids that differ in case only',
      [
        { id: 'a', method: 'GET', url: '/users' },
        { id: 'A', method: 'GET', url: '/users' },
      ],
    ],
    ['with a part without an id', [{ method: 'GET', url: '/users' }]],
    ['with a part without an url', [{ id: '1', method: 'GET' }]],
    ['with an absolute url', [{ id: '1', method: 'GET', url: 'https://graph.microsoft.com/v1.0/users' }]],
    ['with a body of no type', [{ id: '1', method: 'PATCH', url: '/users/x', body: {} }]],
    ['with a part that depends on nobody', [{ id: '1', method: 'GET', url: '/users', dependsOn: ['0'] }]],
  ])('%s', async (_, requests) => {
    expect(refusal(await send(requests)).status).toBe(400)
  })

  test('when the token does not count', async () => {
    const answer = await tenant.raw('/v1.0/$batch', {
      method: 'POST',
      body: '{}',
      headers: { authorization: 'Bearer x' },
    })
    expect(answer.status).toBe(401)
  })
})

describe('a part that a fault hits', () => {
  test('is missing when its connection broke, and was applied or not as asked', async () => {
    await tenant.ask('POST', '/faults', {
      match: { method: 'PATCH', path: tenant.person(4).id },
      times: 1,
      dropAfter: true,
    })
    const { parts } = await send([patch('lost', 4), patch('there', 5)])
    expect(parts.map((each) => each.id)).toEqual(['there'])
    expect(await tenant.ask('GET', `/accounts/${tenant.person(4).id}`)).toMatchObject({ department: 'lost' })
  })

  test('is throttled alone; the batch says so only where that switch reads Microsoft so', async () => {
    const fault = { match: { path: tenant.person(6).id }, times: 1, status: 429, retryAfter: 2.5 }
    await tenant.ask('POST', '/faults', fault)
    const { status, parts } = await send([patch('1', 6), patch('2', 7)])
    expect(status).toBe(200)
    expect(part(parts, '1')).toMatchObject({ status: 429, headers: { 'Retry-After': '2.5' } })
    expect(part(parts, '2')?.status).toBe(204)
    await tenant.ask('PUT', '/switches', { batchFailsWhenThrottled: true })
    await tenant.ask('POST', '/faults', fault)
    expect((await send([patch('1', 6)])).status).toBe(424)
    await tenant.ask('PUT', '/switches', { batchFailsWhenThrottled: false })
  })
})
