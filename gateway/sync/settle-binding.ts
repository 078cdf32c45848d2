import type { Actor } from '../domain/actor.ts'
import type { Desired } from '../domain/desire.ts'
import type { TenantFailure } from '../domain/failure.ts'
import { lookAgainAt, nextAttempt } from '../domain/next-attempt.ts'
import { passwordOf } from '../domain/operation.ts'
import { passwordDrifted } from '../domain/password-drift.ts'
import { baselineOf } from '../domain/plan.ts'
import { staleForMs } from '../domain/settle.ts'
import { deleteBinding, findBinding, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { markGroupsOfUserDirty } from '../store/group-bindings.ts'
import { erasePending } from '../store/pending-passwords.ts'
import type { Change } from '../store/store.ts'
import { purgeLetGo } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { covered } from './covered.ts'
import type { Unit } from './load.ts'
import { leaveAlone } from './out-of-scope.ts'
import type { Applied, Planned } from './planned.ts'
import { noteSignedOut } from './quarantine.ts'
import { isLicenceRefused, licenceColumns, noteLeaver } from './record-licences.ts'
import { tellDrift } from './tell-people.ts'
import { lookForMissingMs } from './verify.ts'

/** All operations of a binding have an outcome: what the binding is now. */
export async function settleBinding(
  context: SyncContext,
  change: Change,
  connection: ConnectionRow,
  { unit, plan }: Planned,
  applied: readonly Applied[],
): Promise<void> {
  const { binding } = unit
  const now = context.runtime.now()
  const random = (context.runtime.randomBytes(1)[0] ?? 0) / 255
  const failure = applied.flatMap((each) =>
    each.outcome.kind === 'failed' && !isLicenceRefused(each, binding.attempt) ? [each.outcome.failure] : [],
  )[0]
  const unknown = applied.some(({ outcome }) => outcome.kind === 'unknown')
  if (failure !== undefined) return await settleFailed(context, change, connection, unit, failure, random)
  if (unknown) {
    await updateBinding(change.trx, binding, {
      state: binding.unbind === null ? 'retrying' : 'unbinding',
      attempt: binding.attempt + 1,
      next_attempt_at: lookAgainAt(binding.attempt, now, random),
    })
    return
  }
  if (binding.unbind !== null) return await letGo(change, binding)
  if (unit.desired.outOfScope !== null)
    return await leaveAlone(change, unit, await licenceColumns(context, change, connection, { unit, plan }, applied))
  if (applied.some(({ operation }) => operation.kind === 'restore')) {
    // What the account needs now that it is back is the next plan's: the binding stays marked.
    const again = { attempt: 0, next_attempt_at: null, error: null }
    await updateBinding(change.trx, binding, { state: 'pending', ...again })
    return
  }
  if (!applied.some(({ operation }) => passwordOf(operation) !== null)) await noteDrift(context, change, unit)
  if (binding.last_sync_at === null || binding.state === 'missing')
    await markGroupsOfUserDirty(change.trx, connection.id, binding.user_id)
  const born = applied.some(({ operation }) => operation.kind === 'provision')
  const goesOn = applied.some(({ operation }) => operation.kind === 'provision' && operation.next.length > 0)
  await updateBinding(change.trx, binding, {
    state: goesOn ? 'pending' : 'in_sync',
    // What was named is done; what comes later was not.
    named: 0,
    baseline: JSON.stringify(baselineOf(born ? withoutLinks(unit.desired) : unit.desired, plan.drift)),
    attempt: 0,
    next_attempt_at: null,
    error: null,
    drift: driftOf(plan.drift, binding.drift, now),
    last_sync_at: now,
    repair: '[]',
    recover: null,
    job_id: null,
    ...(keepsOldPassword(binding, applied) && { old_password: 'valid' as const }),
    unmapped: JSON.stringify(unit.desired.unmapped),
    ...(readBack(applied) && { verify_at: now + staleForMs }),
    ...(!goesOn && (await licenceColumns(context, change, connection, { unit, plan }, applied))),
  })
  if (!goesOn) await covered(change, unit)
}

/** A new account has no manager yet. */
const withoutLinks = (desired: Desired): Desired => ({ ...desired, modes: { ...desired.modes, manager: 'ignore' } })

/** Taken over, and not made by us: until our password arrives, the one from before signs in there. */
const keepsOldPassword = (binding: Unit['binding'], applied: readonly Applied[]) =>
  binding.baseline === null &&
  applied.some(({ operation }) => operation.kind === 'take_over' && operation.blockedBy === undefined) &&
  !applied.some(({ operation }) => operation.kind === 'set_password')

/** Values may be accepted and dropped in silence: what was written is looked at once no replica can be late any more. */
const readBack = (applied: readonly Applied[]) =>
  applied.some(({ operation }) => {
    return (operation.kind === 'update' || operation.kind === 'take_over') && operation.changes.length > 0
  })

/** The password was changed at Microsoft: told once, and ended by the person's next sign-in here. */
async function noteDrift(
  context: SyncContext,
  change: Change,
  { binding, stored, user, desired }: Unit,
): Promise<boolean> {
  if (stored === null || binding.unbind !== null) return false
  const { passwordChangedAt, createdAt, immutableId } = stored.account
  const standing = { state: binding.password_state, syncedAt: binding.password_tenant_at ?? binding.password_synced_at }
  const ours = immutableId === desired.immutableId
  if (!passwordDrifted(standing, { passwordChangedAt, createdAt, ours })) return false
  await updateBinding(change.trx, binding, { password_state: 'drifted', password_reason: driftReason })
  await tellDrift(context, change, user)
  change.event({
    type: 'password_drift',
    outcome: 'failure',
    user: user.id,
    connection: binding.connection_id,
    account: binding.account_id,
    cause: binding.password_synced_at === null ? 'before_first_sign_in' : 'changed_at_microsoft',
    detail: driftReason,
  })
  return true
}

const driftReason =
  'The password was changed at Microsoft, so there are two now. Signing in to the portal makes them one again.'

async function settleFailed(
  context: SyncContext,
  change: Change,
  connection: ConnectionRow,
  unit: Unit,
  failure: TenantFailure,
  random: number,
): Promise<void> {
  const { binding } = unit
  const next = nextAttempt(failure, binding.attempt, context.runtime.now(), random)
  const { code, detail, remedy, requestId } = failure
  const error = JSON.stringify({ code, detail, remedy, requestId })
  const leaving = binding.unbind !== null
  switch (next.kind) {
    case 'at':
      await updateBinding(change.trx, binding, {
        state: leaving ? 'unbinding' : 'retrying',
        attempt: binding.attempt + 1,
        next_attempt_at: next.at,
        error,
      })
      return
    case 'connection':
      return await noteSignedOut(context, change, connection.id, { code, detail, remedy })
    case 'person':
      await updateBinding(change.trx, binding, {
        state: leaving ? 'unbinding' : 'failed',
        error,
        next_attempt_at: null,
      })
      await covered(change, unit)
      return
  }
}

/** A plan without operations: in step, gone, or waiting for a person. */
export async function recordVerdict(
  context: SyncContext,
  connection: ConnectionRow,
  actor: Actor,
  { unit, plan }: Planned,
): Promise<void> {
  const { binding } = unit
  const now = context.runtime.now()
  await context.store.change(actor, async (change) => {
    switch (plan.verdict) {
      case 'left':
        return await letGo(change, binding)
      case 'out_of_scope':
        return await leaveAlone(change, unit, await licenceColumns(context, change, connection, { unit, plan }, []))
      case 'in_step': {
        if (!(await noteDrift(context, change, unit))) change.quiet('nothing to do')
        const waiting = unit.target.kind === 'none'
        if (!waiting && (binding.last_sync_at === null || binding.state === 'missing'))
          await markGroupsOfUserDirty(change.trx, connection.id, binding.user_id)
        await updateBinding(change.trx, binding, {
          state: waiting ? binding.state : 'in_sync',
          ...(!waiting && {
            named: 0,
            baseline: JSON.stringify(baselineOf(unit.desired, plan.drift)),
            last_sync_at: now,
            repair: '[]',
            ...(await licenceColumns(context, change, connection, { unit, plan }, [])),
          }),
          attempt: 0,
          next_attempt_at: null,
          error: null,
          drift: driftOf(plan.drift, binding.drift, now),
          unmapped: JSON.stringify(unit.desired.unmapped),
        })
        return await covered(change, unit)
      }
      case 'missing':
      case 'conflict':
      case 'protected': {
        const state = plan.verdict === 'missing' ? 'missing' : 'failed'
        const error = { ...problemOf[plan.verdict], requestId: null, ...(state === 'missing' && purgeOf(unit)) }
        if (binding.state !== state || binding.error !== JSON.stringify(error)) {
          change.event({
            type: `binding_${plan.verdict}`,
            outcome: 'failure',
            user: unit.user.id,
            connection: connection.id,
            account: binding.account_id,
            detail: error.detail,
          })
        } else change.quiet('known already')
        const problem = {
          state,
          error: JSON.stringify(error),
          next_attempt_at: null,
          recover: null,
          ...(state === 'missing' && { verify_at: now + lookForMissingMs }),
        } as const
        await updateBinding(change.trx, binding, problem)
        return await covered(change, unit)
      }
      case 'work':
        throw new Error('A plan with work has operations.')
    }
  })
}

/** How long Microsoft 365 keeps a deleted account; counted from when we saw it gone. */
const keptDeletedMs = 30 * 86_400_000

function purgeOf({ stored }: Unit): { restorableUntil?: string } {
  if (stored?.deletedAt == null) return {}
  return { restorableUntil: new Date(stored.deletedAt + keptDeletedMs).toISOString() }
}

const problemOf = {
  missing: {
    code: 'account_deleted',
    detail: 'The account was deleted in Microsoft 365.',
    remedy: 'Bind again to restore it with its mailbox and files; create it anew, or unbind this user.',
  },
  conflict: {
    code: 'account_conflict',
    detail: 'More than one account matches this user, or the account belongs to another user.',
    remedy: 'Decide whose account it is, and bind the user to it by its object id.',
  },
  protected: {
    code: 'account_protected',
    detail: 'The account is protected: it holds an administrator role, is a guest, or is synced from on-premises.',
    remedy: 'Leave it to Microsoft 365 and unbind the user, or bind again with an explicit override.',
  },
} as const

async function letGo(change: Change, binding: Unit['binding']): Promise<void> {
  const present = await findBinding(change.trx, binding.connection_id, binding.user_id)
  // Bound again while the account was let go: that stands, and the next plan follows it.
  if (present === undefined || present.unbind === null) return change.quiet('bound again meanwhile')
  await markGroupsOfUserDirty(change.trx, binding.connection_id, binding.user_id)
  await erasePending(change.trx, { connectionId: binding.connection_id, userId: binding.user_id })
  if (present.unbind === 'block') await noteLeaver(change, present)
  await deleteBinding(change.trx, binding)
  await purgeLetGo(change.trx)
  change.event({
    type: 'binding_end',
    cause: binding.unbind,
    user: binding.user_id,
    connection: binding.connection_id,
    account: binding.account_id,
  })
}

/** Drift as it stands, keeping since when each was seen. */
function driftOf(open: Planned['plan']['drift'], before: string, now: number): string {
  const seen = new Map(
    (JSON.parse(before) as { attribute: string; seenAt: number }[]).map((d) => [d.attribute, d.seenAt]),
  )
  return JSON.stringify(open.map((entry) => ({ ...entry, seenAt: seen.get(entry.attribute) ?? now })))
}
