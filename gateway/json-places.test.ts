import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineOf, placesIn } from './json-places.ts'

const lineOfError = (text: string) => lineOf(text, placesIn(text).error ?? -1)

test.each([
  ['{\n  "a": 1,\n  "b": tru\n}', 3],
  ['{\n  "a": 1\n  "b": 2\n}', 3],
  ['{\n  "a": 1,\n}', 3],
  ['{\n  "a": [1,\n', 3],
  ['{\n  "a": "x\n"\n}', 2],
  ['{}\nx', 2],
  ['', 1],
  ['hello', 1],
  ["{\n'a': 1}", 2],
])('the line of what is not JSON is named: %j', (text, line) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(lineOfError(text)).toBe(line)
})

test('keys and elements are found by their path', () => {
  const text = '{\n"listen": {\n"port": 1 },\n"hosts": ["a",\n"b"] }'
  const { at } = placesIn(text)
  expect(['listen', 'listen.port', 'hosts.1'].map((path) => lineOf(text, at.get(path) ?? -1))).toEqual([2, 3, 5])
})

test('what JSON.parse takes has no error, what it refuses has one', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '0', 'x'), (json, place, inserted) => {
      const cut = place % (json.length + 1)
      const text = json.slice(0, cut) + inserted + json.slice(cut)
      let parses = true
      try {
        JSON.parse(text)
      } catch {
        parses = false
      }
      expect(placesIn(text).error === undefined).toBe(parses)
    }),
  )
})
