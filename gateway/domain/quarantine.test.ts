import { expect, test } from 'vitest'
import { isFailing, isWaiting, prolonged, type Quarantine } from './quarantine.ts'

const reason = { code: 'writes_failing', detail: '', remedy: '' }

test.each([
  [9, 9, false, false],
  [10, 4, false, false],
  [10, 5, false, true],
  [400, 199, false, false],
  [400, 200, false, true],
  [0, 0, true, false],
  [1, 1, true, true],
  [20, 9, true, false],
])('%i writes of which %i fail, in quarantine before: %s, is failing: %s', (written, failed, quarantined, expected) => {
  expect(isFailing({ written, failed }, quarantined)).toBe(expected)
})

test('the wait doubles with each attempt up to 15 minutes, and starts anew after the recovery', () => {
  let now = 0
  let quarantine: Quarantine | null = null
  const waits: number[] = []
  for (let n = 0; n < 12; n++) {
    quarantine = prolonged(quarantine, reason, now)
    waits.push((quarantine.nextAttemptAt - now) / 1000)
    now = quarantine.nextAttemptAt
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900])
  expect(quarantine?.since).toBe(0)
  expect(prolonged(null, reason, now).attempt).toBe(1)
})

test('failures that come before the next attempt is due do not put it off', () => {
  const first = prolonged(null, reason, 0)
  expect(prolonged(first, reason, 1)).toEqual(first)
  expect([isWaiting(first, 4_999), isWaiting(first, 5_000), isWaiting(null, 0)]).toEqual([true, false, false])
})
