import { afterEach, describe, expect, test } from 'vitest'
import { Quota } from './quota.ts'
import { createState, type QuotaSize } from './state.ts'
import { refusal, startTestTenant, type TestTenant } from './testing.ts'

const read = { units: 1, write: false, report: false }
const write = { units: 1, write: true, report: false }

/** A quota on a clock that stands still until it is moved. */
function quotaOf(size: QuotaSize) {
  const state = createState({ tenantId: 't', clientId: 'c', seed: 1, quota: size, lagMs: 0, latencyMs: 0 })
  let now = 0
  const quota = new Quota({ ...state, now: () => now })
  const charge = (cost: Parameters<Quota['charge']>[0]) => {
    try {
      return { ok: true, headers: quota.charge(cost) }
    } catch (error) {
      return { ok: false, headers: (error as { headers: Record<string, string> }).headers }
    }
  }
  const until = (cost: Parameters<Quota['charge']>[0]) => {
    let count = 0
    while (charge(cost).ok) count += 1
    return count
  }
  return { charge, until, advance: (ms: number) => (now += ms) }
}

describe('how much fits', () => {
  test.each([
    ['S', 3_500],
    ['M', 5_000],
    ['L', 8_000],
  ] as const)('%s: %i resource units in a burst, whole again after ten seconds', (size, units) => {
    const { until, advance } = quotaOf(size)
    expect(until(read)).toBe(units)
    advance(20_000)
    expect(until(read)).toBe(units)
  })

  test('3,000 writes in a burst, then 20 in a second; a refused write does not forbid reading', () => {
    const { charge, until, advance } = quotaOf('L')
    expect(until(write)).toBe(3_000)
    expect(charge(read).ok).toBe(true)
    advance(1_000)
    expect(until(write)).toBeGreaterThan(17)
  })

  test('a refused request counts: who asks on and on stays refused longer', () => {
    const { charge, until, advance } = quotaOf('L')
    until(write)
    for (let at = 0; at < 100; at++) charge(write)
    advance(1_000)
    expect(charge(write).ok).toBe(false)
    advance(5_000)
    expect(charge(write).ok).toBe(true)
  })

  test('five reports in ten seconds', () => {
    expect(quotaOf('L').until({ ...read, report: true })).toBe(5)
  })

  test('off is off', () => {
    const { charge } = quotaOf('off')
    for (let at = 0; at < 5_000; at++) expect(charge(write).ok).toBe(true)
  })
})

describe('what the headers say', () => {
  test('the share of the limit above 0.8 only; past it more than 1', () => {
    const { charge, until } = quotaOf('L')
    expect(charge(write).headers).toEqual({ 'x-ms-resource-unit': '1' })
    for (let at = 0; at < 2_500; at++) charge(write)
    expect(Number(charge(write).headers['x-ms-throttle-limit-percentage'])).toBeCloseTo(0.83)
    until(write)
    for (let at = 0; at < 3_000; at++) charge(write)
    expect(Number(charge(write).headers['x-ms-throttle-limit-percentage'])).toBe(1.8)
  })

  test('a refusal says how long to wait, in fractions of a second, for what and for whom', () => {
    const { charge, until, advance } = quotaOf('L')
    until(write)
    const { headers } = charge(write)
    expect(headers['Retry-After']).toMatch(/^\d+\.\d+$/)
    expect(headers).toMatchObject({
      'x-ms-throttle-information': 'WriteLimitExceeded',
      'x-ms-throttle-scope': 'Tenant_Application/Write/c/t',
    })
    advance(Number(headers['Retry-After']) * 1000 + 1)
    expect(charge(write).ok).toBe(true)
  })
})

describe('in a tenant', () => {
  let tenant: TestTenant
  afterEach(() => tenant.close())

  test('a request costs what the table says, less with $select and short pages, more with $expand', async () => {
    tenant = await startTestTenant()
    const cost = async (method: string, path: string, body?: unknown) =>
      (await tenant.call(method, path, body)).headers['x-ms-resource-unit']
    const ids = { ids: [tenant.person(0).id] }
    expect(await cost('GET', '/users')).toBe('2')
    expect(await cost('GET', '/users?$select=id')).toBe('1')
    expect(await cost('GET', '/users?$top=5&$select=id')).toBe('1')
    expect(await cost('GET', `/users/${tenant.person(0).id}?$expand=manager`)).toBe('2')
    expect(await cost('POST', '/directoryObjects/getByIds', ids)).toBe('5')
    expect(await cost('POST', '/directoryObjects/getByIds?$select=id', ids)).toBe('2')
    expect(await cost('GET', '/subscribedSkus')).toBe('3')
    expect(await cost('GET', '/users/nobody')).toBe('1')
  })

  test('each part of a batch is charged; some are refused while others are not; the clock heals it', async () => {
    tenant = await startTestTenant({ quota: 'S' })
    const part = (at: number) => ({
      id: String(at),
      method: 'PATCH',
      url: `/users/${tenant.person(0).id}`,
      headers: { 'Content-Type': 'application/json' },
      body: { department: String(at) },
    })
    const requests = Array.from({ length: 20 }, (_, at) => part(at))
    const statuses: number[] = []
    for (let at = 0; at < 155; at++) {
      const { body } = await tenant.call('POST', '/$batch', { requests })
      statuses.push(...(body['responses'] as { status: number }[]).map((each) => each.status))
    }
    const done = statuses.filter((status) => status === 204).length
    expect(done).toBeGreaterThanOrEqual(3_000)
    expect(done).toBeLessThan(3_100)
    expect(statuses).toContain(429)
    await tenant.ask('PUT', '/switches', { retryAfter: false })
    const refused = await tenant.call('PATCH', `/users/${tenant.person(0).id}`, {})
    expect(refusal(refused)).toMatchObject({ status: 429, code: 'TooManyRequests' })
    expect(refused.headers).not.toHaveProperty('retry-after')
    await tenant.ask('POST', '/clock', { advanceMs: 150_000 })
    expect((await tenant.call('PATCH', `/users/${tenant.person(0).id}`, {})).status).toBe(204)
  })
})
