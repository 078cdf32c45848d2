import type { Actor } from '../domain/actor.ts'
import type { Outcome, TenantFailure } from '../domain/failure.ts'
import { changesOf, type GroupOperation } from '../domain/group.ts'
import { lookAgainAt, nextAttempt } from '../domain/next-attempt.ts'
import { type GroupBindingRow, updateGroupBinding } from '../store/group-bindings.ts'
import type { GroupRow } from '../store/groups.ts'
import { findRemoteGroup, putRemoteGroup, putRemoteMembers } from '../store/remote-groups.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'

/** The event type of each operation. */
const eventOf = {
  group_create: 'group_create_provision',
  group_update: 'group_update_provision',
  group_add_members: 'group_member_add_provision',
  group_remove_member: 'group_member_remove_provision',
} as const satisfies Record<GroupOperation['kind'], string>

export function note(
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
    cause: operation.kind === 'group_remove_member' && operation.leaver ? 'suspended' : 'directory_changed',
    connection: connectionId,
    account: created ?? remoteId,
    changes: changesOf(operation),
    requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
    detail: outcome.kind === 'failed' ? `${group.display_name}: ${outcome.failure.detail}` : group.display_name,
  })
}

/** What our accepted write made of the group, before the tenant tells us. */
export async function record(
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
export async function putOff(
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

export async function recordMissing(context: SyncContext, actor: Actor, binding: GroupBindingRow, group: GroupRow) {
  await recordProblem(context, actor, binding, group, 'missing', {
    code: 'group_deleted',
    detail: 'The group was deleted in Microsoft 365, and security groups cannot be restored.',
    remedy: 'Unbind the group, or bind it again to make a new one.',
  })
}

export async function recordRefusal(
  context: SyncContext,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
  detail: string,
) {
  const remedy = 'Unbind the group, or bind it to another one.'
  await recordProblem(context, actor, binding, group, 'failed', { code: 'group_not_manageable', detail, remedy })
}

export async function recordHeld(
  context: SyncContext,
  actor: Actor,
  binding: GroupBindingRow,
  group: GroupRow,
  count: number,
) {
  await recordProblem(context, actor, binding, group, 'failed', {
    code: 'brake_engaged',
    detail: `${count} people would be taken out of the group, which is more than goes by itself.`,
    remedy: 'Look at the plan of the connection, and approve it if that is what you want.',
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
  const isHeld = problem.code === 'brake_engaged'
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
    // What is held is planned anew by each cycle until somebody approves it.
    if (!isHeld) await covered(change, binding)
  })
}

/** Takes back as many marks as the plan has seen; what was marked meanwhile stays. */
export async function covered(change: Change, binding: GroupBindingRow): Promise<void> {
  await change.trx
    .updateTable('group_bindings')
    .set((e) => ({ dirty: e('dirty', '-', binding.dirty) }))
    .where('connection_id', '=', binding.connection_id)
    .where('group_id', '=', binding.group_id)
    .execute()
}
