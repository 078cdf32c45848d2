import fc from 'fast-check'
import { expect, test } from 'vitest'
import { odata } from './odata.ts'

/** Reads the literal back as OData defines it: a doubled quote is one, a single one ends it. */
function literalOf(filter: string): string | null {
  const read = /^mail eq '((?:[^']|'')*)'$/s.exec(decodeURIComponent(filter))?.[1]
  return read === undefined ? null : read.replace(/''/g, "'")
}

test.each(["O'Neil", "') or 1 eq 1", '%27', 'a&b=c#d+e', 'line\nbreak', "'"])('%j stays one value', (value) => {
  const filter = odata`mail eq ${value}`
  expect(literalOf(filter)).toBe(value)
  expect(filter).not.toMatch(/[&#+\s]/)
})

test('every value comes back as it went in', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (value) => literalOf(odata`mail eq ${value}`) === value))
})
