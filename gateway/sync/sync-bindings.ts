import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { Brake } from '@lockstep/shared/contract/plan'
import { type Actor, system } from '../domain/actor.ts'
import { engaged, thresholdOf, weightOf } from '../domain/brake.ts'
import type { Operation } from '../domain/operation.ts'
import { Problem } from '../domain/problem.ts'
import type { Tenant } from '../graph/tenant.ts'
import { type BindingRow, countBindings, findBinding } from '../store/bindings.ts'
import { type ConnectionRow, findConnection, updateConnection } from '../store/connections.ts'
import { countRecentWrites } from '../store/recent-writes.ts'
import type { SyncContext } from './context.ts'
import { brakeKey, gateKey } from './gates.ts'
import { loadUnits } from './load.ts'
import { lookUp } from './look-up.ts'
import { operationKey, type PlannedGroup, planIdOf } from './plan-id.ts'
import { openSeats } from './plan-licences.ts'
import type { Applied, Planned } from './planned.ts'
import { requireConnection } from './require-connection.ts'
import { planUnits, type WorkBy, work } from './work.ts'

export type Synced = {
  applied: Map<string, Applied[]>
  held: Operation[]
  /** Users whose binding somebody else worked on. */
  busy: string[]
  /** Bindings that somebody else worked on, or whose password was replaced meanwhile: the next cycle takes them. */
  left: number
}

/**
 * Plans these bindings and makes the tenant follow: look up before creating, guard, apply, record. The caller holds no
 * gates; a binding that somebody else works on is left to them when `lane` is bulk, and waited for when it is interactive.
 */
export async function syncBindings(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  userIds: readonly string[],
  lane: 'interactive' | 'bulk',
  actor: Actor = system,
  cycleId: string | null = null,
): Promise<Synced> {
  if (!mayWrite(connection)) return { applied: new Map(), held: [], busy: [], left: 0 }
  const leaves: (() => void)[] = []
  try {
    const entered: string[] = []
    const busy: string[] = []
    for (const userId of userIds) {
      const key = gateKey(connection.id, userId)
      const leave = lane === 'interactive' ? await context.gates.enter(key) : context.gates.tryEnter(key)
      if (leave === null) busy.push(userId)
      else {
        leaves.push(leave)
        entered.push(userId)
      }
    }
    const by = { actor, lane, cycleId }
    const first = await planAndWork(context, connection, tenant, by, entered)
    const born = [...first.applied].filter(([, all]) => all.some(goesOn)).map(([userId]) => userId)
    const second = await planAndWork(context, connection, tenant, by, born)
    for (const [userId, all] of second.applied) first.applied.get(userId)?.push(...all)
    const left = busy.length + first.left + second.left
    return { applied: first.applied, held: [...first.held, ...second.held], busy, left }
  } finally {
    for (const leave of leaves) leave()
  }
}

/** The account is there now, and more is to be done to it that needed its id. */
const goesOn = ({ operation, outcome }: Applied) =>
  operation.kind === 'provision' && outcome.kind === 'done' && operation.next.length > 0

async function planAndWork(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  by: WorkBy,
  userIds: readonly string[],
): Promise<Pick<Synced, 'applied' | 'held' | 'left'>> {
  if (userIds.length === 0) return { applied: new Map(), held: [], left: 0 }
  const bindings: BindingRow[] = []
  for (const userId of userIds) {
    const binding = await findBinding(context.store.db, connection.id, userId)
    if (binding !== undefined) bindings.push(binding)
  }
  // Read after the marks: settings that change from here on leave a mark that this plan does not take back.
  const present = await requireConnection(context, connection.id)
  const loaded = await loadUnits(context.store.db, present, bindings, context.runtime.now())
  const units = await lookUp(context, connection, tenant, loaded)
  const planned = await openSeats(context, connection, tenant)(planUnits(units))
  const { go, heldBack, counted } = await inTurn(context, connection, () => guard(context, connection, planned))
  try {
    const may = await allowed(context, connection, go)
    const applied = await work(context, connection, tenant, by, may)
    return { applied, held: heldBack, left: may.length - applied.size }
  } finally {
    addUnderWay(context, connection, -counted)
  }
}

async function inTurn<T>(context: SyncContext, connection: ConnectionRow, ask: () => Promise<T>): Promise<T> {
  const leave = await context.gates.enter(brakeKey(connection.id))
  try {
    return await ask()
  } finally {
    leave()
  }
}

function addUnderWay({ gates }: SyncContext, { id }: ConnectionRow, count: number): void {
  gates.underWay.set(id, (gates.underWay.get(id) ?? 0) + count)
}

