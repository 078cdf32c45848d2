import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from '../domain/account.ts'
import type { Actor } from '../domain/actor.ts'
import type { Desired } from '../domain/desire.ts'
import type { Outcome, TenantFailure } from '../domain/failure.ts'
import { lookAgainAt, nextAttempt } from '../domain/next-attempt.ts'
import type { BlockCause, Operation, OperationKind } from '../domain/operation.ts'
import { passwordDrifted } from '../domain/password-drift.ts'
import { baselineOf } from '../domain/plan.ts'
import { staleForMs } from '../domain/settle.ts'
import { dropBlockIntent, markRestored, putAccounts, recordWrite } from '../store/accounts.ts'
import { insertBeforeImage } from '../store/before-images.ts'
import { deleteBinding, findBinding, markReportsDirty, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { markGroupsOfUserDirty } from '../store/group-bindings.ts'
import { erasePending } from '../store/pending-passwords.ts'
import type { Change } from '../store/store.ts'
import { purgeLetGo } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import type { Unit } from './load.ts'
import type { Applied, Planned } from './planned.ts'
import { noteSignedOut } from './quarantine.ts'
import { lookForMissingMs } from './verify.ts'

/** The event type of each operation, as the contract names them. */
export const eventOf = {
  provision: 'user_create_provision',
  take_over: 'user_update_provision',
  update: 'user_update_provision',
  set_password: 'user_password_update_provision',
  deprovision: 'user_deprovision',
  reprovision: 'user_reprovision',
  restore: 'user_restore_provision',
  revoke_sessions: 'user_deprovision',
} as const satisfies Record<OperationKind, string>

/** Records one outcome: the event of the write, and what the account and the password are now. */
export async function recordOperation(
  context: SyncContext,
  change: Change,
  connection: ConnectionRow,
  unit: { user: { id: string } },
  { operation, eventId, outcome }: Applied,
): Promise<void> {
  const now = context.runtime.now()
  const key = { connection_id: connection.id, user_id: unit.user.id }
  const created = outcome.kind === 'done' && operation.kind === 'provision' ? (outcome.value as AccountId) : null
  const accountId = created ?? operation.accountId
  const sent = operation.kind !== 'take_over' || operation.changes.length > 0
  change.event({
    id: eventId,
    type: sent ? eventOf[operation.kind] : 'binding_takeover',
    outcome: outcomeWord(outcome),
    cause: operation.reason,
    user: unit.user.id,
    connection: connection.id,
    account: accountId,
    changes: operation.changes,
    requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
    detail: outcome.kind === 'failed' ? outcome.failure.detail : outcome.kind === 'unknown' ? outcome.detail : null,
  })
  if (outcome.kind === 'failed' && operation.kind === 'set_password' && outcome.failure.kind === 'password_refused') {
    await erasePending(change.trx, ownerOf(connection, unit.user.id), { version: operation.version })
    await updateBinding(change.trx, key, {
      password_state: 'rejected',
      password_version: operation.version,
      password_reason: outcome.failure.detail,
    })
  }
  if (operation.kind === 'deprovision' && outcome.kind !== 'done')
    return await recordHalfBlock(change, connection, operation, outcome, now)
  if (outcome.kind !== 'done') return
  switch (operation.kind) {
    case 'provision': {
      const created = accountOf(operation, outcome.value as AccountId, now)
      await putAccounts(change.trx, connection.id, [created], now)
      await updateBinding(change.trx, key, { account_id: created.id })
      if (!created.enabled) await recordWrite(change.trx, connection.id, created.id, { blockedBy: 'staged' }, now)
      await markReportsDirty(change.trx, connection.id, unit.user.id)
      if (operation.passwordVersion !== null)
        await passwordArrived(change, connection, unit, operation.passwordVersion, now, outcome.tenantAt)
      else await updateBinding(change.trx, key, { password_state: 'awaiting_login' })
      return
    }
    case 'take_over':
      await updateBinding(change.trx, key, { account_id: operation.accountId })
      await recordWrite(
        change.trx,
        connection.id,
        operation.accountId,
        { ...written(operation), ...(operation.blockedBy && { blockedBy: operation.blockedBy }) },
        now,
      )
      await markReportsDirty(change.trx, connection.id, unit.user.id)
      return
    case 'update':
      await recordWrite(change.trx, connection.id, operation.accountId, written(operation), now)
      return
    case 'set_password':
      await passwordArrived(change, connection, unit, operation.version, now, outcome.tenantAt)
      return
    case 'deprovision': {
      const block = { enabled: false, blockedBy: operation.reason as BlockCause, revokeDue: false }
      await recordWrite(change.trx, connection.id, operation.accountId, block, now)
      return
    }
    case 'revoke_sessions':
      await recordWrite(change.trx, connection.id, operation.accountId, { revokeDue: false }, now)
      return
    case 'reprovision': {
      const enable = { enabled: true, blockedBy: null, revokeDue: false }
      await recordWrite(change.trx, connection.id, operation.accountId, enable, now)
      return
    }
    case 'restore':
      await markRestored(change.trx, connection.id, operation.accountId)
      await updateBinding(change.trx, key, { account_id: operation.accountId, recover: null })
      return
  }
}

/**
 * Remembers what the account was before, for undoing: also when nobody knows whether the write took effect, for undoing
 * looks at what the account is then.
 */
export async function recordBeforeImage(
  change: Change,
  connection: ConnectionRow,
  unit: Pick<Unit, 'user' | 'binding'>,
  { operation, eventId, outcome }: Applied,
  cycleId: string | null,
): Promise<void> {
  const created = outcome.kind === 'done' && operation.kind === 'provision' ? (outcome.value as AccountId) : null
  const accountId = created ?? operation.accountId
  if (accountId === null || outcome.kind === 'failed' || operation.kind === 'set_password') return
  await insertBeforeImage(change.trx, {
    event_id: eventId,
    connection_id: connection.id,
    user_id: unit.user.id,
    account_id: accountId,
    job_id: unit.binding.job_id,
    cycle_id: cycleId,
    kind: operation.kind,
    changes: JSON.stringify(operation.changes),
    at: change.now,
    undone_at: null,
  })
}

/** The account is blocked although its sessions are not revoked, or it is not blocked at all, or nobody knows yet. */
async function recordHalfBlock(
  change: Change,
  connection: ConnectionRow,
  operation: Extract<Operation, { kind: 'deprovision' }>,
  outcome: Exclude<Outcome<unknown>, { kind: 'done' }>,
  now: number,
): Promise<void> {
  if ((outcome.stepsDone ?? 0) > 0) {
    const block = { enabled: false, blockedBy: operation.reason as BlockCause, revokeDue: true }
    await recordWrite(change.trx, connection.id, operation.accountId, block, now)
  } else if (outcome.kind === 'failed') await dropBlockIntent(change.trx, connection.id, operation.accountId)
}

/** The tenant has taken this version: the sealed copy goes, unless a newer one waits. */
export async function passwordArrived(
  change: Change,
  connection: ConnectionRow,
  unit: { user: { id: string } },
  version: number,
  now: number,
  tenantAt = now,
): Promise<void> {
  await erasePending(change.trx, ownerOf(connection, unit.user.id), { version })
  await updateBinding(
    change.trx,
    { connection_id: connection.id, user_id: unit.user.id },
    {
      password_state: 'in_sync',
      password_version: version,
      password_synced_at: now,
      password_tenant_at: tenantAt,
      password_reason: null,
    },
  )
}

const ownerOf = (connection: ConnectionRow, userId: string) => ({ connectionId: connection.id, userId })

const written = (operation: Extract<Operation, { kind: 'take_over' | 'update' }>) =>
  Object.fromEntries(operation.changes.map((change) => [change.attribute, change.after]))

/** The account as it is right after its creation. */
function accountOf(operation: Extract<Operation, { kind: 'provision' }>, id: AccountId, now: number): ObservedAccount {
  const { account } = operation
  return {
    id,
    userPrincipalName: account.userPrincipalName,
    mail: null,
    addresses: [],
    enabled: account.enabled,
    immutableId: account.immutableId,
    guest: false,
    synced: false,
    restricted: false,
    attributes: account.attributes,
    manager: null,
    passwordPolicies: account.passwordPolicies,
    passwordChangedAt: now,
    createdAt: now,
  }
}

function outcomeWord(outcome: Outcome<unknown>): 'success' | 'failure' | 'retrying' {
  if (outcome.kind === 'done') return 'success'
  if (outcome.kind === 'unknown') return 'retrying'
  return outcome.failure.kind === 'throttled' || outcome.failure.kind === 'unavailable' ? 'retrying' : 'failure'
}

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
  const failure = applied.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome.failure] : []))[0]
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
  if (applied.some(({ operation }) => operation.kind === 'restore')) {
    // What the account needs now that it is back is the next plan's: the binding stays marked.
    const again = { attempt: 0, next_attempt_at: null, error: null }
    await updateBinding(change.trx, binding, { state: 'pending', ...again })
    return
  }
  if (!applied.some(({ operation }) => operation.kind === 'set_password')) await noteDrift(change, unit)
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
    unmapped: JSON.stringify(unit.desired.unmapped),
    ...(readBack(applied) && { verify_at: now + staleForMs }),
  })
  if (!goesOn) await covered(change, unit)
}

