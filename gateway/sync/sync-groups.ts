import type { AccountId } from '@lockstep/shared/contract/ids'
import { type Actor, system } from '../domain/actor.ts'
import type { Outcome, TenantFailure } from '../domain/failure.ts'
import {
  type GroupBaseline,
  type GroupOperation,
  kindOf,
  type ObservedGroup,
  planGroup,
  refusalOf,
  removalsOf,
} from '../domain/group.ts'
import { lookAgainAt, nextAttempt } from '../domain/next-attempt.ts'
import type { Tenant, Write } from '../graph/tenant.ts'
import { accountsOfGroup, boundAccounts } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { dueGroupBindings, type GroupBindingRow, hasGroupBindings, updateGroupBinding } from '../store/group-bindings.ts'
import { findGroup, type GroupRow } from '../store/groups.ts'
import {
  findRemoteGroup,
  putRemoteGroup,
  putRemoteMembers,
  remoteMembers,
  replaceRemoteMembers,
} from '../store/remote-groups.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'
import { observeGroups } from './observe-groups.ts'
import { isBraked } from './sync-bindings.ts'

/** Makes the groups of the tenant follow ours. Asks nothing of a tenant where no group is bound. */
export async function syncGroups(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  mayWrite: boolean,
  actor: Actor = system,
): Promise<void> {
  if (!(await hasGroupBindings(context.store.db, connection.id))) return
  await observeGroups(context, connection, tenant)
  if (!mayWrite) return
  for (const binding of await dueGroupBindings(context.store.db, connection.id, context.runtime.now())) {
    const group = await findGroup(context.store.db, binding.group_id)
    if (group !== undefined) await syncGroup(context, connection, tenant, actor, binding, group)
  }
}

async function syncGroup(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
): Promise<void> {
  const { db } = context.store
  let observed = binding.remote_id === null ? null : ((await findRemoteGroup(db, connection.id, binding.remote_id)) ?? null)
  if (binding.remote_id !== null && observed === null) return await recordMissing(context, actor, binding, group)
  const refusal = observed === null ? null : refusalOf[kindOf(observed)]
  if (refusal !== null) return await recordRefusal(context, actor, binding, group, refusal)
  const [first] = await planOf(context, binding, group, observed)
  if (first?.kind === 'group_create') {
    observed = await create(context, connection, tenant, actor, binding, group, first)
    if (observed === null) return
  }
  const operations = await planOf(context, binding, group, observed)
  if (await isBraked(context, connection, removalsOf(operations)))
    return await recordHeld(context, actor, binding, group, removalsOf(operations))
  await apply(context, tenant, actor, binding, group, operations)
}

async function planOf(
  context: SyncContext,
  binding: GroupBindingRow,
  group: GroupRow,
  observed: ObservedGroup | null,
): Promise<GroupOperation[]> {
  const { db } = context.store
  const { connection_id: connectionId } = binding
  const desired = {
    groupId: group.id,
    displayName: group.display_name,
    description: group.description,
    baseline: binding.baseline === null ? null : (JSON.parse(binding.baseline) as GroupBaseline),
    members: (await accountsOfGroup(db, connectionId, group.id)) as AccountId[],
    ours: await boundAccounts(db, connectionId),
  }
  if (observed === null) return planGroup(desired, null)
  return planGroup(desired, { group: observed, members: await remoteMembers(db, connectionId, observed.id) })
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
  group: GroupRow,
  observed: ObservedGroup,
  agreed: GroupRow | null,
): Promise<ObservedGroup> {
  const baseline: GroupBaseline = agreed === null ? observed : baselineOf(group)
  binding.remote_id = observed.id
  binding.baseline = JSON.stringify({ displayName: baseline.displayName, description: baseline.description })
  await context.store.change(actor, async (change) => {
    change.quiet('the create had its own event')
    await putRemoteGroup(change.trx, binding.connection_id, observed, context.runtime.now())
    await updateGroupBinding(change.trx, binding, { remote_id: observed.id, baseline: binding.baseline })
  })
  return observed
}

const baselineOf = (group: GroupRow): GroupBaseline => ({
  displayName: group.display_name,
  description: group.description,
})

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
      baseline: JSON.stringify(baselineOf(group)),
      attempt: 0,
      next_attempt_at: null,
      error: null,
      last_sync_at: context.runtime.now(),
    })
    await covered(change, binding)
  })
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

const eventOf = {
  group_create: 'group_create_provision',
  group_update: 'group_update_provision',
  group_add_members: 'group_member_add_provision',
  group_remove_member: 'group_member_remove_provision',
} as const satisfies Record<GroupOperation['kind'], string>

function note(
  change: Change,
  connectionId: string,
  group: GroupRow,
  remoteId: string | null,
  eventId: string,
  operation: GroupOperation,
  outcome: Outcome<unknown>,
): void {
  const created = operation.kind === 'group_create' && outcome.kind === 'done' ? String(outcome.value) : null
  change.event({
    id: eventId,
    type: eventOf[operation.kind],
    outcome: outcome.kind === 'done' ? 'success' : outcome.kind === 'unknown' ? 'retrying' : 'failure',
    cause: 'directory_changed',
    connection: connectionId,
    account: created ?? remoteId,
    changes: changesOf(operation),
    requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
    detail: outcome.kind === 'failed' ? `${group.display_name}: ${outcome.failure.detail}` : group.display_name,
  })
}

