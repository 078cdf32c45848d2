import fc from 'fast-check'
import { expect, test } from 'vitest'
import { haltOf, type Ring, type RingResult, ringsOf } from './rollout.ts'

const people = ['a', 'b', 'c', 'd', 'e'].map((userId, n) => ({ userId, groups: new Set(n % 2 === 0 ? ['even'] : []) }))
const bound: RingResult = { kind: 'bound' }
const failed = (code: string): RingResult => ({ kind: 'failed', code, detail: `${code}.` })
const times = (count: number, result: RingResult) => Array.from({ length: count }, () => result)

test('rings take so many, then a group, then everybody', () => {
  expect(ringsOf([{ count: 1 }, { group: 'even' }, { rest: true }], people)).toEqual([['a'], ['c', 'e'], ['b', 'd']])
  expect(ringsOf([{ group: 'nobody' }, { count: 9 }], people)).toEqual([[], ['a', 'b', 'c', 'd', 'e']])
})

test('nobody is in two rings, and nobody is invented', () => {
  const ring: fc.Arbitrary<Ring> = fc.oneof(
    fc.record({ count: fc.integer({ min: 1, max: 6 }) }),
    fc.constant({ group: 'even' }),
    fc.constant({ rest: true } as const),
  )
  fc.assert(
    fc.property(fc.array(ring, { maxLength: 5 }), (rings) => {
      const all = ringsOf(rings, people).flat()
      expect(new Set(all).size).toBe(all.length)
      expect(all.every((id) => people.some(({ userId }) => userId === id))).toBe(true)
    }),
  )
})

test.each([
  ['a ring without failures goes on', [bound, bound], 5, null],
  ['two per cent of a small ring is one', [bound, failed('x')], 5, '1 of 5 failed'],
  ['one of many is not enough', [...times(59, bound), failed('x')], 100, null],
  ['two of a hundred are', [...times(59, bound), failed('x'), failed('y')], 100, '2 of 100 failed'],
  ['two equal ones are, of however many', [failed('x'), failed('x')], 10_000, '2 failed in the same way: x.'],
  ['different ones are not', [failed('x'), failed('y')], 10_000, null],
  ['what the brake holds waits for a person', [bound, { kind: 'held' }], 100, 'The brake holds 1 back'],
] as [string, RingResult[], number, string | null][])('%s', (_, results, size, expected) => {
  const halt = haltOf(results, size)
  if (expected === null) expect(halt).toBeNull()
  else expect(halt).toContain(expected)
})
