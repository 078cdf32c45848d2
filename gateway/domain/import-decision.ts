import { type Claims, type Person, sharedMailbox, standingWhenNamed, taken } from './standing.ts'

/** What a person has decided about one account of an import. */
export type Resolution =
  | { action: 'link'; user: Person | null }
  | {
      action: 'rename'
      email: string
      /** Who has that address already. */
      holder: Person | null
    }
  | { action: 'skip' }

export type Choice = {
  /** Named by its object id, not only among all. */
  named: boolean
  resolution: Resolution | null
  /** By user and by address: the account to which this import gives them by a decision. */
  promised: ReadonlyMap<string, string>
}

export type Decision =
  | { result: 'imported'; email: string; reason: string | null }
  | { result: 'linked'; user: Person; held: boolean; reason: string | null }
  | { result: 'conflict'; users: readonly Person[]; reason: string }
  | { result: 'skipped'; reason: string }

/** What becomes of one account: the dry run and the import ask the same. */
export function decideImport(claims: Claims, { named, resolution, promised }: Choice): Decision {
  const standing = standingWhenNamed(claims)
  if (standing.status === 'guest' || standing.status === 'protected' || standing.status === 'shared')
    return { result: 'skipped', reason: standing.reason }
  if (standing.status === 'imported' && standing.held && standing.user.leaving)
    return {
      result: 'skipped',
      reason: 'Its person was deleted here, and the account is being let go. Try again soon.',
    }
  if (resolution?.action === 'skip') return { result: 'skipped', reason: 'Left out as it was chosen.' }
  if (standing.status === 'imported' && standing.held) return keep(standing.user, resolution)
  if (resolution?.action === 'link') return link(claims, resolution.user, promised)
  if (resolution?.action === 'rename') return rename(claims, resolution, promised)
  const shared = sharedMailbox(claims)
  if (shared?.known && !named) return { result: 'skipped', reason: shared.reason }
  switch (standing.status) {
    case 'conflict':
      return { result: 'conflict', users: standing.users, reason: standing.reason }
    case 'imported':
      return (
        promisedAway(claims, promised, standing.user) ?? {
          result: 'linked',
          user: standing.user,
          held: false,
          reason: null,
        }
      )
    case 'new': {
      const email = claims.account.userPrincipalName.toLowerCase()
      return promisedAway(claims, promised, email) ?? { result: 'imported', email, reason: shared?.reason ?? null }
    }
  }
}

const nameOf = ({ displayName, email }: Person) => `${displayName} (${email})`

function keep(user: Person, resolution: Resolution | null): Decision {
  const other = resolution?.action === 'link' && resolution.user !== null && resolution.user.id !== user.id
  if (other)
    return { result: 'conflict', users: [user], reason: `The account belongs to ${nameOf(user)}. Undo that first.` }
  return { result: 'linked', user, held: true, reason: `It belongs to ${nameOf(user)} already.` }
}

/** A decision about one account leaves nothing of it to others, in whatever order they come. */
function promisedAway(claims: Claims, promised: Choice['promised'], what: Person | string): Decision | null {
  const to = promised.get(typeof what === 'string' ? what : what.id)
  if (to === undefined || to === claims.account.id) return null
  return typeof what === 'string'
    ? { result: 'conflict', users: [], reason: `This import gives ${what} to another account.` }
    : { result: 'conflict', users: [what], reason: `This import links ${nameOf(what)} to another account.` }
}

function link(claims: Claims, user: Person | null, promised: Choice['promised']): Decision {
  if (user === null || user.leaving)
    return { result: 'conflict', users: [], reason: 'There is no user with the id given. Choose another one.' }
  const refused = (reason: string): Decision => ({ result: 'conflict', users: [user], reason })
  const reason = taken(user, claims)
  if (reason !== null) return refused(reason)
  if (claims.marked !== null && claims.marked.id !== user.id)
    return refused(`The account was made for ${nameOf(claims.marked)}, as its immutable id says.`)
  if ((claims.marks.get(user.id) ?? []).some((id) => id !== claims.account.id))
    return refused(`Another account was made for ${nameOf(user)}, as its immutable id says.`)
  return promisedAway(claims, promised, user) ?? { result: 'linked', user, held: false, reason: null }
}

function rename(
  claims: Claims,
  { email, holder }: Extract<Resolution, { action: 'rename' }>,
  promised: Choice['promised'],
): Decision {
  if (claims.marked !== null)
    return {
      result: 'conflict',
      users: [claims.marked],
      reason: `The account was made for ${nameOf(claims.marked)}, as its immutable id says. Link it to that person.`,
    }
  if (holder !== null)
    return {
      result: 'conflict',
      users: [holder],
      reason: `${email} belongs to ${nameOf(holder)}. Choose another address.`,
    }
  if ((claims.answering.get(email) ?? []).some((id) => id !== claims.account.id))
    return { result: 'conflict', users: [], reason: `Another account answers to ${email}. Choose another address.` }
  return promisedAway(claims, promised, email) ?? { result: 'imported', email, reason: null }
}
