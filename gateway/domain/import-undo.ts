/** How long an import can be undone, in ms. */
export const undoableForMs = 48 * 3_600_000

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
