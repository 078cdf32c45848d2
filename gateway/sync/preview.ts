import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { Plan } from '@lockstep/shared/contract/plan'
import type { Actor } from '../domain/actor.ts'
import { weightOf } from '../domain/brake.ts'
import { accept } from '../domain/claim.ts'
import { isCountedRemoval } from '../domain/group.ts'
import type { Operation } from '../domain/operation.ts'
import { Problem } from '../domain/problem.ts'
import { type BindingRow, blankBinding, dueBindings, findBinding } from '../store/bindings.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import type { Change } from '../store/store.ts'
import { eraseTombstone, returnBlocks } from '../store/tombstones.ts'
import { requireUser } from './bind.ts'
import { acceptClaim, claimOf } from './claims.ts'
import type { SyncContext } from './context.ts'
import { planLeavers } from './leavers.ts'
import { named, namesIn, storedStock } from './licence-stock.ts'
import { loadUnits } from './load.ts'
import { lookUp } from './look-up.ts'
import { planOfGroups, presentGroupOperation } from './plan-groups.ts'
import { groupOperationKey, operationKey, type PlannedGroup, planIdOf } from './plan-id.ts'
import { openSeats } from './plan-licences.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { type Approval, brakeFor } from './sync-bindings.ts'
import { planUnits } from './work.ts'

/** How long an approval lives, in ms. */
const approvalMs = 24 * 3_600_000

/** What an admin thinks of doing to one person. */
type Supposed = 'bind' | 'recreate' | 'unbind' | 'unbind_keep'

/** What the next cycle would do, from what was observed last. Nothing is applied. */
export async function previewPlan(
  context: SyncContext,
  id: string,
  query: { user?: string | undefined; if?: Supposed | undefined },
): Promise<Plan> {
  const connection = await requireConnection(context, id)
  const operations =
    query.user === undefined
      ? await allOperations(context, connection)
      : await operationsOf(context, connection, query.user, query.if)
  const groups = query.user === undefined ? await planOfGroups(context, connection) : []
  const brake = await brakeFor(context, connection, ...countedOf(operations, groups))
  return await present(context, connection, operations, groups, brake)
}

const countedOf = (operations: readonly Operation[], groups: readonly PlannedGroup[]) =>
  [
    operations.filter((operation) => weightOf(operation) > 0),
    groups.filter(({ operation }) => isCountedRemoval(operation)),
  ] as const

const present = async (
  context: SyncContext,
  connection: ConnectionRow,
  operations: readonly Operation[],
  groups: readonly PlannedGroup[],
  brake: Plan['brake'],
): Promise<Plan> => ({
  id: planIdOf(operations, groups),
  operations: await presentAll(context, connection, operations),
  groups: groups.map(presentGroupOperation),
  brake,
})

export const presentOperation = ({
  kind,
  userId,
  accountId,
  reason,
  changes,
  ...rest
}: Operation): Plan['operations'][number] => ({
  kind,
  userId,
  accountId,
  reason,
  changes: [...changes, ...('next' in rest ? rest.next : [])].map((change) => ({ ...change })),
})

/** As people read them: licences by the names that the tenant gives them. */
export async function presentAll(context: SyncContext, { id }: ConnectionRow, operations: readonly Operation[]) {
  const nameOf = namesIn(await storedStock(context.store.db, id))
  return operations.map(presentOperation).map((each) => ({ ...each, changes: named(nameOf, each.changes) }))
}

async function allOperations(context: SyncContext, connection: ConnectionRow): Promise<Operation[]> {
  const operations: Operation[] = []
  const tenant = context.tenants.of(connection)
  const seated = openSeats(context, connection, tenant)
  for (let after = ''; ; ) {
    const due = await dueBindings(context.store.db, connection.id, Number.MAX_SAFE_INTEGER, { after, limit: 500 })
    const last = due.at(-1)
    if (last === undefined) break
    after = last.user_id
    const units = await loadUnits(context.store.db, connection, due, context.runtime.now())
    for (const each of await seated(planUnits(units))) operations.push(...each.plan.operations)
  }
  const leavers = await planLeavers(context, connection, tenant)
  return [...operations, ...leavers.flatMap(({ operation }) => operation ?? [])]
}

