import { expect, test } from 'vitest'
import { testRuntime } from '../domain/testing.ts'
import { createGovernor } from './governor.ts'
import { slowDownOf } from './throttled.ts'

const write = { writes: 1, units: 1 }

/** Whether this settled once everything that could run has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  const first = await Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve(pending)))])
  return first !== pending
}

test('the whole burst of the quota goes at once, and then as much as flows back', async () => {
  const runtime = testRuntime()
  const governor = createGovernor(runtime)
  const batches = Array.from({ length: 148 }, () => governor.admit('bulk', { writes: 20, units: 20 }))
  await Promise.all(batches)
  const next = governor.admit('bulk', { writes: 20, units: 20 })
  expect(await settled(next)).toBe(false)
  // 3,000 in 150 s are 20 in 1 s.
  await runtime.advance(1_000)
  expect(await settled(next)).toBe(true)
})

test('a password never waits behind bulk work', async () => {
  const runtime = testRuntime()
  const governor = createGovernor(runtime)
  await governor.admit('bulk', { writes: 2_960, units: 20 })
  expect(await settled(governor.admit('bulk', write))).toBe(false)
  for (let count = 0; count < 40; count++) expect(await settled(governor.admit('interactive', write))).toBe(true)
})

test('a small tenant has fewer resource units', async () => {
  const governor = createGovernor(testRuntime())
  governor.learn(25)
  await governor.admit('bulk', { writes: 0, units: 3_460 })
  expect(await settled(governor.admit('bulk', { writes: 0, units: 1 }))).toBe(false)
})

test('when the tenant asks to wait, nothing goes before, in no lane', async () => {
  const runtime = testRuntime()
  const governor = createGovernor(runtime)
  governor.slowDown(2_128, null)
  const waiting = governor.admit('interactive', write)
  await runtime.advance(2_127)
  expect(await settled(waiting)).toBe(false)
  await runtime.advance(1)
  expect(await settled(waiting)).toBe(true)
})

test('a shorter wait does not cut a longer one', async () => {
  const runtime = testRuntime()
  const governor = createGovernor(runtime)
  governor.slowDown(60_000, null)
  governor.slowDown(1_000, null)
  const waiting = governor.admit('interactive', write)
  await runtime.advance(59_000)
  expect(await settled(waiting)).toBe(false)
})

test('a quota that the tenant calls used up flows back evenly; the other one is untouched', async () => {
  const runtime = testRuntime()
  const governor = createGovernor(runtime)
  governor.slowDown(1_000, 'writes')
  await runtime.advance(1_000)
  expect(await settled(governor.admit('interactive', { writes: 0, units: 5_000 }))).toBe(true)
  expect(await settled(governor.admit('interactive', { writes: 20, units: 0 }))).toBe(true)
  expect(await settled(governor.admit('interactive', { writes: 20, units: 0 }))).toBe(false)
})

test('who waits is let go when it closes', async () => {
  const governor = createGovernor(testRuntime())
  governor.slowDown(900_000, null)
  const waiting = governor.admit('interactive', write)
  governor.close()
  await expect(waiting).rejects.toMatchObject({ failure: { code: 'connection_closed' } })
})

test('without Retry-After the waits double, spread, up to a minute', () => {
  const runtime = testRuntime(7)
  const waits = [0, 1, 2, 3, 10].map(
    (attempt) => slowDownOf({ status: 429, headers: {}, body: null }, attempt, runtime).ms,
  )
  for (const [place, base] of [1_000, 2_000, 4_000, 8_000, 60_000].entries()) {
    expect(waits[place]).toBeGreaterThanOrEqual(Math.max(1_000, base * 0.75))
    expect(waits[place]).toBeLessThanOrEqual(base * 1.25 + 1)
  }
})

test('with Retry-After that is the wait, and the header names the quota', () => {
  const headers = { 'retry-after': '2.5', 'x-ms-throttle-information': 'WriteLimitExceeded' }
  expect(slowDownOf({ status: 429, headers, body: null }, 5, testRuntime())).toEqual({ ms: 2_500, exhausted: 'writes' })
})
