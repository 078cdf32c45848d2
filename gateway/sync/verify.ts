import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from '../domain/account.ts'
import { system } from '../domain/actor.ts'
import type { Baseline } from '../domain/desire.ts'
import { attributeOf } from '../domain/plan.ts'
import { droppedValues } from '../domain/settle.ts'
import type { Tenant } from '../graph/tenant.ts'
import { findAccounts, type StoredAccount } from '../store/accounts.ts'
import { type BindingRow, bindingsToVerify, updateBinding } from '../store/bindings.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import { doubtedAccounts, endDoubts } from '../store/doubts.ts'
import type { SyncContext } from './context.ts'
import { remember } from './observe.ts'

/** At most this many accounts are looked at in one cycle. */
const atOnce = 500
/** How often a deleted account is looked for, in ms: no delta has to tell that it was restored. */
export const lookForMissingMs = 60 * 60_000
/** How often all accounts are asked when their password changed, in ms: a change of it alone may be in no delta. */
const passwordsEveryMs = 60 * 60_000

/**
 * Reads by id what was taken for a late answer: no delta tells once more that somebody has put an old value back, or that a
 * write whose answer was lost took effect after all.
 */
export async function settleDoubts(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<void> {
  const ids = await doubtedAccounts(context.store.db, connection.id, context.runtime.now(), atOnce)
  if (ids.length === 0) return
  const read = await tenant.readAccounts(ids)
  await remember(context, connection.id, [...read.values()])
  const gone = ids.filter((id) => !read.has(id))
  if (gone.length === 0) return
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    await endDoubts(change.trx, connection.id, gone)
  })
}

/**
 * Reads by id what no delta has to tell: values that the tenant accepted and dropped in silence, and deleted accounts that
 * somebody restored.
 */
export async function verifyDue(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<void> {
  const due = await bindingsToVerify(context.store.db, connection.id, context.runtime.now(), atOnce)
  const ids = due.flatMap(({ account_id }) => (account_id === null ? [] : [account_id as AccountId]))
  if (ids.length === 0) return
  const before = await findAccounts(context.store.db, connection.id, ids)
  const read = await tenant.readAccounts(ids)
  await remember(context, connection.id, [...read.values()])
  for (const binding of due) {
    const id = binding.account_id as AccountId
    await verified(context, connection, binding, before.get(id), read.get(id))
  }
}

async function verified(
  context: SyncContext,
  connection: ConnectionRow,
  binding: BindingRow,
  stored: StoredAccount | undefined,
  seen: ObservedAccount | undefined,
): Promise<void> {
  const now = context.runtime.now()
  const dropped = stored === undefined || seen === undefined ? [] : droppedValues(stored.written, seen)
  await context.store.change(system, async (change) => {
    const verify_at = seen === undefined && binding.state === 'missing' ? now + lookForMissingMs : null
    if (dropped.length === 0 || seen === undefined || binding.baseline === null) {
      change.quiet('nothing was dropped')
      return await updateBinding(change.trx, binding, { verify_at })
    }
    // Pushing it again would be dropped again: it is a difference from now on, until either side changes it.
    const baseline: Record<string, Baseline[keyof Baseline]> = { ...(JSON.parse(binding.baseline) as Baseline) }
    for (const { attribute, wrote } of dropped)
      baseline[attribute] = { ours: wrote, theirs: attributeOf(seen, attribute) }
    await updateBinding(change.trx, binding, {
      verify_at,
      baseline: JSON.stringify(baseline),
      dirty: binding.dirty + 1,
    })
    change.event({
      type: 'user_update_dropped',
      outcome: 'failure',
      user: binding.user_id,
      connection: connection.id,
      account: binding.account_id,
      changes: dropped.map(({ attribute, wrote }) => ({
        attribute,
        before: attributeOf(seen, attribute),
        after: wrote,
      })),
      detail:
        'Microsoft 365 accepted these values and kept its own. They are shown as a difference: adopt its values, or look for what masters them there.',
    })
  })
}

/** Asks when each password changed, once an hour. */
export async function readPasswordTimes(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
): Promise<void> {
  const now = context.runtime.now()
  const last = Math.max(connection.full_read_at ?? 0, connection.passwords_read_at ?? 0)
  if (now - last < passwordsEveryMs) return
  for await (const page of tenant.passwordTimes()) {
    const stored = await findAccounts(
      context.store.db,
      connection.id,
      page.map(({ id }) => id),
    )
    const changed = page.flatMap(({ id, passwordChangedAt }) => {
      const account = stored.get(id)?.account
      return account === undefined || account.passwordChangedAt === passwordChangedAt
        ? []
        : [{ ...account, passwordChangedAt }]
    })
    await remember(context, connection.id, changed)
  }
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    await updateConnection(change.trx, connection.id, { passwords_read_at: now })
  })
}
