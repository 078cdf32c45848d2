import { expect, test } from 'vitest'
import { dueReminder } from './reminder.ts'

const dayMs = 86_400_000
const look = (lookedDay: number, nowDay: number, days = [3, 7, 14]) =>
  dueReminder(days, { since: 0, lookedAt: lookedDay * dayMs }, nowDay * dayMs)

test.each([
  ['nothing before the first', 0, 2.9, null],
  ['the first', 2.9, 3, { days: 3, last: false }],
  ['each once', 3, 6.9, null],
  ['the last says so', 13, 14.2, { days: 14, last: true }],
  ['those that were missed are one', 0, 10, { days: 7, last: false }],
  ['nothing after the last', 14.2, 400, null],
])('%s', (_, lookedDay, nowDay, expected) => {
  expect(look(lookedDay, nowDay)).toEqual(expected)
})

test('without days nobody is reminded', () => {
  expect(look(0, 100, [])).toBeNull()
})
