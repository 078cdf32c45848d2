import { attributeNames } from '@lockstep/shared/contract/attributes'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Attributes, ObservedAccount, Protection } from './account.ts'
import { type Baseline, type Desired, mailNicknameOf } from './desire.ts'
import { licenceChanges, licenceOperation, licencesOf } from './licence-operation.ts'
import type { LicencePlan } from './licences.ts'
import type { BlockCause, Change, Operation, Reason, Tracked } from './operation.ts'
import { withoutExpiry } from './password-expiry.ts'

/** The account of a desired one, as it was observed or matched. */
export type Target =
  | {
      kind: 'bound' | 'matched'
      account: ObservedAccount
      protection: Protection | null
      blockedBy: BlockCause | null
      /** We blocked it, and its sessions are not known to be revoked. */
      revokeDue: boolean
    }
  | { kind: 'none' }
  | { kind: 'missing' }
  /** Among the deleted users of the tenant, to be brought back. */
  | { kind: 'deleted'; accountId: AccountId; protection: Protection | null }
  | { kind: 'conflict'; accountIds: readonly string[] }

export type Verdict = 'in_step' | 'work' | 'out_of_scope' | 'left' | 'missing' | 'conflict' | 'protected'

export type DriftEntry = {
  attribute: Tracked | 'licence'
  ours: string | null
  theirs: string | null
}

export type BindingPlan = {
  verdict: Verdict
  operations: Operation[]
  drift: DriftEntry[]
  /** Absent where licences play no part, or nobody has told what the account holds. */
  licences?: LicencePlan | undefined
}

/**
 * The difference between what an account has to be and what it is, as operations in the order in which they are applied.
 * Pure: the dry run, the preview, the drift report and the real run all ask this function.
 */
export function plan(desired: Desired, target: Target): BindingPlan {
  if (desired.leaving !== null) return leave(desired, target)
  if (desired.outOfScope !== null) return outside(desired, desired.outOfScope, target)
  switch (target.kind) {
    case 'conflict':
    case 'missing':
      return verdict(target.kind)
    case 'none':
      // An account that is known but was not seen is never made a second time.
      if (desired.accountId !== null) return verdict('missing')
      return desired.presence.kind === 'blocked' ? verdict('in_step') : provision(desired)
    case 'deleted':
      if (target.protection !== null && !desired.overrideProtected) return verdict('protected')
      return desired.presence.kind === 'blocked' ? verdict('missing') : work(restore(desired, target.accountId))
    case 'bound':
    case 'matched':
      if (target.protection !== null && !desired.overrideProtected) return verdict('protected')
      return follow(desired, target)
  }
}

type Held = Extract<Target, { kind: 'bound' | 'matched' }>

function leave(desired: Desired, target: Target): BindingPlan {
  if (desired.leaving === 'keep' || target.kind !== 'bound') return verdict('left')
  // Letting go of what we may not touch needs nothing from the tenant.
  if (target.protection !== null && !desired.overrideProtected) return verdict('left')
  const [operation] = blocked(desired, target, 'unbound')
  return operation === undefined ? verdict('left') : work(operation)
}

/**
 * Only what was followed before is blocked, and only our own block is lifted. Licences that we gave end as those of other
 * blocked people do; everything else stays as it is.
 */
function outside(desired: Desired, becomes: 'block' | 'keep', target: Target): BindingPlan {
  const untouched = target.kind !== 'bound' || desired.baseline === null
  if (untouched || (target.protection !== null && !desired.overrideProtected)) return verdict('out_of_scope')
  const kept = becomes === 'keep' && target.blockedBy === 'out_of_scope' && !target.account.enabled
  const [operation] =
    becomes === 'block' ? blocked(desired, target, 'out_of_scope') : kept ? [enable(desired, target)] : []
  if (operation !== undefined) return work(operation)
  const { licences: held } = target.account
  const licences = licencesOf(desired, { ...(held !== undefined && { licences: held }), usageLocation: null })
  const [ending] = licences === undefined ? [] : licenceOperation(desired, target.account.id, licences)
  return ending === undefined ? verdict('out_of_scope') : { ...work(ending), licences }
}

