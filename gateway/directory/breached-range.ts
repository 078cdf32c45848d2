import { createHash } from 'node:crypto'
import type { Secret } from '../domain/secret.ts'

/** All that a person waits for the answer, in ms. */
const budgetMs = 3_000
/** A range has about a thousand lines of forty characters. */
const longestAnswer = 256 * 1024
const prefixLength = 5

/**
 * Whether a service of the k-anonymity kind ("Searching by range" of the Pwned Passwords API) knows the password. Five of the
 * forty digits of its SHA-1 leave this machine, and with padding the length of the answer says nothing either. Throws where
 * there is no answer that can be read in time.
 */
export async function isInRange(url: string, password: Secret): Promise<boolean> {
  const hash = createHash('sha1').update(password.reveal()).digest('hex').toUpperCase()
  const prefix = hash.slice(0, prefixLength)
  const signal = AbortSignal.timeout(budgetMs)
  const answer = await fetch(`${url.replace(/\/$/, '')}/${prefix}`, {
    headers: { 'Add-Padding': 'true', 'User-Agent': 'Lockstep' },
    redirect: 'error',
    signal,
  }).catch((error: unknown) => {
    throw new Error(signal.aborted ? 'No answer in three seconds.' : reasonOf(error))
  })
  if (!answer.ok) {
    await answer.body?.cancel()
    throw new Error(`The service answered ${answer.status}.`)
  }
  const text = await textOf(answer, signal)
  return listedIn(text, hash.slice(prefixLength))
}

async function textOf(answer: Response, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of answer.body ?? []) {
      length += part.length
      if (length > longestAnswer) throw new Error('The answer is longer than any range.')
      parts.push(part)
    }
  } catch (error) {
    throw signal.aborted ? new Error('No whole answer in three seconds.') : error
  }
  return Buffer.concat(parts).toString('latin1')
}

/** Lines of padding count nothing. */
function listedIn(text: string, suffix: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  const found = lines.map((line) => /^([0-9A-F]{35}):(\d+)$/i.exec(line))
  if (found.some((line) => line === null)) throw new Error('The answer is no list of hashes.')
  return found.some((line) => line?.[1]?.toUpperCase() === suffix && Number(line[2]) > 0)
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
