import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/root.ts'

/** What a directory for Microsoft 365 promises about the life of an account, by the numbers of its product table. */
const promised = [
  1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 21, 22, 23, 26, 27, 30, 31, 34, 35, 36, 37, 38, 39, 40, 41,
  43, 44, 45, 46, 48, 49, 50, 51, 52, 53, 54, 55, 56, 63,
].map((number) => `S${number}`)

/** The names of all end-to-end tests. */
function names(): string[] {
  return ['test/sync', 'test/rows'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap((name) => {
        const text = readFileSync(join(root, folder, name), 'utf8')
        return [...text.matchAll(/^\s*test\(\s*(['"`])(.*?)\1/gm)].map(([, , title = '']) => title)
      }),
  )
}

test('every promise has an end-to-end test that is named after it', () => {
  const kept = new Set(names().flatMap((name) => /^(S\d+(?:, S\d+)*): /.exec(name)?.[1]?.split(', ') ?? []))
  expect(promised.filter((row) => !kept.has(row))).toEqual([])
})
