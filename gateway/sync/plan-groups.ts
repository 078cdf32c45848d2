import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Plan } from '@lockstep/shared/contract/plan'
import { changesOf, type GroupBaseline, type ObservedGroup, planGroup, whyNotManaged } from '../domain/group.ts'
import { accountsOfGroup, boundAmong } from '../store/bindings.ts'
import { blockedAmong } from '../store/blocks.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { dueGroupBindings, type GroupBindingRow } from '../store/group-bindings.ts'
import { findGroup, type GroupRow } from '../store/groups.ts'
import { findRemoteGroup, remoteMembers } from '../store/remote-groups.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import type { PlannedGroup } from './plan-id.ts'

/** What the group in the tenant needs to follow ours. */
export async function planOfGroup(
  { store: { db } }: SyncContext,
  connection: ConnectionRow,
  binding: GroupBindingRow,
  group: GroupRow,
  observed: ObservedGroup | null,
): Promise<PlannedGroup[]> {
  const { id: connectionId } = connection
  const withoutSuspended = settingsOf(connection).suspendedLeaveGroups
  const baseline = binding.baseline === null ? null : (JSON.parse(binding.baseline) as GroupBaseline)
  const desired = {
    groupId: group.id,
    displayName: group.display_name,
    description: group.description,
    baseline,
    members: (await accountsOfGroup(db, connectionId, group.id, { withoutSuspended })) as AccountId[],
    bound: await boundAmong(db, connectionId, baseline?.members ?? []),
    leavers: await blockedAmong(db, connectionId, baseline?.members ?? [], 'suspended'),
  }
  const there =
    observed === null ? null : { group: observed, members: await remoteMembers(db, connectionId, observed.id) }
  return planGroup(desired, there).map((operation) => ({ groupId: group.id, operation }))
}

/** Everything that the next cycle would do to groups, from what was observed last. */
export async function planOfGroups(context: SyncContext, connection: ConnectionRow): Promise<PlannedGroup[]> {
  const { db } = context.store
  const planned: PlannedGroup[] = []
  for (const binding of await dueGroupBindings(db, connection.id, Number.MAX_SAFE_INTEGER)) {
    const group = await findGroup(db, binding.group_id)
    const observed = await observedOf(context, binding)
    if (group === undefined || observed === 'missing') continue
    if (observed !== null && whyNotManaged(observed) !== null) continue
    planned.push(...(await planOfGroup(context, connection, binding, group, observed)))
  }
  return planned
}

/** The group in the tenant; null while there is none yet. */
export async function observedOf(
  { store: { db } }: SyncContext,
  binding: GroupBindingRow,
): Promise<ObservedGroup | null | 'missing'> {
  if (binding.remote_id === null) return null
  return (await findRemoteGroup(db, binding.connection_id, binding.remote_id)) ?? 'missing'
}

export const presentGroupOperation = ({ groupId, operation }: PlannedGroup): Plan['groups'][number] => ({
  kind: operation.kind,
  groupId,
  remoteId: operation.kind === 'group_create' ? null : operation.remoteId,
  changes: changesOf(operation).map((change) => ({ ...change })),
})
