import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from './account.ts'
import { licenceChanges } from './licence-operation.ts'
import type { BlockCause, Change, Operation, OperationKind, Tracked } from './operation.ts'
import { attributeOf, tracked } from './plan.ts'

/** What one write of ours changed, as it was remembered. */
export type BeforeImage = {
  userId: UserId
  accountId: AccountId
  kind: OperationKind
  changes: readonly Change[]
}

/** What stands in the way of undoing something; a person is told why. */
export type Obstacle =
  | 'account_gone'
  | 'account_protected'
  /** Somebody changed the value since. */
  | 'changed_since'
  /** The directory still says that the account has to be blocked, or lets nobody in. */
  | 'still_wanted'
  /** A rule still gives the licence. */
  | 'licence_wanted'
  /** A restore or the end of sessions leaves nothing to go back to. */
  | 'not_undoable'

export type Undo = {
  operations: Operation[]
  skipped: { attribute: string; obstacle: Obstacle }[]
}

/** The account as it is now, and what the directory wants of it. */
export type Present = {
  account: ObservedAccount | null
  protected: boolean
  blockedBy: BlockCause | null
  /** Why the directory wants it blocked; null when it does not. */
  blockWanted: BlockCause | null
  /** SKUs that rules give to the person. */
  licencesWanted: readonly string[]
}

/**
 * Takes back what these writes did to one account, oldest first: each value goes back to what it was before the first of
 * them, unless somebody has changed it since the last. An account that we made is blocked rather than deleted: nothing that
 * it holds is lost. Passwords are not undone: nobody knows the former one.
 */
export function undo(images: readonly BeforeImage[], present: Present): Undo {
  const [first] = images
  if (first === undefined) return { operations: [], skipped: [] }
  if (present.account === null) return skip('account', 'account_gone')
  if (present.protected) return skip('account', 'account_protected')
  const at = { userId: first.userId, accountId: first.accountId, reason: 'undone' as const }
  if (images.some(({ kind }) => kind === 'provision')) {
    const block = enabledChange('true', 'false')
    return {
      operations: present.account.enabled ? [{ kind: 'deprovision', ...at, reason: 'admin', changes: [block] }] : [],
      skipped: [],
    }
  }
  const skipped: Undo['skipped'] = []
  const operations: Operation[] = []
  const changes: Change[] = []
  for (const [attribute, { before, after }] of netOf(images)) {
    if (!isTracked(attribute)) continue
    const now = attributeOf(present.account, attribute)
    if (now === before) continue
    if (now !== after) skipped.push({ attribute, obstacle: 'changed_since' })
    else changes.push({ attribute, before: now, after: before })
  }
  if (changes.length > 0) operations.push({ kind: 'update', ...at, changes })
  const enabling = enabled(images, present)
  if (enabling === 'enable') operations.push({ kind: 'reprovision', ...at, changes: [enabledChange('false', 'true')] })
  else if (enabling !== null) skipped.push({ attribute: 'accountEnabled', obstacle: enabling })
  const licences = licencesBack(images, present.account.licences ?? [])
  const kept = licences.remove.filter((sku) => present.licencesWanted.includes(sku))
  const back = licenceChanges({ ...licences, remove: licences.remove.filter((sku) => !kept.includes(sku)) })
  if (back.length > 0) operations.push({ kind: 'licence', ...at, changes: back })
  if (kept.length > 0) skipped.push({ attribute: 'licence', obstacle: 'licence_wanted' })
  for (const { kind } of images) {
    if (kind === 'restore' || kind === 'revoke_sessions') skipped.push({ attribute: kind, obstacle: 'not_undoable' })
  }
  return { operations, skipped }
}

/** Only a block of ours is lifted, and only while nobody wants it any more. Null: nothing to undo. */
function enabled(
  images: readonly BeforeImage[],
  { account, blockedBy, blockWanted }: Present,
): 'enable' | Obstacle | null {
  const net = netOf(images).get('accountEnabled')
  if (net === undefined || net.before === net.after || net.before !== 'true') return null
  if (account?.enabled === true) return null
  if (blockedBy === null) return 'changed_since'
  return blockWanted === null ? 'enable' : 'still_wanted'
}

/** Of each attribute, what it was before the first write and after the last. */
function netOf(images: readonly BeforeImage[]): Map<string, { before: string | null; after: string | null }> {
  const net = new Map<string, { before: string | null; after: string | null }>()
  for (const { attribute, before, after } of images.flatMap(({ changes }) => changes))
    net.set(attribute, { before: net.has(attribute) ? (net.get(attribute)?.before ?? null) : before, after })
  return net
}

/** Licences that we gave and that are there still go, and those that we took and that are missing come back. */
function licencesBack(images: readonly BeforeImage[], held: readonly string[]): { add: string[]; remove: string[] } {
  const before = new Map<string, boolean>()
  for (const change of images.flatMap(({ changes }) => changes)) {
    const sku = change.before ?? change.after
    if (change.attribute === 'licence' && sku !== null && !before.has(sku)) before.set(sku, change.before !== null)
  }
  const skus = [...before.keys()].sort()
  return {
    add: skus.filter((sku) => before.get(sku) === true && !held.includes(sku)),
    remove: skus.filter((sku) => before.get(sku) === false && held.includes(sku)),
  }
}

const isTracked = (attribute: string): attribute is Tracked => tracked.some((each) => each === attribute)

const enabledChange = (before: string, after: string): Change => ({ attribute: 'accountEnabled', before, after })

const skip = (attribute: string, obstacle: Obstacle): Undo => ({ operations: [], skipped: [{ attribute, obstacle }] })
