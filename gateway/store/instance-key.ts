import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Runtime } from '../domain/runtime.ts'

export type KeySource = {
  dataFolder: string
  /** LOCKSTEP_KEY: 32 bytes in hex or base64. Whoever reads the environment deletes it there afterwards. */
  key?: string | undefined
  /** LOCKSTEP_KEY_FILE. */
  keyFile?: string | undefined
  runtime: Pick<Runtime, 'randomBytes'>
}

/**
 * The instance key: given, from a file, or created at the first start as `instance.key` in the data folder.
 * Throws for a key of another length, for a link, and for a file that others may read.
 */
export function loadInstanceKey({ dataFolder, key, keyFile, runtime }: KeySource): Uint8Array {
  if (key !== undefined) return keyFrom(Buffer.from(key), 'LOCKSTEP_KEY')
  if (keyFile !== undefined) return readKey(keyFile)
  const path = join(dataFolder, 'instance.key')
  createOnce(path, runtime)
  return readKey(path)
}

function createOnce(path: string, runtime: Pick<Runtime, 'randomBytes'>): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  try {
    writeSync(file, runtime.randomBytes(32))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function readKey(path: string): Uint8Array {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ELOOP') throw new Error(`The key file ${path} is a link. Give the file itself.`)
    throw new Error(`The key file ${path} cannot be read (${code ?? 'unknown'}).`)
  }
  try {
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0)
      throw new Error(`Others may read the key file ${path}. Run: chmod 600 ${path}`)
    return keyFrom(readFileSync(file), path)
  } finally {
    closeSync(file)
  }
}

function keyFrom(bytes: Buffer, where: string): Uint8Array {
  if (bytes.length === 32) return new Uint8Array(bytes)
  const text = bytes.toString('utf8').trim()
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, 'hex'))
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return new Uint8Array(Buffer.from(text, 'base64'))
  throw new Error(`The instance key in ${where} has to have 32 bytes, plain or in hex or base64.`)
}