function follow(desired: Desired, target: Held): BindingPlan {
  const { changes, drift } = difference(desired, target.account)
  const operations: Operation[] = []
  const at = { userId: desired.userId, accountId: target.account.id }
  // The first reconciliation is the takeover, also of an account that an admin has chosen, or that comes back.
  const first = target.kind === 'matched' || desired.baseline === null || desired.returning
  if (first)
    operations.push({
      kind: 'take_over',
      ...at,
      reason: 'bound',
      changes,
      ...(madeByUs(desired, target) && { blockedBy: 'staged' }),
    })
  else if (changes.length > 0)
    operations.push({
      kind: 'update',
      ...at,
      reason: reasonOf(desired, changes),
      changes,
    })
  operations.push(...presence(desired, target))
  if (desired.passwordVersion !== null && desired.presence.kind === 'enabled') {
    const version = desired.passwordVersion
    const changed: Change = {
      attribute: 'password',
      before: null,
      after: `version ${version}`,
    }
    operations.push({
      kind: 'set_password',
      ...at,
      reason: 'password_changed',
      version,
      changes: [changed],
    })
  }
  if (desired.endPassword && desired.passwordVersion === null && desired.presence.kind === 'enabled')
    operations.push({ kind: 'end_password', ...at, reason: 'admin', changes: [passwordEnds] })
  const { licences: held, attributes } = target.account
  const usageLocation =
    changes.find(({ attribute }) => attribute === 'usageLocation')?.after ?? attributes.usageLocation
  const licences = licencesOf(desired, { ...(held !== undefined && { licences: held }), usageLocation })
  if (licences !== undefined) operations.push(...licenceOperation(desired, target.account.id, licences))
  for (const ours of licences?.lost ?? []) drift.push({ attribute: 'licence', ours, theirs: null })
  return { verdict: operations.length > 0 ? 'work' : 'in_step', operations, drift, licences }
}

const passwordEnds: Change = { attribute: 'password', before: null, after: 'one that nobody knows' }

/** Our own create, whose answer was lost: it was made disabled, and nobody else has touched it yet. */
const madeByUs = (desired: Desired, { kind, account }: Held) =>
  kind === 'matched' && desired.heldBack && !account.enabled && account.immutableId === desired.immutableId

/** Blocks what must not sign in, and enables only what we blocked, or what an admin ticked at the takeover. */
function presence(desired: Desired, target: Held): Operation[] {
  if (desired.presence.kind === 'blocked') return blocked(desired, target, desired.presence.cause)
  if (target.account.enabled) return []
  const ticked = desired.enableFound && desired.baseline === null
  if (target.blockedBy === null && !ticked) return []
  if (target.blockedBy === 'staged' && desired.heldBack) return []
  return [enable(desired, target)]
}

const enable = ({ userId }: Desired, { account, blockedBy }: Held): Operation => ({
  kind: 'reprovision',
  userId,
  accountId: account.id,
  reason: blockedBy === null ? 'rebound' : returnReason[blockedBy],
  changes: [{ attribute: 'accountEnabled', before: 'false', after: 'true' }],
})

const returnReason: Readonly<Record<BlockCause, Reason>> = {
  suspended: 'resumed',
  staged: 'activated',
  out_of_scope: 'back_in_scope',
  unbound: 'rebound',
  expired: 'password_changed',
  admin: 'rebound',
}

function blocked(desired: Desired, target: Held, cause: BlockCause): Operation[] {
  const at = { userId: desired.userId, accountId: target.account.id, reason: cause }
  if (target.account.enabled) {
    return [{ kind: 'deprovision', ...at, changes: [{ attribute: 'accountEnabled', before: 'true', after: 'false' }] }]
  }
  if (!target.revokeDue) return []
  return [{ kind: 'revoke_sessions', ...at, changes: [{ attribute: 'sessions', before: null, after: 'revoked' }] }]
}

/** Brings the same object back; what else it needs is planned once it is there. */
function restore(desired: Desired, accountId: AccountId): Operation {
  return {
    kind: 'restore',
    userId: desired.userId,
    accountId,
    reason: 'restored',
    changes: [{ attribute: 'deleted', before: 'true', after: 'false' }],
  }
}

function provision(desired: Desired): BindingPlan {
  const changes: Change[] = [
    { attribute: 'userPrincipalName', before: null, after: desired.email },
    { attribute: 'accountEnabled', before: null, after: String(!desired.heldBack) },
  ]
  // Nobody can be created without a name.
  const displayName = desired.attributes.displayName ?? desired.email
  const written = Object.fromEntries(
    attributeNames.map((name) => [name, follows(desired, name) ? desired.attributes[name] : null]),
  ) as Attributes
  for (const attribute of attributeNames) {
    const after = attribute === 'displayName' ? displayName : written[attribute]
    if (after !== null) changes.push({ attribute, before: null, after })
  }
  const licences = licencesOf(desired, { licences: [], usageLocation: written.usageLocation })
  const manager = desired.manager !== null && follows(desired, 'manager')
  const operation: Operation = {
    kind: 'provision',
    userId: desired.userId,
    accountId: null,
    reason: 'bound',
    passwordVersion: desired.passwordVersion,
    account: {
      userPrincipalName: desired.email,
      mailNickname: mailNicknameOf(desired.email),
      immutableId: desired.immutableId,
      enabled: !desired.heldBack,
      passwordPolicies: follows(desired, 'passwordPolicies') ? withoutExpiry(null) : null,
      attributes: { ...written, displayName },
    },
    changes,
    next: [
      ...(manager ? [{ attribute: 'manager' as const, before: null, after: desired.manager }] : []),
      ...(licences === undefined ? [] : licenceChanges(licences)),
    ],
  }
  return { ...work(operation), licences }
}