function changesOf(operation: GroupOperation): { attribute: string; before: string | null; after: string | null }[] {
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

/** What our accepted write made of the group, before the tenant tells us. */
async function record(
  context: SyncContext,
  change: Change,
  binding: GroupBindingRow,
  operation: GroupOperation,
): Promise<void> {
  const { connection_id: id } = binding
  switch (operation.kind) {
    case 'group_create':
      return
    case 'group_update': {
      const before = await findRemoteGroup(change.trx, id, operation.remoteId)
      const values = Object.fromEntries(operation.changes.map(({ attribute, after }) => [attribute, after]))
      if (before !== undefined) await putRemoteGroup(change.trx, id, { ...before, ...values }, context.runtime.now())
      return
    }
    case 'group_add_members': {
      const members = operation.members.map((member) => ({ id: member.toLowerCase(), removed: false }))
      return await putRemoteMembers(change.trx, id, operation.remoteId, members)
    }
    case 'group_remove_member':
      return await putRemoteMembers(change.trx, id, operation.remoteId, [{ id: operation.member, removed: true }])
  }
}

/** Tried again later, or left to a person. */
async function putOff(
  context: SyncContext,
  change: Change,
  binding: GroupBindingRow,
  outcome: Exclude<Outcome<unknown>, { kind: 'done' }>,
): Promise<void> {
  const now = context.runtime.now()
  const random = (context.runtime.randomBytes(1)[0] ?? 0) / 255
  const attempt = binding.attempt + 1
  const failure = outcome.kind === 'failed' ? outcome.failure : null
  const next =
    failure === null
      ? ({ kind: 'at', at: lookAgainAt(binding.attempt, now, random) } as const)
      : nextAttempt(repeatable(failure, binding.attempt), binding.attempt, now, random)
  const error = failure === null ? null : JSON.stringify(problemOf(failure))
  if (next.kind === 'at')
    return await updateGroupBinding(change.trx, binding, {
      state: 'retrying',
      attempt,
      next_attempt_at: next.at,
      error,
    })
  await updateGroupBinding(change.trx, binding, { state: 'failed', error, next_attempt_at: null })
  await covered(change, binding)
}

/** A member who is there already is no conflict once the members were read anew. */
const repeatable = (failure: TenantFailure, attempt: number): TenantFailure =>
  failure.kind === 'conflict' && attempt < 3 ? { ...failure, kind: 'unavailable' } : failure

const problemOf = ({ code, detail, remedy }: { code: string; detail: string; remedy: string }) => ({
  code,
  detail,
  remedy,
})

async function recordMissing(context: SyncContext, actor: Actor, binding: GroupBindingRow, group: GroupRow) {
  await recordProblem(context, actor, binding, group, 'missing', {
    code: 'group_deleted',
    detail: 'The group was deleted in Microsoft 365, and security groups cannot be restored.',
    remedy: 'Unbind the group, or bind it again to make a new one.',
  })
}

async function recordRefusal(
  context: SyncContext,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
  detail: string,
) {
  const remedy = 'Unbind the group, or bind it to another one.'
  await recordProblem(context, actor, binding, group, 'failed', { code: 'group_not_manageable', detail, remedy })
}

async function recordHeld(context: SyncContext, actor: Actor, binding: GroupBindingRow, group: GroupRow, count: number) {
  await recordProblem(context, actor, binding, group, 'failed', {
    code: 'brake_engaged',
    detail: `${count} people would be taken out of the group, which is more than goes by itself.`,
    remedy: 'Look at who is in the group here, then bind the group again to let it go through.',
  })
}

async function recordProblem(
  context: SyncContext,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
  state: 'missing' | 'failed',
  problem: { code: string; detail: string; remedy: string },
): Promise<void> {
  const error = JSON.stringify(problem)
  await context.store.change(actor, async (change) => {
    if (binding.state === state && binding.error === error) change.quiet('known already')
    else
      change.event({
        type: `group_binding_${state}`,
        outcome: 'failure',
        cause: problem.code,
        connection: binding.connection_id,
        account: binding.remote_id,
        detail: `${group.display_name}: ${problem.detail}`,
      })
    await updateGroupBinding(change.trx, binding, { state, error, next_attempt_at: null })
    await covered(change, binding)
  })
}

/** Takes back as many marks as the plan has seen; what was marked meanwhile stays. */
async function covered(change: Change, binding: GroupBindingRow): Promise<void> {
  await change.trx
    .updateTable('group_bindings')
    .set((e) => ({ dirty: e('dirty', '-', binding.dirty) }))
    .where('connection_id', '=', binding.connection_id)
    .where('group_id', '=', binding.group_id)
    .execute()
}
