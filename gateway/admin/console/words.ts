import type { Binding } from '@lockstep/shared/contract/binding'
import type { DriftAction } from '@lockstep/shared/contract/drift'
import type { GroupBinding, RemoteGroup } from '@lockstep/shared/contract/group'
import type { Operation } from '@lockstep/shared/contract/plan'
import type { User } from '@lockstep/shared/contract/user'
import { sayIfKnown } from '@lockstep/shared/messages/say'

export type Tone = 'in-sync' | 'waiting' | 'failed' | 'note'
export type Standing = { tone: Tone; word: string }

const bindingWords: Record<Binding['state'], Standing> = {
  pending: { tone: 'waiting', word: 'Pending' },
  in_sync: { tone: 'in-sync', word: 'In sync' },
  out_of_sync: { tone: 'waiting', word: 'Out of sync' },
  retrying: { tone: 'waiting', word: 'Retrying' },
  failed: { tone: 'failed', word: 'Failed' },
  missing: { tone: 'failed', word: 'Missing' },
  out_of_scope: { tone: 'note', word: 'Out of scope' },
  unbinding: { tone: 'waiting', word: 'Unbinding' },
}
/** A group is bound or not in the same words as a person. */
export const standingOfGroup = ({ state }: Pick<GroupBinding, 'state'>): Standing => bindingWords[state]

export const groupKinds: Record<RemoteGroup['kind'], string> = {
  security: 'Security group',
  dynamic: 'Dynamic group',
  role_assignable: 'Group with roles',
  microsoft_365: 'Microsoft 365 group',
  mail_security: 'Mail-enabled security group',
  distribution: 'Distribution list',
  synced: 'Synced from on-premises',
}

export const standingOfBinding = ({ state }: Pick<Binding, 'state'>): Standing => bindingWords[state]

const passwordWords: Record<Binding['password']['state'], Standing> = {
  none: { tone: 'note', word: 'Not set' },
  awaiting_login: { tone: 'waiting', word: 'Waits for sign-in' },
  pending: { tone: 'waiting', word: 'On its way' },
  in_sync: { tone: 'in-sync', word: 'In sync' },
  rejected: { tone: 'failed', word: 'Refused' },
  drifted: { tone: 'failed', word: 'Changed at Microsoft' },
}
export const standingOfPassword = ({ password }: Pick<Binding, 'password'>): Standing => passwordWords[password.state]

export const standingOfLicence: Record<Binding['licences'][number]['state'], Standing> = {
  assigned: { tone: 'in-sync', word: 'Assigned' },
  waiting: { tone: 'waiting', word: 'Waits for a seat' },
  failed: { tone: 'failed', word: 'Not given' },
}

/** What a list says about a person: the worst of the bindings. */
export function standingOfUser(user: User): Standing {
  if (user.state === 'suspended') return { tone: 'failed', word: 'Suspended' }
  if (user.state === 'staged') return { tone: 'note', word: 'Staged' }
  if (user.password.blocked) return { tone: 'failed', word: 'Blocked: password expired' }
  const [first, ...others] = user.bindings.map(standingOfBinding)
  if (!first) return { tone: 'note', word: 'Not bound' }
  const rank: Record<Tone, number> = { failed: 3, waiting: 2, 'in-sync': 1, note: 0 }
  return others.reduce((worst, each) => (rank[each.tone] > rank[worst.tone] ? each : worst), first)
}

/** An operation of a plan, said before it happens. */
export function sentenceOf({ kind, changes }: Pick<Operation, 'kind' | 'changes'>, account: string): string {
  const names = changes.map(({ attribute }) => labelOf(attribute)).join(', ')
  switch (kind) {
    case 'provision':
      return `The account ${account} will be created.`
    case 'take_over':
      return names === ''
        ? `The account ${account} will be taken over as it is.`
        : `The account ${account} will be taken over; empty values are filled: ${names}.`
    case 'update':
      return `The account ${account} will get new values: ${names}.`
    case 'set_password':
      return `The account ${account} will get the password of this directory.`
    case 'end_password':
      return `The account ${account} will get a password that nobody knows: the one from before ends.`
    case 'deprovision':
      return `The account ${account} will be blocked. Open sessions end within minutes, some within an hour. Bind again to undo.`
    case 'reprovision':
      return `The account ${account} will be enabled again.`
    case 'restore':
      return `The deleted account ${account} will be restored, with its mailbox and files.`
    case 'licence':
      return `The licences of the account ${account} will change.`
    case 'revoke_sessions':
      return `Open sessions of the account ${account} will be ended.`
  }
}

/** How old the password is, and what comes of it. */
export function passwordText({ state, changedAt, expiresAt, blocked }: User['password']): string {
  if (state === 'none') return 'Not set'
  const end = expiresAt === null ? null : dayText(expiresAt)
  if (state === 'expired')
    return blocked ? `Expired ${end}: accounts are blocked until it is changed` : `Expired ${end}`
  return end === null ? `Set ${timeText(changedAt)}` : `Set ${timeText(changedAt)}, expires ${end}`
}

export const timeText = (at: string | null) =>
  at === null ? '–' : new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** The day alone. */
export const dayText = (at: string) => new Date(at).toLocaleDateString(undefined, { dateStyle: 'long' })

/** The name of an attribute for people; its own where the catalogue has none. */
export const labelOf = (attribute: string): string => sayIfKnown(`attribute.${attribute}`) ?? attribute

export function valueText(attribute: string, value: string): string {
  if (attribute === 'accountEnabled') return value === 'true' ? 'yes' : 'no'
  if (attribute === 'passwordPolicies' && value === 'DisablePasswordExpiration') return 'never'
  return value
}

const quoted = (value: string | null) => (value === null || value === '' ? 'empty' : `“${value}”`)

type Difference = { attribute: string; displayName: string; ours: string | null; theirs: string | null }

/** What resolving a difference does, said before it happens. */
export function driftSentence(action: DriftAction, { attribute, displayName, ours, theirs }: Difference): string {
  const what = `${labelOf(attribute)} of ${displayName}`
  return action === 'adopt'
    ? `In the directory, ${what} becomes ${quoted(theirs)}; it is ${quoted(ours)} now. Microsoft 365 stays as it is.`
    : `At Microsoft 365, ${what} becomes ${quoted(ours)} again; ${theirs === null || theirs === '' ? 'it is empty now' : `${quoted(theirs)} is overwritten`}.`
}