/** A new account has no manager yet. */
const withoutLinks = (desired: Desired): Desired => ({ ...desired, modes: { ...desired.modes, manager: 'ignore' } })

/** Values may be accepted and dropped in silence: what was written is looked at once no replica can be late any more. */
const readBack = (applied: readonly Applied[]) =>
  applied.some(({ operation }) => {
    return (operation.kind === 'update' || operation.kind === 'take_over') && operation.changes.length > 0
  })

/** The password was changed at Microsoft: told once, and ended by the person's next sign-in here. */
async function noteDrift(change: Change, { binding, stored, user, desired }: Unit): Promise<boolean> {
  if (stored === null || binding.unbind !== null) return false
  const { passwordChangedAt, createdAt, immutableId } = stored.account
  const standing = { state: binding.password_state, syncedAt: binding.password_tenant_at ?? binding.password_synced_at }
  const ours = immutableId === desired.immutableId
  if (!passwordDrifted(standing, { passwordChangedAt, createdAt, ours })) return false
  await updateBinding(change.trx, binding, { password_state: 'drifted', password_reason: driftReason })
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
      case 'in_step': {
        if (!(await noteDrift(change, unit))) change.quiet('nothing to do')
        const waiting = unit.target.kind === 'none'
        if (!waiting && (binding.last_sync_at === null || binding.state === 'missing'))
          await markGroupsOfUserDirty(change.trx, connection.id, binding.user_id)
        await updateBinding(change.trx, binding, {
          state: waiting ? binding.state : 'in_sync',
          ...(!waiting && {
            named: 0,
            baseline: JSON.stringify(baselineOf(unit.desired, plan.drift)),
            last_sync_at: now,
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
        const error = { ...problemOf[plan.verdict], requestId: null }
        const state = plan.verdict === 'missing' ? 'missing' : 'failed'
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

/** Takes back as many marks as the plan has seen; what was marked meanwhile stays. */
async function covered(change: Change, unit: Unit): Promise<void> {
  await change.trx
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '-', unit.binding.dirty) }))
    .where('connection_id', '=', unit.binding.connection_id)
    .where('user_id', '=', unit.binding.user_id)
    .execute()
}

/** Drift as it stands, keeping since when each was seen. */
function driftOf(open: Planned['plan']['drift'], before: string, now: number): string {
  const seen = new Map(
    (JSON.parse(before) as { attribute: string; seenAt: number }[]).map((d) => [d.attribute, d.seenAt]),
  )
  return JSON.stringify(open.map((entry) => ({ ...entry, seenAt: seen.get(entry.attribute) ?? now })))
}
