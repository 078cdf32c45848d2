import { expect, test } from 'vitest'
import { codeAt, setUpOf, stepOfCode } from './totp.ts'

/** RFC 6238, appendix B: the seed of the SHA-1 column; the last six of the eight digits. */
const seed = new Uint8Array(Buffer.from('12345678901234567890'))

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
])('at %d s the code is the one of the standard', (seconds, code) => {
  const now = seconds * 1_000
  expect(codeAt(seed, now)).toBe(code)
  expect(stepOfCode(seed, code, now)).toBe(Math.floor(seconds / 30))
})

test('a clock may be off by one step, not by two, and the code tells its own step', () => {
  const now = 1_111_111_111_000
  const step = Math.floor(now / 30_000)
  for (const off of [-1, 0, 1]) expect(stepOfCode(seed, codeAt(seed, now + off * 30_000), now)).toBe(step + off)
  for (const off of [-2, 2]) expect(stepOfCode(seed, codeAt(seed, now + off * 30_000), now)).toBeNull()
})

test('the app gets the organisation, the person and the key', () => {
  const { uri, key } = setUpOf(seed, 'Contoso & Söhne', 'ana@contoso.example')
  expect(key).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  const read = new URL(uri)
  expect(read.protocol).toBe('otpauth:')
  expect(read.searchParams.get('secret')).toBe(key)
  expect(read.searchParams.get('issuer')).toBe('Contoso & Söhne')
  expect(decodeURIComponent(read.pathname)).toContain('ana@contoso.example')
})