/** These the tenant never lets us empty. */
const neverEmpty: ReadonlySet<Tracked> = new Set(['displayName', 'usageLocation', 'userPrincipalName'])

/** A manager whom the directory never knew is the tenant's own. */
const staysFilled = (desired: Desired, attribute: Tracked) =>
  neverEmpty.has(attribute) || (attribute === 'manager' && (desired.baseline?.manager?.ours ?? null) === null)

/** Three-way: what we changed since the baseline is pushed; what they changed is drift, repaired or told. */
function difference(desired: Desired, account: ObservedAccount): { changes: Change[]; drift: DriftEntry[] } {
  const changes: Change[] = []
  const drift: DriftEntry[] = []
  for (const attribute of tracked) {
    if (!follows(desired, attribute)) continue
    const theirs = attributeOf(account, attribute)
    const ours = oursOf(desired, attribute, theirs)
    if (desired.modes[attribute] === 'fill') {
      if (fills(desired, attribute, ours, theirs)) changes.push({ attribute, before: theirs, after: ours })
      continue
    }
    if (same(attribute, ours, theirs) || (ours === null && staysFilled(desired, attribute))) continue
    const push = pushed(desired, attribute, ours, theirs)
    if (push) changes.push({ attribute, before: theirs, after: ours })
    else drift.push({ attribute, ours, theirs })
  }
  return { changes, drift }
}

const follows = (desired: Desired, attribute: Tracked) => desired.modes[attribute] !== 'ignore'

/** Once both sides have met over a value of ours, it is theirs. */
function fills(desired: Desired, attribute: Tracked, ours: string | null, theirs: string | null): boolean {
  const met = desired.baseline?.[attribute]?.ours ?? null
  return ours !== null && met === null && same(attribute, theirs, null)
}

function pushed(desired: Desired, attribute: Tracked, ours: string | null, theirs: string | null): boolean {
  if (desired.repair.includes(attribute)) return true
  const baseline = desired.baseline?.[attribute]
  if (baseline === undefined) return desired.mode === 'ours_win' || theirs === null || attribute === 'passwordPolicies'
  // What is wanted of the policies never changes, and what else is listed there is not ours.
  if (attribute !== 'passwordPolicies' && !same(attribute, ours, baseline.ours)) return true
  return desired.driftPolicy === 'enforce' && !same(attribute, theirs, baseline.theirs)
}

function reasonOf(desired: Desired, changes: readonly Change[]): Reason {
  const { baseline } = desired
  if (baseline === null) return 'directory_changed'
  const ours = changes.some(({ attribute, after }) => {
    const before = baseline[attribute as Tracked]
    return before === undefined || !same(attribute as Tracked, after, before.ours)
  })
  return ours ? 'directory_changed' : 'drift_enforced'
}

export const tracked: readonly Tracked[] = ['userPrincipalName', 'passwordPolicies', 'manager', ...attributeNames]

/** What the account is to hold; of its policies only the one that is ours counts. */
function oursOf(desired: Desired, attribute: Tracked, theirs: string | null): string | null {
  switch (attribute) {
    case 'userPrincipalName':
      return desired.email
    case 'manager':
      return desired.manager
    case 'passwordPolicies':
      return withoutExpiry(theirs)
    default:
      return desired.attributes[attribute]
  }
}

export function attributeOf(account: ObservedAccount, attribute: Tracked): string | null {
  if (attribute === 'userPrincipalName' || attribute === 'passwordPolicies' || attribute === 'manager')
    return account[attribute]
  return account.attributes[attribute]
}

function same(attribute: Tracked, a: string | null, b: string | null): boolean {
  if (attribute === 'userPrincipalName') return a?.toLowerCase() === b?.toLowerCase()
  return (a === '' ? null : a) === (b === '' ? null : b)
}

/** What to remember once the operations of a plan are done. A difference that is drift keeps what it drifted from. */
export function baselineOf(desired: Desired, drift: readonly DriftEntry[]): Baseline {
  const open = new Map<string, string | null>(drift.map((entry) => [entry.attribute, entry.theirs]))
  const compared = tracked.filter((attribute) => follows(desired, attribute))
  const entries = compared.map((attribute) => {
    const ours = oursOf(desired, attribute, null)
    const theirs = open.get(attribute)
    if (theirs === undefined) return [attribute, { ours, theirs: ours }]
    return [attribute, desired.baseline?.[attribute] ?? { ours, theirs }]
  })
  return { ...ignored(desired), ...Object.fromEntries(entries) }
}

/** What is not compared now keeps what was known of it. */
const ignored = (desired: Desired): Baseline =>
  Object.fromEntries(Object.entries(desired.baseline ?? {}).filter(([name]) => !follows(desired, name as Tracked)))

function verdict(kind: Exclude<Verdict, 'work'>): BindingPlan {
  return { verdict: kind, operations: [], drift: [] }
}

function work(operation: Operation): BindingPlan {
  return { verdict: 'work', operations: [operation], drift: [] }
}
