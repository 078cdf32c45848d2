import type { AccountId } from '@lockstep/shared/contract/ids'

/** A group of a tenant as it was last told. */
export type ObservedGroup = {
  id: string
  displayName: string
  description: string | null
  mailNickname: string | null
  mailEnabled: boolean
  securityEnabled: boolean
  unified: boolean
  dynamic: boolean
  roleAssignable: boolean
  synced: boolean
}

export type GroupKind =
  | 'security'
  | 'dynamic'
  | 'role_assignable'
  | 'microsoft_365'
  | 'mail_security'
  | 'distribution'
  | 'synced'

export function kindOf(group: ObservedGroup): GroupKind {
  if (group.synced) return 'synced'
  if (group.dynamic) return 'dynamic'
  if (group.roleAssignable) return 'role_assignable'
  if (group.unified) return 'microsoft_365'
  if (group.mailEnabled) return group.securityEnabled ? 'mail_security' : 'distribution'
  return 'security'
}

/** Why a group cannot be managed, and what to do; null for those that can. */
const refusalOf: Readonly<Record<GroupKind, string | null>> = {
  security: null,
  dynamic: 'Its members follow a rule in Entra. Change the rule there, or bind a group with assigned members.',
  role_assignable: 'It gives administrator roles to its members, so Lockstep leaves it alone. Manage it in Entra.',
  microsoft_365: 'It is a Microsoft 365 group with a mailbox and a team. Its owners manage it; bind a security group.',
  mail_security: 'It is mail-enabled and mastered in Exchange. Manage it there, or bind a security group without mail.',
  distribution: 'It is a distribution list, which gives no rights. Manage it in Exchange.',
  synced: 'It is synced from on-premises Active Directory. Manage it there.',
}

/** Of the group by which gateways see that a tenant follows one of them. */
export const markNickname = 'lockstep-managed'

/** Why this very group cannot be managed; null when it can. */
export function whyNotManaged(group: ObservedGroup): string | null {
  if (group.mailNickname === markNickname)
    return 'It is the mark by which Lockstep recognises its tenants. Leave it as it is.'
  return refusalOf[kindOf(group)]
}

/** Short enough for Microsoft's 64 characters, and its own group's alone: by it a lost create is recognised. */
export const nicknameOf = (groupId: string): string => `lockstep-${groupId.replace(/[^A-Za-z0-9-]/g, '-')}`.slice(0, 64)

export type GroupChange = { attribute: 'displayName' | 'description'; before: string | null; after: string | null }

export type GroupOperation =
  | { kind: 'group_create'; displayName: string; description: string | null; nickname: string }
  | { kind: 'group_update'; remoteId: string; changes: GroupChange[] }
  /** At most 20: Graph takes no more in one request. */
  | { kind: 'group_add_members'; remoteId: string; members: AccountId[] }
  /** `leaver`: we have blocked the account, as its person is suspended. */
  | { kind: 'group_remove_member'; remoteId: string; member: AccountId; leaver: boolean }

/** Our values when both sides were last reconciled, and who was in both groups then. */
export type GroupBaseline = { displayName: string; description: string | null; members: readonly string[] }

export type DesiredGroup = {
  groupId: string
  displayName: string
  description: string | null
  /** Null before the first time. */
  baseline: GroupBaseline | null
  /** Accounts of the people in the group. */
  members: readonly AccountId[]
  /** Accounts of everybody who is bound here: nobody else is ever removed. */
  bound: ReadonlySet<string>
  /** Accounts that we have blocked, as their people are suspended. */
  leavers: ReadonlySet<string>
}

/** Graph takes at most this many members in one request ("Add members", read 2026-11-23). */
export const membersAtOnce = 20

/**
 * The difference between a group and the one that follows it. Only who is bound and was in both groups before is taken
 * out: everybody else in the tenant's group was put there by others, and stays. So does a name that was changed there,
 * until ours changes.
 */
export function planGroup(
  desired: DesiredGroup,
  observed: { group: ObservedGroup; members: ReadonlySet<string> } | null,
): GroupOperation[] {
  const { displayName, description } = desired
  if (observed === null)
    return [{ kind: 'group_create', displayName, description, nickname: nicknameOf(desired.groupId) }]
  const remoteId = observed.group.id
  const operations: GroupOperation[] = []
  const changes = renames(desired, observed.group)
  if (changes.length > 0) operations.push({ kind: 'group_update', remoteId, changes })
  const wanted = new Set<string>(desired.members)
  const missing = [...new Set(desired.members)].filter((member) => !observed.members.has(member)).sort()
  for (let at = 0; at < missing.length; at += membersAtOnce)
    operations.push({ kind: 'group_add_members', remoteId, members: missing.slice(at, at + membersAtOnce) })
  const ours = new Set(desired.baseline?.members ?? [])
  const surplus = [...observed.members]
    .filter((member) => !wanted.has(member) && ours.has(member) && desired.bound.has(member))
    .sort()
  for (const member of surplus) {
    const leaver = desired.leavers.has(member)
    operations.push({ kind: 'group_remove_member', remoteId, member: member as AccountId, leaver })
  }
  return operations
}

function renames(desired: DesiredGroup, group: ObservedGroup): GroupChange[] {
  const { baseline } = desired
  // A group that was taken over keeps its name until somebody changes ours.
  if (baseline === null) return []
  return (['displayName', 'description'] as const).flatMap((attribute) => {
    const after = desired[attribute]
    if (after === baseline[attribute] || after === group[attribute]) return []
    return [{ attribute, before: group[attribute], after }]
  })
}

/**
 * What the brake counts: a mistake would take many people out of a group, and their rights with it. A leaver has lost
 * them already: the block was counted.
 */
export const isCountedRemoval = (operation: GroupOperation): boolean =>
  operation.kind === 'group_remove_member' && !operation.leaver

/** What an operation changes, value by value. */
export function changesOf(
  operation: GroupOperation,
): { attribute: string; before: string | null; after: string | null }[] {
  switch (operation.kind) {
    case 'group_create':
      return [{ attribute: 'displayName', before: null, after: operation.displayName }]
    case 'group_update':
      return operation.changes
    case 'group_add_members':
      return operation.members.map((member) => ({ attribute: 'member', before: null, after: member }))
    case 'group_remove_member':
      return [{ attribute: 'member', before: operation.member, after: null }]
  }
}