/** While another gateway holds the tenant nothing is written; what is to be known without writing is recorded. */
async function allowed(context: SyncContext, connection: ConnectionRow, planned: Planned[]): Promise<Planned[]> {
  const writes = ({ plan }: Planned) => plan.operations.length > 0
  if (!planned.some(writes) || (await context.claims.ours(connection))) return planned
  return planned.filter((each) => !writes(each))
}

/** Holds back what the brake counts once too much of it comes together, unless an admin has released that very plan. */
async function guard(
  context: SyncContext,
  connection: ConnectionRow,
  planned: readonly Planned[],
): Promise<{ go: Planned[]; heldBack: Operation[]; counted: number }> {
  const approved = approvedKeys(connection, context.runtime.now())
  const isCounted = (operation: Operation) => weightOf(operation) > 0 && !approved.has(operationKey(operation))
  const counted = planned.filter(({ unit, plan }) => !unit.desired.named && plan.operations.some(isCounted))
  const operations = counted.flatMap(({ plan }) => plan.operations.filter(isCounted))
  const brake = await brakeFor(context, connection, operations)
  if (brake === null) {
    addUnderWay(context, connection, operations.length)
    return { go: [...planned], heldBack: [], counted: operations.length }
  }
  await engage(context, connection, brake)
  const stop = new Set(counted)
  return { go: planned.filter((each) => !stop.has(each)), heldBack: operations, counted: 0 }
}

/** What the brake holds back of operations that belong to no binding. */
export async function heldByBrake(
  context: SyncContext,
  connection: ConnectionRow,
  operations: readonly Operation[],
): Promise<Operation[]> {
  const approved = approvedKeys(connection, context.runtime.now())
  const counted = operations.filter((each) => weightOf(each) > 0 && !approved.has(operationKey(each)))
  const brake = await brakeFor(context, connection, counted)
  if (brake === null) return []
  await engage(context, connection, brake)
  return counted
}

/** The brake that these countable operations meet, on top of those of the last hour and day; null when they may go. */
export async function brakeFor(
  context: SyncContext,
  connection: ConnectionRow,
  operations: readonly Operation[],
  removals: readonly PlannedGroup[] = [],
): Promise<Brake | null> {
  const count = operations.length + removals.length
  if (!(await isBraked(context, connection, count))) return null
  const settings = JSON.parse(connection.settings) as ConnectionSettings
  const { bound } = await countBindings(context.store.db, connection.id)
  return { operations: count, threshold: thresholdOf(settings.brake, bound), planId: planIdOf(operations, removals) }
}

/** Whether so many more countable writes would be too many, with those of the last hour and day and those under way. */
export async function isBraked(context: SyncContext, connection: ConnectionRow, count: number): Promise<boolean> {
  if (count === 0) return false
  const settings = JSON.parse(connection.settings) as ConnectionSettings
  const { db } = context.store
  const now = context.runtime.now()
  const { bound } = await countBindings(db, connection.id)
  const recent = {
    hour: await countRecentWrites(db, connection.id, now - 3_600_000),
    day: await countRecentWrites(db, connection.id, now - 86_400_000),
  }
  const underWay = context.gates.underWay.get(connection.id) ?? 0
  return engaged(settings.brake, bound, recent, underWay + count)
}

export type Approval = { planId: string; keys: string[]; by: string; until: number }

/** What an admin has approved, by the keys of the operations. */
export function approvedKeys(connection: ConnectionRow, now: number): Set<string> {
  if (connection.approval === null) return new Set()
  const approval = JSON.parse(connection.approval) as Approval
  return new Set(approval.until > now ? approval.keys : [])
}

/** Shown on the connection until a cycle holds nothing back any more; told once. */
export async function engage(context: SyncContext, { id }: ConnectionRow, brake: Brake): Promise<void> {
  await context.store.change(system, async (change) => {
    const connection = await findConnection(change.trx, id)
    await updateConnection(change.trx, id, { brake: JSON.stringify(brake) })
    if (connection?.brake != null) return change.quiet('known already')
    change.event({
      type: 'connection_brake_engaged',
      outcome: 'skipped',
      connection: id,
      detail: `${brake.operations} operations wait for an approval; from ${brake.threshold} on nothing of that kind is applied by itself.`,
    })
  })
}

/** Whether anything may go out; a connection that observes is read, and no more. */
export function mayWrite({ state, settings }: ConnectionRow): boolean {
  const { mode } = JSON.parse(settings) as ConnectionSettings
  return mode === 'apply' && state === 'active'
}

export function assertUsable(connection: ConnectionRow): void {
  if (connection.state === 'active') return
  throw new Problem(
    'connection_not_usable',
    connection.state === 'paused'
      ? `The connection "${connection.name}" is paused. Resume it first.`
      : `The connection "${connection.name}" has an error. Look at its preflight, mend what it names, then resume it.`,
  )
}
