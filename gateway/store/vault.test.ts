import { expect, test } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { testRuntime } from '../domain/testing.ts'
import { testVault } from './testing.ts'
import { createVault, SealRejected } from './vault.ts'

const runtime = testRuntime()
const fixed = { today: () => 0, secretOf: () => new Uint8Array(32) }
const vault = testVault(7, runtime)
const owner = { userId: 'u1', connectionId: 'c1', accountId: 'a1', tenantId: 't1', version: 3 }
const password = 'Purple-Kettle-42'

test('a sealed password opens for its owner, byte for byte', () => {
  const sealed = vault.sealPending(new Secret(password), owner)
  expect(vault.openPending(sealed, owner).reveal()).toBe(password)
  expect(Buffer.from(sealed, 'base64url').includes(password)).toBe(false)
})

test('a password of any flipped bit is refused', () => {
  const bytes = Buffer.from(vault.sealPending(new Secret(password), owner), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(() => vault.openPending(flipped.toString('base64url'), owner)).toThrow(SealRejected)
  }
})

test.each([
  { userId: 'u2' },
  { connectionId: 'c2' },
  { accountId: 'a2' },
  { accountId: '' },
  { tenantId: 't2' },
  { version: 4 },
])('a password does not open for %j', (other) => {
  const sealed = vault.sealPending(new Secret(password), owner)
  expect(() => vault.openPending(sealed, { ...owner, ...other })).toThrow(SealRejected)
})

test('all records are equally long, and no two are the same', () => {
  const sealed = ['a', 'b', 'x'.repeat(256)].map((each) => vault.sealPending(new Secret(each), owner))
  expect(new Set(sealed.map((each) => each.length)).size).toBe(1)
  expect(vault.sealPending(new Secret('a'), owner)).not.toBe(sealed[0])
})

test('parts of an owner cannot slide into each other', () => {
  expect(() => vault.sealPending(new Secret('a'), { ...owner, userId: 'u|c' })).toThrow()
})

test('a hash opens for its person and version only, a credential for its connection', () => {
  const hash = vault.wrapHash('$argon2id$x', { userId: 'u1', version: 1 })
  expect(vault.unwrapHash(hash, { userId: 'u1', version: 1 })).toBe('$argon2id$x')
  expect(() => vault.unwrapHash(hash, { userId: 'u2', version: 1 })).toThrow(SealRejected)
  expect(() => vault.unwrapHash(hash, { userId: 'u1', version: 2 })).toThrow(SealRejected)
  const credential = vault.sealSecret(new Secret('s'), { connectionId: 'c1' })
  expect(vault.openSecret(credential, { connectionId: 'c1' }).reveal()).toBe('s')
  expect(() => vault.openSecret(credential, { connectionId: 'c2' })).toThrow(SealRejected)
})

test('another instance key opens nothing', () => {
  const other = testVault(8, runtime)
  expect(() => other.openPending(vault.sealPending(new Secret('a'), owner), owner)).toThrow(SealRejected)
  expect(other.keyCheck()).not.toBe(vault.keyCheck())
})

test('under another key everything is sealed anew, and what was read before opens still', () => {
  const keys = createVault(new Uint8Array(32).fill(1), runtime, fixed)
  const connection = { connectionId: 'c1' }
  const before = { hash: keys.wrapHash('h', owner), secret: keys.sealSecret(new Secret('s'), connection) }
  const undo = keys.rekey(new Uint8Array(32).fill(2))
  expect(keys.unwrapHash(before.hash, owner)).toBe('h')
  const after = keys.reseal(before.hash, { use: 'hash', ...owner }) ?? ''
  const other = createVault(new Uint8Array(32).fill(2), runtime, fixed)
  expect(other.keyCheck()).toBe(keys.keyCheck())
  expect(other.unwrapHash(after, owner)).toBe('h')
  expect(() => other.openSecret(before.secret, connection)).toThrow(SealRejected)
  expect(keys.reseal(before.hash, { use: 'hash', ...owner, version: 9 })).toBeNull()
  undo()
  expect(() => keys.unwrapHash(after, owner)).toThrow(SealRejected)
  expect(keys.openSecret(before.secret, connection).reveal()).toBe('s')
})
