import { expect, test } from 'vitest'
import { testRuntime } from '../domain/testing.ts'
import { SealRejected } from './box.ts'
import { newRecoveryKey, openSealedFor, recipientOf, sealFor } from './recovery-key.ts'

const runtime = testRuntime()
const content = new Uint8Array(32).fill(5)
const { text, recipient } = newRecoveryKey(runtime)

test('what is sealed for a recovery key opens with it, and with no other', () => {
  const sealed = sealFor(recipient, content, runtime)
  expect(new Uint8Array(openSealedFor(text, sealed))).toEqual(content)
  expect(() => openSealedFor(newRecoveryKey(runtime).text, sealed)).toThrow(SealRejected)
  expect(sealFor(recipient, content, runtime)).not.toBe(sealed)
})

test('a recovery key is read as people write it', () => {
  expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}$/)
  for (const written of [text.toLowerCase(), text.replaceAll('-', ' '), ` ${text.replaceAll('-', '')}\n`])
    expect(recipientOf(written)).toEqual(recipient)
  expect(recipientOf(text.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(recipient)
})

test('one wrong letter, or one too few, is noticed', () => {
  const letters = text.replaceAll('-', '')
  for (let place = 0; place < letters.length; place++) {
    const other = letters[place] === 'Z' ? 'Y' : 'Z'
    expect(recipientOf(letters.slice(0, place) + other + letters.slice(place + 1))).toBeNull()
  }
  expect(recipientOf(letters.slice(1))).toBeNull()
  expect(recipientOf('')).toBeNull()
})
