import { system } from '../domain/actor.ts'
import type { Outcome } from '../domain/failure.ts'
import type { Operation } from '../domain/operation.ts'
import { isFailing, isWaiting, probeSize } from '../domain/quarantine.ts'
import { dueBindings } from '../store/bindings.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import { hasTickets, markDueAgain } from '../store/password-tickets.ts'
import type { SyncContext } from './context.ts'
import { followCredential } from './credential-end.ts'
import { takeBackFromLeavers } from './leavers.ts'
import { licenceTurns } from './licence-turns.ts'
import { observe } from './observe.ts'
import { readProtection } from './protection.ts'
import { quarantineOf } from './quarantine.ts'
import { isLicenceRefused } from './record-licences.ts'
import { requireConnection } from './require-connection.ts'
import { brakeFor, engage, mayWrite, syncBindings } from './sync-bindings.ts'
import { syncGroups } from './sync-groups.ts'
import { readPasswordTimes, settleDoubts, verifyDue } from './verify.ts'

/** How many bindings are planned and applied together: bounds memory and the time between two records. */
const pageSize = 400

export type CycleResult = {
  id: string
  observed: number
  applied: number
  failed: number
  held: number
  left: number
  took: number
  /** Half of the writes failed, so that the others were not tried; with the sentence of one of them. */
  failing: string | null
  /** The connection is in quarantine, and its next attempt is not due yet. */
  waited: boolean
}

/** Observe, plan, guard, apply, record: once. `insist`: in a quarantine, too. */
export async function runCycle(
  context: SyncContext,
  connectionId: string,
  { insist = false }: { insist?: boolean } = {},
): Promise<CycleResult> {
  const started = context.runtime.now()
  let connection = await requireConnection(context, connectionId)
  const tenant = context.tenants.of(connection)
  const { observed, full } = await observe(context, connection, tenant)
  await readPasswordTimes(context, await requireConnection(context, connectionId), tenant)
  await settleDoubts(context, connection, tenant)
  await verifyDue(context, connection, tenant)
  await followCredential(context, connection, tenant)
  const result: CycleResult = {
    id: context.runtime.newId(),
    observed,
    applied: 0,
    failed: 0,
    held: 0,
    left: 0,
    took: 0,
    failing: null,
    waited: false,
  }
  const held: Operation[] = []
  connection = await requireConnection(context, connectionId)
  let quarantined = connection.quarantine !== null
  result.waited = !insist && isWaiting(quarantineOf(connection), context.runtime.now())
  if (mayWrite(connection) && !result.waited) await licenceTurns(context, connection, tenant)
  await followLatePasswords(context, connection)
  let after = ''
  let guarded = false
  for (;;) {
    const due = await dueBindings(context.store.db, connectionId, context.runtime.now(), {
      after,
      limit: quarantined ? probeSize : pageSize,
    })
    const last = due.at(-1)
    if (!guarded && (full || due.length > 0)) {
      await readProtection(context, connection)
      guarded = true
    }
    if (result.waited || !mayWrite(connection)) break
    // The tenant is marked as soon as it is to follow, whether or not there is something to write yet.
    if (connection.claim === null && !(await context.claims.ours(connection))) break
    if (last === undefined) break
    after = last.user_id
    const synced = await syncBindings(
      context,
      connection,
      // Reading may take long, and meanwhile an admin may have let us write: then that tenant can only read.
      context.tenants.of(connection),
      due.map((binding) => binding.user_id),
      'bulk',
      system,
      result.id,
    )
    held.push(...synced.held)
    result.left += synced.left
    const told = [...synced.applied.values()].flat().filter((each) => !isLicenceRefused(each, Number.POSITIVE_INFINITY))
    const outcomes = told.map(({ outcome }) => outcome)
    const failures = outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [] : [sentenceOf(outcome)]))
    result.applied += outcomes.length - failures.length
    result.failed += failures.length
    const tally = { written: result.applied + result.failed, failed: result.failed }
    if (isFailing(tally, quarantined)) {
      result.failing = failures[0] ?? ''
      break
    }
    quarantined = false
    connection = await requireConnection(context, connectionId)
  }
  if (!result.waited && mayWrite(connection) && result.failing === null) {
    const leavers = await takeBackFromLeavers(context, connection, context.tenants.of(connection), result.id)
    held.push(...leavers.held)
    const done = leavers.outcomes.filter(({ kind }) => kind === 'done').length
    result.applied += done
    result.failed += leavers.outcomes.length - done
  }
  const heldGroups = await syncGroups(context, connection, tenant, async () => {
    return !result.waited && mayWrite(connection) && (await context.claims.ours(connection))
  })
  result.held = held.length + heldGroups.length
  const brake = await brakeFor(context, connection, held, heldGroups)
  if (brake !== null) await engage(context, connection, brake)
  result.took = context.runtime.now() - started
  await finish(context, connection, result)
  return result
}

/** Where an older password may have landed after a newer one, the newer one goes out once more. */
async function followLatePasswords({ store }: SyncContext, { id }: ConnectionRow): Promise<void> {
  if (!(await hasTickets(store.db, id))) return
  await store.change(system, async (change) => {
    change.quiet('what is due again has events of its own')
    await markDueAgain(change.trx, id, change.now)
  })
}

export const sentenceOf = (outcome: Exclude<Outcome<unknown>, { kind: 'done' }>): string =>
  outcome.kind === 'failed' ? outcome.failure.detail : outcome.detail

async function finish(context: SyncContext, connection: ConnectionRow, result: CycleResult): Promise<void> {
  const { id, observed, applied, failed, took } = result
  await context.store.change(system, async (change) => {
    change.quiet('the end of a cycle; each write had its own event')
    await updateConnection(change.trx, connection.id, {
      last_cycle: JSON.stringify({ id, at: context.runtime.now(), took, observed, applied, failed }),
      ...(result.held === 0 && connection.brake !== null && { brake: null, approval: null }),
    })
  })
}
