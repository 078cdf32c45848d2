import { expect, test } from 'vitest'
import { dueWarning, endSentence, warnedDays } from './credential-expiry.ts'

const dayMs = 86_400_000
const endsAt = Date.UTC(2027, 0, 1)
const before = (days: number) => endsAt - days * dayMs

test.each([
  [61, null, null],
  [60, null, 60],
  [45, null, 60],
  [45, 60, null],
  [30, 60, 30],
  [10, 60, 14],
  [10, 14, null],
  [1, 7, 1],
  [0.5, 1, null],
  [-3, null, 1],
  [-3, 1, null],
])('%d days before the end, warned at %s: %s', (days, warned, due) => {
  expect(dueWarning(endsAt, warned, before(days))).toBe(due)
})

test('whoever looks every day gives each warning once', () => {
  const given: number[] = []
  for (let days = 90; days >= -5; days--) {
    const due = dueWarning(endsAt, given.at(-1) ?? null, before(days))
    if (due !== null) given.push(due)
  }
  expect(given).toEqual(warnedDays)
})

test.each([
  [90, 'The secret ends on 2027-01-01.'],
  [12.5, 'The secret ends in 13 days, on 2027-01-01.'],
  [0.2, 'The secret ends in 1 day, on 2027-01-01.'],
  [-2, 'The secret has ended on 2027-01-01.'],
])('%d days before the end it is said in one sentence', (days, sentence) => {
  expect(endSentence('secret', endsAt, before(days))).toBe(sentence)
})
