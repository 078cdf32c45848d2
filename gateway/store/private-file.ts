import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** A file that only its owner may read: no link, mode 0600. Undefined when there is none; throws a sentence otherwise. */
export function readPrivate(path: string): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP') throw new Error(`The file ${path} is a link. Give the file itself.`)
    throw new Error(`The file ${path} cannot be read (${code}).`)
  }
  try {
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0)
      throw new Error(`Others may read the file ${path}. Run: chmod 600 ${path}`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** Leaves a file that is there already as it is. */
export function createPrivate(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    write(path, 'wx', bytes)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  syncFolder(path)
}

/** Takes the place of what is there at once, whoever else writes it at the same time: the last one wins. */
export function replacePrivate(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const own = `${path}.${process.pid}`
  rmSync(own, { force: true })
  write(own, 'wx', bytes)
  renameSync(own, path)
  syncFolder(path)
}

/** Where the next content of a file lies until it takes its place. */
export const nextOf = (path: string) => `${path}.next`

export function stagePrivate(path: string, bytes: Uint8Array): void {
  rmSync(nextOf(path), { force: true })
  write(nextOf(path), 'wx', bytes)
  syncFolder(path)
}

export const dropStaged = (path: string) => rmSync(nextOf(path), { force: true })

/** The staged content takes the place of the former one, whose bytes are overwritten. At each moment one of them is whole. */
export function promotePrivate(path: string): void {
  const former = openFormer(path)
  renameSync(nextOf(path), path)
  syncFolder(path)
  if (former === undefined) return
  try {
    writeSync(former, new Uint8Array(fstatSync(former).size), null, null, 0)
    fsyncSync(former)
  } finally {
    closeSync(former)
  }
}

function openFormer(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function write(path: string, flags: string, bytes: Uint8Array): void {
  const file = openSync(path, flags, 0o600)
  try {
    writeSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown'
