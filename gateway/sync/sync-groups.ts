import { type Actor, system } from '../domain/actor.ts'
import type { Outcome } from '../domain/failure.ts'
import {
  type GroupBaseline,
  type GroupOperation,
  isCountedRemoval,
  type ObservedGroup,
  whyNotManaged,
} from '../domain/group.ts'
import type { Tenant, Write } from '../graph/tenant.ts'
import { accountsOfGroup, boundAmong } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import {
  dueGroupBindings,
  type GroupBindingRow,
  hasGroupBindings,
  updateGroupBinding,
} from '../store/group-bindings.ts'
import { findGroup, type GroupRow } from '../store/groups.ts'
import { putRemoteGroup, remoteMembers, replaceRemoteMembers } from '../store/remote-groups.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'
import { observeGroups } from './observe-groups.ts'
import { observedOf, planOfGroup } from './plan-groups.ts'
import { groupOperationKey, type PlannedGroup } from './plan-id.ts'
import { covered, note, putOff, record, recordHeld, recordMissing, recordRefusal } from './record-group.ts'
import { requireConnection } from './require-connection.ts'
import { approvedKeys, isBraked } from './sync-bindings.ts'

/** Makes the groups of the tenant follow ours; returns what the brake holds. Asks nothing where no group is bound. */
export async function syncGroups(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  mayWrite: () => Promise<boolean>,
  actor: Actor = system,
): Promise<PlannedGroup[]> {
  if (!(await hasGroupBindings(context.store.db, connection.id))) return []
  await observeGroups(context, connection, tenant)
  if (!(await mayWrite())) return []
  const held: PlannedGroup[] = []
  const due = await dueGroupBindings(context.store.db, connection.id, context.runtime.now())
  // Read after the marks: settings that change from here on leave a mark that these plans do not take back.
  const present = await requireConnection(context, connection.id)
  for (const binding of due) {
    const group = await findGroup(context.store.db, binding.group_id)
    if (group !== undefined) held.push(...(await syncGroup(context, present, tenant, actor, binding, group)))
  }
  return held
}

async function syncGroup(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
): Promise<PlannedGroup[]> {
  let observed = await observedOf(context, binding)
  if (observed === 'missing') {
    await recordMissing(context, actor, binding, group)
    return []
  }
  const refusal = observed === null ? null : whyNotManaged(observed)
  if (refusal !== null) {
    await recordRefusal(context, actor, binding, group, refusal)
    return []
  }
  const [first] = await planOfGroup(context, connection, binding, group, observed)
  if (first?.operation.kind === 'group_create') {
    observed = await create(context, connection, tenant, actor, binding, group, first.operation)
    if (observed === null) return []
  }
  const planned = await planOfGroup(context, connection, binding, group, observed)
  const approved = approvedKeys(connection, context.runtime.now())
  const removals = planned.filter((each) => isCountedRemoval(each.operation) && !approved.has(groupOperationKey(each)))
  if (binding.named === 0 && (await isBraked(context, connection, removals.length))) {
    await recordHeld(context, actor, binding, group, removals.length)
    return removals
  }
  await apply(
    context,
    tenant,
    actor,
    binding,
    group,
    planned.map(({ operation }) => operation),
  )
  return []
}

/** Makes the group, unless an earlier attempt whose answer was lost has made it. Null when that has to wait. */
async function create(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
  operation: Extract<GroupOperation, { kind: 'group_create' }>,
): Promise<ObservedGroup | null> {
  const found = await tenant.findGroupByNickname(operation.nickname)
  if (found !== null) return await adopt(context, actor, binding, group, found, null)
  const eventId = context.runtime.newId()
  const { displayName, description, nickname } = operation
  const outcome = await send(tenant, { eventId, kind: 'create_group', displayName, description, nickname })
  await context.store.change(actor, async (change) => {
    note(change, connection.id, group, null, eventId, operation, outcome)
    if (outcome.kind !== 'done') await putOff(context, change, binding, outcome)
  })
  if (outcome.kind !== 'done') return null
  const made = { ...plainGroup, id: String(outcome.value), displayName, description, mailNickname: nickname }
  return await adopt(context, actor, binding, group, made, group)
}

const plainGroup = {
  mailEnabled: false,
  securityEnabled: true,
  unified: false,
  dynamic: false,
  roleAssignable: false,
  synced: false,
}

