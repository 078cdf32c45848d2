import type { BindInput } from '@lockstep/shared/contract/binding'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Actor } from '../domain/actor.ts'
import { presenceOf } from '../domain/desire.ts'
import { Problem } from '../domain/problem.ts'
import { type BindingRow, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { putBinding } from './put-binding.ts'

/** Brings back the account that was deleted in the tenant, or makes a new one if that is what was asked for. */
export async function recoverBinding(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  user: UserRow,
  before: BindingRow,
  input: BindInput,
): Promise<void> {
  const accountId = before.account_id as AccountId | null
  const deleted = accountId === null ? new Set() : await context.tenants.of(connection).readDeleted([accountId])
  const restores = deleted.has(accountId)
  if (!restores && input.recreate !== true) {
    throw new Problem(
      'account_deleted',
      `The account of ${user.email} was deleted for good and cannot be restored. Bind with "recreate": true to make a new, empty one, or unbind.`,
    )
  }
  assertLetIn(user)
  await context.store.change(actor, async (change) => {
    if (restores) await wantBack(change, before)
    else await putBinding(context, change.trx, connection, user, { ...input, accountId: null, named: false })
    change.event({
      type: 'binding_create',
      user: user.id,
      connection: connection.id,
      account: accountId,
      cause: restores ? 'restore' : 'recreate',
    })
  })
}

/** A restored account may be enabled for a moment: nobody who is to be blocked gets it. */
export function assertLetIn(user: UserRow): void {
  if (presenceOf(user).kind === 'enabled') return
  if (user.state === 'suspended')
    throw new Problem('user_state_conflict', `${user.display_name} is suspended. Resume the person first, then bind.`)
  throw new Problem(
    'user_state_conflict',
    `The password of ${user.display_name} has expired. Have another one chosen first, then bind.`,
  )
}

/** The next plan looks for the account among the deleted ones; what the binding knew of both sides stays. */
export async function wantBack(change: Change, before: BindingRow, jobId?: string): Promise<void> {
  await updateBinding(change.trx, before, {
    state: 'pending',
    recover: 'restore',
    job_id: jobId ?? null,
    attempt: 0,
    next_attempt_at: null,
    error: null,
    dirty: before.dirty + 1,
  })
}