async function operationsOf(
  context: SyncContext,
  connection: ConnectionRow,
  userId: string,
  what: Supposed | undefined,
): Promise<Operation[]> {
  const user = await requireUser(context, userId)
  const binding = await findBinding(context.store.db, connection.id, user.id)
  const supposed = suppose(connection.id, user.id, binding, what)
  if (supposed === null) return []
  const loaded = await loadUnits(context.store.db, connection, [supposed], context.runtime.now())
  const tenant = context.tenants.of(connection)
  const units = await lookUp(context, connection, tenant, loaded)
  const [planned] = await openSeats(context, connection, tenant)(planUnits(units))
  if (planned === undefined) return []
  const result = planned.plan
  if (result.verdict === 'conflict')
    throw new Problem(
      'account_conflict',
      'More than one account matches this person. Choose one and bind by its object id.',
    )
  if (result.verdict === 'missing' && what === 'bind')
    throw new Problem(
      'account_deleted',
      'The account was deleted for good and cannot be restored. Create a new, empty one, or unbind.',
    )
  if (result.verdict === 'protected')
    throw new Problem(
      'account_protected',
      'The account is protected: it holds an administrator role, is a guest, or is synced from on-premises.',
    )
  return result.operations
}

/** The binding as it would be. */
function suppose(
  connectionId: string,
  userId: string,
  binding: BindingRow | undefined,
  what: Supposed | undefined,
): BindingRow | null {
  const bound = binding !== undefined && binding.unbind === null
  if (what === 'bind' && !bound) return blankBinding({ connection_id: connectionId, user_id: userId, created_at: 0 })
  if (binding === undefined) return null
  if (what === 'recreate') return { ...binding, account_id: null }
  if (what === 'bind' && binding.state === 'missing') return { ...binding, recover: 'restore' }
  if (what === 'unbind') return { ...binding, unbind: 'block' }
  if (what === 'unbind_keep') return { ...binding, unbind: 'keep' }
  return binding
}

/** The plan of a connection that comes back was seen: from now on the tenant follows again. */
async function comeBack(change: Change, connection: ConnectionRow): Promise<void> {
  const settings = { ...(JSON.parse(connection.settings) as ConnectionSettings), mode: 'apply' }
  await updateConnection(change.trx, connection.id, { returning: 0, settings: JSON.stringify(settings) })
  await returnBlocks(change.trx, connection)
  await eraseTombstone(change.trx, connection.tenant_id)
}

/** Releases the brake for exactly the operations that were shown, for 24 h. */
export async function approvePlan(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  id: string,
  planId: string,
): Promise<Plan> {
  if (actor.kind === 'token' && !actor.allow.includes('approve')) {
    throw new Problem(
      'forbidden',
      'This token was made without the right to approve. Approve in the console, or make a token with --allow approve.',
    )
  }
  const connection = await requireConnection(context, id)
  const operations = await allOperations(context, connection)
  const groups = await planOfGroups(context, connection)
  const [counted, removals] = countedOf(operations, groups)
  const brake = await brakeFor(context, connection, counted, removals)
  if (planId !== planIdOf(operations, groups) && planId !== brake?.planId) {
    throw new Problem(
      'plan_changed',
      'The plan is not the one that was shown any more. Read it again and approve that one.',
    )
  }
  const approval: Approval = {
    planId,
    keys: [...counted.map(operationKey), ...removals.map(groupOperationKey)],
    by: actor.name,
    until: context.runtime.now() + approvalMs,
  }
  await context.store.change(actor, async (change) => {
    await updateConnection(change.trx, connection.id, { approval: JSON.stringify(approval), brake: null })
    if (connection.returning === 1) await comeBack(change, connection)
    const claim = claimOf(connection)
    if (claim.contested !== null) await acceptClaim(change, connection, accept(claim))
    change.event({
      type: 'connection_plan_approve',
      connection: connection.id,
      detail: `${counted.length + removals.length} operations of plan ${planId}`,
    })
  })
  runner.wake(connection.id)
  return await present(context, connection, operations, groups, null)
}