async function adopt(
  context: SyncContext,
  actor: Actor,
  binding: GroupBindingRow,
  _group: GroupRow,
  observed: ObservedGroup,
  agreed: GroupRow | null,
): Promise<ObservedGroup> {
  const { displayName, description } = agreed === null ? observed : valuesOf(agreed)
  const baseline: GroupBaseline = { displayName, description, members: [] }
  binding.remote_id = observed.id
  binding.baseline = JSON.stringify(baseline)
  await context.store.change(actor, async (change) => {
    change.quiet('the create had its own event')
    await putRemoteGroup(change.trx, binding.connection_id, observed, context.runtime.now())
    await updateGroupBinding(change.trx, binding, { remote_id: observed.id, baseline: binding.baseline })
  })
  return observed
}

const valuesOf = (group: GroupRow) => ({ displayName: group.display_name, description: group.description })

/** Sends what the plan says, records each outcome with its event, and settles the binding. */
async function apply(
  context: SyncContext,
  tenant: Tenant,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
  operations: readonly GroupOperation[],
): Promise<void> {
  const writes = operations.map((operation) => writeOf(operation, context.runtime.newId()))
  const bad: Exclude<Outcome<unknown>, { kind: 'done' }>[] = []
  await tenant.writeAll(writes, 'bulk', async (index, outcome) => {
    const [operation, write] = [operations[index], writes[index]]
    if (operation === undefined || write === undefined) return
    if (outcome.kind !== 'done') bad.push(outcome)
    await context.store.change(actor, async (change) => {
      note(change, binding.connection_id, group, binding.remote_id, write.eventId, operation, outcome)
      if (outcome.kind === 'done') await record(context, change, binding, operation)
    })
  })
  const [first] = bad
  // Whoever was put in or taken out meanwhile stands in the way of nineteen others: what is there is read anew.
  if (first !== undefined && binding.remote_id !== null) {
    const members = await tenant.groupMembers(binding.remote_id).catch(() => null)
    const remoteId = binding.remote_id
    if (members !== null)
      await context.store.change(system, async (change) => {
        change.quiet('observation')
        await replaceRemoteMembers(change.trx, binding.connection_id, remoteId, members)
      })
  }
  await context.store.change(actor, async (change) => {
    change.quiet('each write had its own event')
    if (first !== undefined) return await putOff(context, change, binding, first)
    await updateGroupBinding(change.trx, binding, {
      state: 'in_sync',
      baseline: JSON.stringify({ ...valuesOf(group), members: await sharedMembers(change.trx, binding, operations) }),
      attempt: 0,
      next_attempt_at: null,
      error: null,
      named: 0,
      last_sync_at: context.runtime.now(),
    })
    await covered(change, binding)
  })
}

/** Who is in both groups now, or left ours while the others were told: these are ours to take out again. */
async function sharedMembers(
  trx: Change['trx'],
  binding: GroupBindingRow,
  operations: readonly GroupOperation[],
): Promise<string[]> {
  const { connection_id: id, group_id: groupId, remote_id: remoteId } = binding
  const there = await remoteMembers(trx, id, remoteId ?? '')
  const before = binding.baseline === null ? [] : (JSON.parse(binding.baseline) as GroupBaseline).members
  const added = operations.flatMap((each) => (each.kind === 'group_add_members' ? each.members : []))
  const known = await boundAmong(trx, id, [...before, ...added])
  const shared = new Set([...(await accountsOfGroup(trx, id, groupId, { withoutSuspended: false })), ...known])
  return [...shared].filter((account) => there.has(account)).sort()
}

function writeOf(operation: GroupOperation, eventId: string): Write {
  switch (operation.kind) {
    case 'group_create':
      throw new Error('A group is made before anything else.')
    case 'group_update': {
      const changes = Object.fromEntries(operation.changes.map(({ attribute, after }) => [attribute, after]))
      return { eventId, kind: 'update_group', groupId: operation.remoteId, changes }
    }
    case 'group_add_members':
      return { eventId, kind: 'add_members', groupId: operation.remoteId, members: operation.members }
    case 'group_remove_member':
      return { eventId, kind: 'remove_member', groupId: operation.remoteId, member: operation.member }
  }
}

async function send(tenant: Tenant, write: Write): Promise<Outcome<unknown>> {
  let told: Outcome<unknown> = { kind: 'unknown', requestId: null, detail: 'The answer was lost.' }
  await tenant.writeAll([write], 'bulk', (_, outcome) => {
    told = outcome
  })
  return told
}
