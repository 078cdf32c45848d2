import { expect, test } from 'vitest'
import { type StrengthWarning, strengthOf } from './password-strength.ts'

const ground = {
  policy: { minLength: 12, words: ['Northwind'] },
  person: { names: ['Anneliese Obermayr'], email: 'a.obermayr@contoso.example' },
}

test.each<[string, StrengthWarning | null]>([
  ['Password1234', 'similarToCommon'],
  ['Qwertyuiop123!', null],
  ['aaaaaaaaaaaa', 'simpleRepeat'],
  ['aB1aB1aB1aB1aB1', 'extendedRepeat'],
  ['Anneliese1!', 'userInputs'],
  ['Northwind1!', 'userInputs'],
])('%s is easy to guess', (password, warning) => {
  const strength = strengthOf(password, ground)
  expect(strength.score).toBeLessThan(3)
  expect(strength.warning).toBe(warning)
})

test.each(['Purple-Kettle-42-Rain', 'correct Horse battery 9', 'Kx7!mQ2#pLw9', 'Green-Window-Chair-8'])(
  '%s is hard to guess',
  (password) => {
    expect(strengthOf(password, ground).score).toBeGreaterThanOrEqual(3)
  },
)

test('the longest password is judged by its beginning', () => {
  const long = 'p@ssw0rdP@$$w0rd'.repeat(16)
  expect(strengthOf(long, ground)).toEqual(strengthOf(long.slice(0, 32), ground))
})
