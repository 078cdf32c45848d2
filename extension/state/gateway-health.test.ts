import { describe, expect, it } from 'vitest'
import { isReachable, testGateway } from './gateway-health.ts'

const url = 'https://lockstep.contoso.example'
const answering =
  (status: number, body: unknown = {}) =>
  async () =>
    Response.json(body, { status })
const refusing = async () => {
  throw new TypeError('Failed to fetch')
}
const silent = (_: string, init: RequestInit) =>
  new Promise<Response>((_resolve, reject) => init.signal?.addEventListener('abort', () => reject(new Error('late'))))

describe('whether the portal can be reached', () => {
  it.each([
    [200, true],
    [404, true],
    [500, true],
    [501, true],
    [502, false],
    [503, false],
    [504, false],
    [505, true],
  ])('an answer with status %s: %s', async (status, expected) => {
    expect(await isReachable(url, answering(status))).toBe(expected)
  })
  it('no connection, and no answer in time, mean that it cannot', async () => {
    expect(await isReachable(url, refusing)).toBe(false)
    expect(await isReachable(url, silent, 1)).toBe(false)
  })
})

describe('the connection test', () => {
  it('tells a gateway from another server, and from nobody', async () => {
    const lockstep = { name: 'Contoso', version: '0.1.0' }
    expect(await testGateway(url, answering(200, lockstep))).toEqual(lockstep)
    expect(await testGateway(url, answering(200, 'hello'))).toBe('not_lockstep')
    expect(await testGateway(url, answering(404))).toBe('not_lockstep')
    expect(await testGateway(url, answering(502))).toBe('unreachable')
    expect(await testGateway(url, refusing)).toBe('unreachable')
  })
})
