import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { disguisesOf, findSecret } from './leak.ts'

const secret = 'Quiet-8f3a-Lamp'

test.each([
  ['UTF-8', Buffer.from(`..${secret}..`)],
  ['UTF-16LE', Buffer.from(`..${secret}..`, 'utf16le')],
  ['hex', Buffer.from(Buffer.from(`..${secret}..`).toString('hex'))],
  ['base64 at 0', Buffer.from(Buffer.from(`abc${secret}`).toString('base64'))],
  ['base64 at 1', Buffer.from(Buffer.from(`abcd${secret}`).toString('base64'))],
  ['base64url at 2', Buffer.from(Buffer.from(`abcde${secret}.`).toString('base64url'))],
  ['percent', Buffer.from([...secret].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join(''))],
  ['UTF-8, packed', Buffer.concat([Buffer.from('head'), gzipSync(`..${secret}..`)])],
])('a secret that leaked as %s is found', (encoding, content) => {
  expect(findSecret(content, secret)).toContain(encoding)
})

test('nothing is found where nothing is', () => {
  expect(findSecret(Buffer.from('Quiet-8f3b-Lamp and others'), secret)).toEqual([])
  expect(disguisesOf(secret)).toHaveLength(14)
})
