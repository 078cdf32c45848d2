import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { Secret } from '../domain/secret.ts'

const hashLength = 40
/** Longest line: a hash, a colon, how often it was seen, an end of line. */
const longestLine = 64

/**
 * Whether a file of SHA-1 hashes in hex, sorted, one a line, each with or without ":count", holds the password. Throws
 * where the file cannot be read. Nothing leaves this machine.
 */
export async function isInFile(file: string, password: Secret): Promise<boolean> {
  const wanted = createHash('sha1').update(password.reveal()).digest('hex').toUpperCase()
  const handle = await open(file, 'r')
  try {
    let low = 0
    let high = (await handle.stat()).size
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const line = await lineFrom(handle, middle)
      if (line.hash === wanted) return true
      if (line.hash === '' || line.hash > wanted) high = middle
      else low = line.end
    }
    return false
  } finally {
    await handle.close()
  }
}

/** The first whole line that begins at or after this place; empty at the end of the file. */
async function lineFrom(handle: FileHandle, at: number): Promise<{ hash: string; end: number }> {
  const from = Math.max(0, at - 1)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2 * longestLine), 0, 2 * longestLine, from)
  const text = buffer.toString('latin1', 0, bytesRead)
  const start = at === 0 ? 0 : text.indexOf('\n') + 1
  if ((start === 0 && at > 0) || start >= text.length) return { hash: '', end: at }
  const hash = text.slice(start, start + hashLength).toUpperCase()
  if (!/^[0-9A-F]{40}$/.test(hash)) throw new Error('This is no file of SHA-1 hashes, one a line.')
  const end = text.indexOf('\n', start)
  return { hash, end: from + (end === -1 ? text.length : end + 1) }
}
