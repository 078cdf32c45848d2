import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { testRuntime } from '../domain/testing.ts'
import { type KeySource, loadInstanceKey } from './instance-key.ts'
import { nextOf, promotePrivate } from './private-file.ts'
import { KeyMismatch, keyCheckOf } from './vault.ts'

const runtime = testRuntime()
let folder: string
let file: string
const load = (source: KeySource = { file }, known: string | null = null) => loadInstanceKey(source, known, runtime).key

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-key-'))
  file = join(folder, 'instance.key')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a key file is made once, for the owner alone', () => {
  const key = load()
  expect(key).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(load()).toEqual(key)
})

test('a key file is refused when others may read it', () => {
  load()
  chmodSync(file, 0o640)
  expect(load).toThrow('chmod 600')
})

test('a key file is refused when it is a link', () => {
  const elsewhere = join(folder, 'elsewhere')
  writeFileSync(elsewhere, new Uint8Array(32), { mode: 0o600 })
  symlinkSync(elsewhere, file)
  expect(load).toThrow('link')
})

test('a key file is refused when it has another length', () => {
  writeFileSync(file, new Uint8Array(31), { mode: 0o600 })
  expect(load).toThrow('32 bytes')
})

test('a store that was made already gets no new key: a missing file and another key are said, and nothing is made', () => {
  expect(() => load({ file }, 'known')).toThrow(/is not there.*key restore/)
  expect(existsSync(file)).toBe(false)
  load()
  expect(() => load({ file }, 'known')).toThrow(KeyMismatch)
})

test('after a rotation that was stopped before its end the staged key is the one', () => {
  const former = load()
  const next = new Uint8Array(32).fill(9)
  writeFileSync(nextOf(file), next, { mode: 0o600 })
  expect(loadInstanceKey({ file }, keyCheckOf(former), runtime)).toEqual({ key: former, staged: false })
  expect(loadInstanceKey({ file }, keyCheckOf(next), runtime)).toEqual({ key: next, staged: true })
  promotePrivate(file)
  expect(loadInstanceKey({ file }, keyCheckOf(next), runtime)).toEqual({ key: next, staged: false })
  expect(existsSync(nextOf(file))).toBe(false)
})

const bytes = Buffer.from(Array.from({ length: 32 }, (_, n) => n))
const spellings = [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]

test.each(spellings)('a key may be given as %s', (key) => {
  expect(Buffer.from(load({ value: new Secret(key) }))).toEqual(bytes)
  expect(Buffer.from(load({ command: ['echo', key] }))).toEqual(bytes)
})

const node = (script: string): KeySource => ({ command: [process.execPath, '-e', script] })

test('a command may print the bytes themselves', () => {
  expect(Buffer.from(load(node('process.stdout.write(Buffer.from(Array.from({ length: 32 }, (_, n) => n)))')))).toEqual(
    bytes,
  )
})

test.each([
  ['prints no key', node('console.log("Zebra-Teapot")'), /32 bytes/],
  ['fails', node('console.log("Zebra-Teapot"); console.error("Zebra-Teapot"); process.exit(3)'), /failed \(3\)/],
  ['is not there', { command: [join(tmpdir(), 'no-such-program')] } as KeySource, /failed \(ENOENT\)/],
  ['prints without end', node('for (;;) console.log("Zebra-Teapot")'), /failed \(ENOBUFS\)/],
])('a command that %s is refused, and nothing of its output is repeated', (_, source, reason) => {
  const refused = () => load(source)
  expect(refused).toThrow(reason)
  expect(refused).not.toThrow('Zebra')
})

test('a key of another length is refused wherever it comes from', () => {
  expect(() => load({ value: new Secret('short') })).toThrow('32 bytes')
})
