import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Runtime } from '../domain/runtime.ts'
import type { Secret } from '../domain/secret.ts'
import { createPrivate, nextOf, readPrivate } from './private-file.ts'
import { KeyMismatch, keyCheckOf } from './vault.ts'

/** Where the instance key comes from. */
export type KeySource =
  /** LOCKSTEP_KEY: 32 bytes in hex or base64. */
  | { value: Secret }
  /** Program and arguments; it prints the key on standard output. */
  | { command: readonly [string, ...string[]] }
  | { file: string }

const keyBytes = 32
const commandMs = 10_000
const commandOutputBytes = 4_096

/**
 * The key that belongs to a store: `known` is the store's key check, null for a store that is yet to be made, and only then
 * a missing key file is made. Throws KeyMismatch when the key is another one or gone, and an Error with a sentence for a
 * key of another length, for a link, and for a file that others may read.
 */
export function loadInstanceKey(
  source: KeySource,
  known: string | null,
  runtime: Pick<Runtime, 'randomBytes'>,
): { key: Uint8Array; staged: boolean } {
  if (known === null && 'file' in source) createPrivate(source.file, runtime.randomBytes(keyBytes))
  const key = read(source)
  if (key !== undefined && (known === null || keyCheckOf(key) === known)) return { key, staged: false }
  // A rotation was stopped after the store had been sealed anew and before the new key took its place.
  const next = 'file' in source ? readKeyFile(nextOf(source.file)) : undefined
  if (next !== undefined && keyCheckOf(next) === known) return { key: next, staged: true }
  if (key === undefined && 'file' in source) throw new KeyMismatch(missing(source.file))
  throw new KeyMismatch()
}

const missing = (file: string) =>
  `The key file ${file} is not there. Put the kept copy back, or run "lockstep key restore" with the recovery key.`

/** Undefined when the file is not there. */
export function readKeyFile(path: string): Uint8Array | undefined {
  const bytes = readPrivate(path)
  return bytes === undefined ? undefined : keyFrom(bytes, path)
}

/** The key in that file, which is made when it is not there. */
export function makeKeyFile(path: string, runtime: Pick<Runtime, 'randomBytes'>): Uint8Array {
  createPrivate(path, runtime.randomBytes(keyBytes))
  const key = readKeyFile(path)
  if (key === undefined) throw new Error(`The key file ${path} was taken away while it was read.`)
  return key
}

/** Beside the key file, so that a copy of the data folder does not hold it; in the data folder where that cannot be. */
export function daysFileOf(source: KeySource, dataFolder: string): string {
  const inDataFolder = join(dataFolder, 'instance.key.days')
  if (!('file' in source)) return inDataFolder
  try {
    accessSync(dirname(source.file), constants.W_OK)
    return `${source.file}.days`
  } catch {
    return inDataFolder
  }
}

function read(source: KeySource): Uint8Array | undefined {
  if ('value' in source) return keyFrom(Buffer.from(source.value.reveal()), 'LOCKSTEP_KEY')
  if ('file' in source) return readKeyFile(source.file)
  return keyFrom(printed(source.command), 'the output of "keyCommand"')
}

function printed([program, ...args]: readonly [string, ...string[]]): Buffer {
  try {
    return execFileSync(program, args, {
      timeout: commandMs,
      killSignal: 'SIGKILL',
      maxBuffer: commandOutputBytes,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    // What it printed stays out of the message: it may be the key.
    const { code, status } = error as { code?: string; status?: number | null }
    const how = code === 'ETIMEDOUT' ? `did not end within ${commandMs / 1_000} s` : `failed (${code ?? status})`
    throw new Error(`"keyCommand" ${how}: ${program}. Run it by hand to see why.`)
  }
}

function keyFrom(bytes: Buffer, where: string): Uint8Array {
  if (bytes.length === keyBytes) return new Uint8Array(bytes)
  const text = bytes.toString('utf8').trim()
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, 'hex'))
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return new Uint8Array(Buffer.from(text, 'base64'))
  throw new Error(`The instance key in ${where} has to have 32 bytes, plain or in hex or base64.`)
}
