import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from '../domain/account.ts'
import { weightOf } from '../domain/brake.ts'
import type { Outcome } from '../domain/failure.ts'
import { type BlockCause, type Operation, type OperationKind, passwordOf } from '../domain/operation.ts'
import { markRestored, putAccounts, recordWrite } from '../store/accounts.ts'
import { insertBeforeImage } from '../store/before-images.ts'
import { markReportsDirty, updateBinding } from '../store/bindings.ts'
import { dropBlockIntent, intendBlock } from '../store/blocks.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { dropTicket, erasePendingArrived } from '../store/password-tickets.ts'
import { erasePending } from '../store/pending-passwords.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'
import { named, namesIn, storedStock } from './licence-stock.ts'
import type { Applied } from './planned.ts'
import { recordLicences } from './record-licences.ts'
import { tellRefused } from './tell-people.ts'

/** The event type of each operation, as the contract names them. */
export const eventOf = {
  provision: 'user_create_provision',
  take_over: 'user_update_provision',
  update: 'user_update_provision',
  set_password: 'user_password_update_provision',
  end_password: 'user_password_update_provision',
  deprovision: 'user_deprovision',
  reprovision: 'user_reprovision',
  restore: 'user_restore_provision',
  revoke_sessions: 'user_deprovision',
  licence: 'user_licence_provision',
} as const satisfies Record<OperationKind, string>

/** A licence taken back has a type of its own, since the brake counts it. */
const typeOf = (operation: Operation): string =>
  operation.kind === 'licence' && weightOf(operation) > 0 ? 'user_licence_remove_provision' : eventOf[operation.kind]

const withNames = async ({ trx }: Change, connection: ConnectionRow, { changes }: Operation) =>
  named(namesIn(await storedStock(trx, connection.id)), changes)

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
    type: sent ? typeOf(operation) : 'binding_takeover',
    outcome: outcomeWord(outcome),
    cause: operation.reason,
    user: unit.user.id,
    connection: connection.id,
    account: accountId,
    changes: operation.kind === 'licence' ? await withNames(change, connection, operation) : operation.changes,
    requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
    detail: outcome.kind === 'failed' ? outcome.failure.detail : outcome.kind === 'unknown' ? outcome.detail : null,
  })
  if (passwordOf(operation) !== null) await closeTicket(change, eventId, outcome)
  if (outcome.kind === 'failed' && operation.kind === 'set_password' && outcome.failure.kind === 'password_refused') {
    await erasePending(change.trx, ownerOf(connection, unit.user.id), { version: operation.version })
    await updateBinding(change.trx, key, {
      password_state: 'rejected',
      password_version: operation.version,
      password_reason: outcome.failure.detail,
    })
    await tellRefused(context, change, unit.user.id, operation.version)
  }
  if (operation.kind === 'deprovision' && outcome.kind !== 'done')
    return await recordHalfBlock(change, connection, operation, outcome, now)
  if (operation.kind === 'licence') return await recordLicences(change, connection, operation, { outcome }, now)
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
    case 'end_password':
      await updateBinding(change.trx, key, {
        old_password: null,
        password_state: 'awaiting_login',
        password_tenant_at: outcome.tenantAt ?? now,
      })
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
  by: { userId: string; jobId: string | null; cycleId: string | null },
  { operation, eventId, outcome }: Applied,
): Promise<void> {
  const created = outcome.kind === 'done' && operation.kind === 'provision' ? (outcome.value as AccountId) : null
  const accountId = created ?? operation.accountId
  if (accountId === null || outcome.kind === 'failed' || passwordOf(operation) !== null) return
  await insertBeforeImage(change.trx, {
    event_id: eventId,
    connection_id: connection.id,
    user_id: by.userId,
    account_id: accountId,
    job_id: by.jobId,
    cycle_id: by.cycleId,
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
  else await intendBlock(change.trx, connection.id, operation.accountId, operation.reason as BlockCause, now)
}

/** Nothing is open any more, unless the tenant may have done it although it did not say so. */
export async function closeTicket(change: Change, eventId: string, outcome: Outcome<unknown>): Promise<void> {
  const open = outcome.kind === 'unknown' || (outcome.kind === 'failed' && mayBeDone.has(outcome.failure.kind))
  if (!open) await dropTicket(change.trx, eventId)
}

const mayBeDone: ReadonlySet<string> = new Set(['throttled', 'unavailable'])

/** The tenant has taken this version. */
export async function passwordArrived(
  change: Change,
  connection: ConnectionRow,
  unit: { user: { id: string } },
  version: number,
  now: number,
  tenantAt = now,
): Promise<void> {
  const lateUntil = await erasePendingArrived(change.trx, ownerOf(connection, unit.user.id), version, now)
  await updateBinding(
    change.trx,
    { connection_id: connection.id, user_id: unit.user.id },
    {
      password_state: 'in_sync',
      password_version: version,
      password_synced_at: now,
      password_tenant_at: Math.max(tenantAt, lateUntil ?? 0),
      password_reason: null,
      old_password: null,
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
    licences: [],
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
  return passing.has(outcome.failure.kind) ? 'retrying' : 'failure'
}

const passing: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'no_location'])
