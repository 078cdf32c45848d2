import { expect, test } from 'vitest'
import { againAt, lateForMs, ownUntil } from './late-password.ts'

const now = 1_000_000_000
const at = (version: number, agoMs: number) => ({ version, at: now - agoMs })

test('whatever is open may land for five minutes after it left', () => {
  expect(ownUntil([at(6, 9_000), at(7, 1_000)])).toBe(now + lateForMs - 1_000)
  expect(ownUntil([])).toBeNull()
})

test.each([
  ['nothing is open', [], 7, null],
  ['its own dispatch is open', [at(7, 0)], 7, null],
  ['an older one left just now', [at(6, 0)], 7, now + lateForMs],
  ['an older one left a while ago', [at(6, 60_000)], 7, now + lateForMs - 60_000],
  ['an older one cannot land any more', [at(6, lateForMs)], 7, null],
  ['several are open: the last counts', [at(5, 1_000), at(6, 9_000), at(7, 0)], 7, now + lateForMs - 1_000],
  ['only a newer one is open', [at(8, 0)], 7, null],
] as const)('%s', (_, tickets, version, expected) => {
  expect(againAt(tickets, version, now)).toBe(expected)
})
