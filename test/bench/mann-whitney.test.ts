import { expect, test } from 'vitest'
import { mannWhitney } from './mann-whitney.ts'

const from = (start: number, count: number) => Array.from({ length: count }, (_, n) => start + n)

test('samples that lie apart are told apart: z is -2.611 for five below five', () => {
  expect(mannWhitney(from(1, 5), from(6, 5))).toBeCloseTo(0.00902, 4)
  expect(mannWhitney(from(6, 5), from(1, 5))).toBeCloseTo(0.00902, 4)
})
test('equal samples are not', () => {
  expect(mannWhitney(from(0, 50), from(0, 50))).toBeCloseTo(1, 6)
})
test('a small shift shows only in many values', () => {
  expect(mannWhitney(from(0, 20), from(1, 20))).toBeGreaterThan(0.5)
  expect(mannWhitney(from(0, 400), from(60, 400))).toBeLessThan(0.01)
})
