import { expect, test } from 'vitest'
import { isSuspicious } from './empty-read.ts'

const cases: [lost: number, known: number, suspicious: boolean][] = [
  [0, 0, false],
  [2, 2, false],
  [3, 3, true],
  [3, 60, false],
  [4, 60, true],
  [50, 1_000, false],
  [51, 1_000, true],
  [1_000, 1_000, true],
]

test.each(cases)('%i of %i lost: read again %s', (lost, known, suspicious) => {
  expect(isSuspicious(lost, known)).toBe(suspicious)
})
