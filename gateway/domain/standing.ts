import type { Protection } from './account.ts'

/** Somebody here who may be the one behind an account, with what else is known to be theirs. */
export type Person = {
  id: string
  email: string
  displayName: string
  /** The account of this tenant that the person is bound to or was imported from. */
  accountId: string | null
  /** Name of another connection that the person is bound to. */
  boundElsewhere: string | null
  /** Deleted here; the account has not been let go yet. */
  leaving: boolean
}

/** All that decides how an account stands to the directory. */
export type Claims = {
  account: { id: string; userPrincipalName: string }
  protection: Protection | null
  /** What the tenant says of the mailbox; null while it was not asked. */
  mailbox: string | null
  /** Blocked, without a licence and with an address, in a tenant that uses licences. */
  looksShared: boolean
  /** The name is an address that a user can have here. */
  nameFits: boolean
  /** Who is bound to the account or was imported from it. */
  holder: Person | null
  /** Whose mark the account carries: its immutable id was made of this person's id. */
  marked: Person | null
  /** Those whose email is one of the account's addresses. */
  addressed: readonly Person[]
  /** By lower-case address: the living accounts that answer to it. */
  answering: ReadonlyMap<string, readonly string[]>
  /** By person: the living accounts that carry the mark. */
  marks: ReadonlyMap<string, readonly string[]>
}

export type Standing =
  | { status: 'new' }
  /** `held` is false for a match that nobody has made lasting yet. */
  | { status: 'imported'; user: Person; held: boolean }
  | { status: 'guest' | 'protected' | 'shared'; reason: string }
  | { status: 'conflict'; users: readonly Person[]; reason: string }

const sharedMailboxes: Record<string, string> = {
  shared: 'a shared mailbox',
  room: 'the mailbox of a room',
  equipment: 'the mailbox of a piece of equipment',
}

/** Whether an account is the mailbox of nobody in particular: known, likely, or not. */
export function sharedMailbox({
  mailbox,
  looksShared,
}: Pick<Claims, 'mailbox' | 'looksShared'>): { known: boolean; reason: string } | null {
  const what = mailbox === null ? undefined : sharedMailboxes[mailbox]
  if (what !== undefined) return { known: true, reason: `It is ${what}. Name it by its object id to import it anyway.` }
  if (mailbox !== null || !looksShared) return null
  return {
    known: false,
    reason: 'It looks like a shared mailbox: it cannot sign in, holds no licence and has an address.',
  }
}

/** How an account stands to the directory, for the list and for a choice of everything. */
export function standingOf(claims: Claims): Standing {
  const named = standingWhenNamed(claims)
  const shared = sharedMailbox(claims)
  const free = named.status === 'new' || named.status === 'conflict' || (named.status === 'imported' && !named.held)
  return shared !== null && free ? { status: 'shared', reason: shared.reason } : named
}

/**
 * The same for an account that a person has chosen by its id. What one person has is nobody else's: our own mark decides
 * first, then the name and the addresses; whatever answers for two is a conflict.
 */
export function standingWhenNamed(claims: Claims): Standing {
  const { holder, marked, addressed, protection } = claims
  if (holder !== null) return { status: 'imported', user: holder, held: true }
  if (protection === 'guest')
    return { status: 'guest', reason: 'The account is a guest: its password lives in another organisation.' }
  if (protection !== null) return { status: 'protected', reason: protectedBecause[protection] }
  if (marked !== null) return matched(marked, taken(marked, claims) ?? markedTwice(marked, claims))
  const [first, second] = addressed
  if (first !== undefined && second !== undefined)
    return conflict(
      addressed,
      `${nameOf(first)} and ${nameOf(second)} both have an address of this account. Choose one of them, or skip it.`,
    )
  if (first !== undefined) return matched(first, taken(first, claims) ?? contested(first, claims))
  const name = claims.account.userPrincipalName
  if (!claims.nameFits)
    return conflict([], `${name} is no address that a user can have here. Import it under another address, or link it.`)
  if (others(claims, claims.answering.get(name.toLowerCase())))
    return conflict([], `Another account answers to ${name} as well. Import it under another address, or link it.`)
  return { status: 'new' }
}

const protectedBecause: Record<Protection, string> = {
  guest: 'The account is a guest.',
  privileged_role: 'The account holds an administrator role in Entra.',
  synced: 'The account is synced from on-premises Active Directory.',
  restricted: 'The account is in a restricted management unit.',
  break_glass: 'The account is on the break-glass list.',
  authoriser: 'The connection works by the sign-in of this account.',
  unknown: 'It is not known whether the account is protected.',
}

const nameOf = ({ displayName, email }: Person) => `${displayName} (${email})`

const conflict = (users: readonly Person[], reason: string): Standing => ({ status: 'conflict', users, reason })

const matched = (user: Person, reason: string | null): Standing =>
  reason === null ? { status: 'imported', user, held: false } : conflict([user], reason)

const others = ({ account }: Claims, ids: readonly string[] | undefined): boolean =>
  (ids ?? []).some((id) => id !== account.id)

/** Why a person cannot have the account whoever it is: there is another one already. */
export function taken(user: Person, { account }: Pick<Claims, 'account'>): string | null {
  if (user.accountId !== null && user.accountId !== account.id)
    return `${nameOf(user)} has this address here and belongs to another account of this tenant.`
  if (user.boundElsewhere !== null)
    return `${nameOf(user)} has this address here and is bound to "${user.boundElsewhere}".`
  return null
}

const markedTwice = (user: Person, claims: Claims): string | null =>
  others(claims, claims.marks.get(user.id)) ? `Another account, too, was made for ${nameOf(user)}.` : null

/** Why an address alone does not say that the account is this person's. */
function contested(user: Person, claims: Claims): string | null {
  const marked = markedTwice(user, claims)
  if (marked !== null) return marked
  if (others(claims, claims.answering.get(user.email)))
    return `${nameOf(user)} has this address here, and more than one account of the tenant answers to it.`
  return null
}
