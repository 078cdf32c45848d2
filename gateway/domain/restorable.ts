import type { AccountId } from '@lockstep/shared/contract/ids'

/** A deleted user of the tenant that holds what we look for. */
export type DeletedAccount = { id: AccountId; immutableId: string | null }

/**
 * The deleted account to bring back for a person, so that its mailbox and files come back with it. Ours by its immutable
 * id alone; found by an address it is the person's own unless it carries another mark. Two are for a person to decide.
 */
export function restorable(immutableId: string, deleted: readonly DeletedAccount[]): AccountId | 'conflict' | null {
  const [mine] = deleted.filter((each) => each.immutableId === immutableId)
  if (mine !== undefined) return mine.id
  const [only, ...others] = deleted
  if (only === undefined) return null
  return others.length > 0 || only.immutableId?.startsWith('lockstep-') === true ? 'conflict' : only.id
}
