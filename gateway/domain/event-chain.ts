import type { LockstepEvent } from '@lockstep/shared/contract/event'

/** What the first event follows. */
export const chainStart = '0'.repeat(64)

/** Takes text, gives the SHA-256 of its UTF-8 in lower-case hex. */
export type Sha256 = (text: string) => string

/** The same text for the same value: keys sorted, no spaces. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`
}

/** hash = SHA-256(previous ‖ canonical JSON of the event as everybody sees it, without its hash). */
export function chainHash(previous: string, event: Omit<LockstepEvent, 'hash'>, sha256: Sha256): string {
  const { hash: _, ...rest } = event as LockstepEvent
  return sha256(previous + canonicalJson(rest))
}
