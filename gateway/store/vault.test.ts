import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { testRuntime } from '../domain/testing.ts'
import { loadInstanceKey } from './instance-key.ts'
import { createVault, SealRejected } from './vault.ts'

const runtime = testRuntime()
const vault = createVault(new Uint8Array(32).fill(7), runtime)
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
  const other = createVault(new Uint8Array(32).fill(8), runtime)
  expect(() => other.openPending(vault.sealPending(new Secret('a'), owner), owner)).toThrow(SealRejected)
  expect(other.keyCheck()).not.toBe(vault.keyCheck())
})

describe('the key file', () => {
  let dataFolder: string
  const path = () => join(dataFolder, 'instance.key')
  const load = () => loadInstanceKey({ dataFolder, runtime })
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'lockstep-key-'))
  })
  afterEach(() => rmSync(dataFolder, { recursive: true }))

  test('is created once, for the owner alone', () => {
    const key = load()
    expect(key).toHaveLength(32)
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(load()).toEqual(key)
  })
  test('is refused when others may read it', () => {
    load()
    chmodSync(path(), 0o640)
    expect(load).toThrow('chmod 600')
  })
  test('is refused when it is a link', () => {
    const elsewhere = join(dataFolder, 'elsewhere')
    writeFileSync(elsewhere, new Uint8Array(32), { mode: 0o600 })
    symlinkSync(elsewhere, path())
    expect(load).toThrow('link')
  })
  test('is refused when it has another length', () => {
    writeFileSync(path(), new Uint8Array(31), { mode: 0o600 })
    expect(load).toThrow('32 bytes')
  })
  test('may be given in hex or base64', () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, n) => n))
    for (const key of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')])
      expect(Buffer.from(loadInstanceKey({ dataFolder, key, runtime }))).toEqual(bytes)
    expect(() => loadInstanceKey({ dataFolder, key: 'short', runtime })).toThrow('32 bytes')
  })
})
