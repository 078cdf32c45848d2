import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { MappingMode } from '@lockstep/shared/contract/mapping'
import type { UserState } from '@lockstep/shared/contract/user'
import type { Attributes } from './account.ts'
import type { LicenceWish } from './licences.ts'
import type { Unmapped } from './mapping.ts'
import type { BlockCause, Tracked } from './operation.ts'
import type { Instant } from './runtime.ts'

/**
 * Both values when the sides were last reconciled. What differs from ours since was changed by us, what differs from theirs
 * by somebody there; where the two differ from each other, the difference was accepted at the takeover.
 */
export type Baseline = Readonly<Partial<Record<Tracked, { ours: string | null; theirs: string | null }>>>

/** What an account has to be, as the directory says. */
export type Desired = {
  userId: UserId
  /** Null until an account was matched or provisioned. */
  accountId: AccountId | null
  email: string
  immutableId: string
  attributes: Attributes
  /** The account of the manager. */
  manager: AccountId | null
  /** How attributes follow that do not simply follow. */
  modes: Readonly<Partial<Record<Tracked, MappingMode>>>
  /** Values that could not be made; a person is told. */
  unmapped: readonly Unmapped[]
  presence: { kind: 'enabled' } | { kind: 'blocked'; cause: BlockCause }
  /** The person is staged, and an account that we make stays disabled until that ends. */
  heldBack: boolean
  /** Null while the connection is for this person; otherwise what becomes of the account that it follows no more. */
  outOfScope: 'block' | 'keep' | null
  /** Null while bound; otherwise what becomes of the account that is let go. */
  leaving: 'block' | 'keep' | null
  mode: 'fill_empty' | 'ours_win'
  /** Null before the first reconciliation. */
  baseline: Baseline | null
  driftPolicy: 'notify' | 'enforce'
  /** The connection was deactivated and comes back: the account is taken over again. */
  returning: boolean
  licences: LicenceWish
  /** Attributes whose drift an admin wants repaired. */
  repair: readonly (Tracked | 'licence')[]
  /** Version of the sealed password that waits for this account. */
  passwordVersion: number | null
  /** An admin wants the password from before the takeover to end. */
  endPassword: boolean
  /** An admin ticked that an account found disabled is to be enabled. */
  enableFound: boolean
  overrideProtected: boolean
  /** An admin named this person with a typed count. */
  named: boolean
}

/** What the directory wants of a person's accounts. */
export function presenceOf(user: { state: UserState; expiry_blocked_at: Instant | null }): Desired['presence'] {
  if (user.state === 'suspended') return { kind: 'blocked', cause: 'suspended' }
  return user.expiry_blocked_at === null ? { kind: 'enabled' } : { kind: 'blocked', cause: 'expired' }
}

/** Whoever is to come back with another password keeps licences, and with them the mail that arrives meanwhile. */
export const hasLeft = (presence: Desired['presence']): boolean =>
  presence.kind === 'blocked' && presence.cause !== 'expired'

export const immutableIdPrefix = 'lockstep-'

/**
 * The immutable id of accounts that we create. Derived from the user id, so that a create whose answer was lost is
 * recognised. Microsoft 365 refuses "$" and "_" in it (users.md of the Graph reference, user resource type).
 */
export function immutableIdOf(userId: UserId): string {
  return `${immutableIdPrefix}${userId.replace(/[^A-Za-z0-9-]/g, '-')}`
}

/** The part of an address before the "@", made fit for a mail nickname: at most 64 safe characters. */
export function mailNicknameOf(email: string): string {
  const local = email.slice(0, email.indexOf('@')).replace(/[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]/g, '')
  return local.slice(0, 64).replace(/^\.+|\.+$/g, '') || 'user'
}
