import type { Change, Tracked } from './operation.ts'

/** How long an import can be undone, in ms. */
export const undoableForMs = 48 * 3_600_000

type Written = readonly { attribute: string; before: string | null; after: string | null }[]

/**
 * What puts an account back: each attribute that we wrote gets the value from before our first write, unless the account
 * shows another one than our last: then somebody there has decided since. `writes` are in the order in which they happened.
 */
export function restoring(
  writes: readonly Written[],
  current: (attribute: Tracked) => string | null,
): { changes: Change[]; leftAlone: Tracked[] } {
  const first = new Map<Tracked, string | null>()
  const last = new Map<Tracked, string | null>()
  for (const { attribute, before, after } of writes.flat()) {
    if (attribute === 'accountEnabled' || attribute === 'password') continue
    const name = attribute as Tracked
    if (!first.has(name)) first.set(name, before)
    last.set(name, after)
  }
  const changes: Change[] = []
  const leftAlone: Tracked[] = []
  for (const [attribute, original] of first) {
    const now = current(attribute)
    if (same(now, original)) continue
    if (same(now, last.get(attribute) ?? null)) changes.push({ attribute, before: now, after: original })
    else leftAlone.push(attribute)
  }
  return { changes, leftAlone }
}

const same = (a: string | null, b: string | null) => (a === '' ? null : a) === (b === '' ? null : b)

/** What is known of somebody whom an import created, when it is to be undone. */
export type SinceImport = {
  hasPassword: boolean
  role: string | null
  /** What people did to the person since, as event types. */
  acts: readonly string[]
  bindings: readonly { ours: boolean; leaving: boolean }[]
}

/** Why somebody stays although the import is undone; null when nobody has made anything of the person since. */
export function whyKept({ hasPassword, role, acts, bindings }: SinceImport): string | null {
  if (hasPassword) return 'The person has a password by now.'
  if (role !== null) return 'The person holds a role by now.'
  if (acts.length > 0) return 'Somebody has changed the person since.'
  if (bindings.some(({ leaving }) => leaving)) return 'The account is just being let go. Try again soon.'
  if (bindings.some(({ ours }) => !ours)) return 'Somebody has bound the person since.'
  return null
}
