import { expect, test } from 'vitest'
import { mailDe } from './de.ts'
import { type MailCatalogue, mailEn } from './en.ts'
import { mailEs } from './es.ts'
import { mailFr } from './fr.ts'
import { mailJa } from './ja.ts'

const all: [string, MailCatalogue][] = [
  ['de', mailDe],
  ['fr', mailFr],
  ['es', mailEs],
  ['ja', mailJa],
]

/** Each text under where it stands. */
const textsOf = (catalogue: MailCatalogue) =>
  new Map(
    Object.entries(catalogue).flatMap(([kind, entry]) =>
      Object.entries(entry).flatMap(([part, text]) =>
        text === null ? [] : [[`${kind} ${part}`, [text].flat()] as const],
      ),
    ),
  )
const namesIn = (texts: readonly string[]) => texts.flatMap((text) => text.match(/\{\w+\}/g) ?? []).sort()

test.each(all)('%s says everything in its own words, with the same names filled in', (_, catalogue) => {
  const english = textsOf(mailEn)
  const texts = textsOf(catalogue)
  expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
  for (const [where, own] of texts) {
    expect([where, [...new Set(namesIn(own))]]).toEqual([where, [...new Set(namesIn(english.get(where) ?? []))]])
    expect(own).not.toEqual(english.get(where))
    expect(own.every((text) => text.trim() !== '')).toBe(true)
  }
})
