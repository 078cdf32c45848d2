import { expect, test } from 'vitest'
import { translator } from '../message.ts'
import { de } from './de.ts'
import { type Catalogue, en, type MessageKey } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ja } from './ja.ts'

const keys = Object.keys(en) as MessageKey[]
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()

const all: [string, Catalogue][] = [
  ['de', de],
  ['fr', fr],
  ['es', es],
  ['ja', ja],
]
test.each(all)('%s says everything in its own words, with the same names filled in', (_, catalogue) => {
  expect(Object.keys(catalogue).sort()).toEqual([...keys].sort())
  expect(keys.filter((key) => catalogue[key] === en[key])).toEqual([])
  expect(keys.filter((key) => catalogue[key].trim() === '')).toEqual([])
  for (const key of keys) expect([key, placeholders(catalogue[key])]).toEqual([key, placeholders(en[key])])
})

test('a French question keeps its sign on the line', () => {
  expect(translator('fr')('portal.signIn.forgot')).toMatch(/\u00a0\?$/)
})
