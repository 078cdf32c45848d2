import type { AccountId } from '@lockstep/shared/contract/ids'
import type { OperationResult, SyncStep } from '@lockstep/shared/contract/plan'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { type BindingRow, findBinding, markUserDirty } from '../store/bindings.ts'
import { presentBinding } from '../store/present-bindings.ts'
import { requireUser } from './bind.ts'
import type { SyncContext } from './context.ts'
import { remember } from './observe.ts'
import type { Applied } from './planned.ts'
import { presentAll } from './preview.ts'
import { readProtection } from './protection.ts'
import { requireConnection } from './require-connection.ts'
import { assertUsable, syncBindings } from './sync-bindings.ts'

/** Provision on demand: reads the account as it is now, then does for this one user what a cycle would, step by step. */
export async function syncOnDemand(context: SyncContext, actor: Actor, ids: { connectionId: string; userId: string }) {
  const connection = await requireConnection(context, ids.connectionId)
  assertUsable(connection)
  const user = await requireUser(context, ids.userId)
  const before = await findBinding(context.store.db, connection.id, user.id)
  if (before === undefined) throw new Problem('binding_not_found', 'This user is not bound to the connection.')
  const tenant = context.tenants.of(connection)
  const accountId = before.account_id as AccountId | null
  const seen = accountId === null ? undefined : (await tenant.readAccounts([accountId])).get(accountId)
  if (seen !== undefined) await remember(context, connection.id, [seen])
  await readProtection(context, connection)
  await context.store.change(actor, async (change) => {
    await markUserDirty(change.trx, user.id)
    change.event({ type: 'binding_sync', user: user.id, connection: connection.id, account: accountId })
  })
  const { applied, held } = await syncBindings(context, connection, tenant, [user.id], 'interactive', actor)
  const done = applied.get(user.id) ?? []
  const shown = await presentAll(
    context,
    connection,
    done.map(({ operation }) => operation),
  )
  const after = await findBinding(context.store.db, connection.id, user.id)
  const steps: SyncStep[] = [
    { step: 'observe', ...observed(accountId, seen) },
    { step: 'scope', ...scoped(after?.state) },
    { step: 'match', outcome: 'success', detail: matched(accountId, after?.account_id ?? null) },
    {
      step: 'plan',
      outcome: held.length > 0 ? 'skipped' : 'success',
      detail:
        held.length > 0
          ? 'The brake holds it back until an administrator approves the plan.'
          : `${done.length} operations.`,
    },
    { step: 'apply', ...appliedStep(done) },
  ]
  return {
    steps,
    operations: shown.flatMap((operation, at) => {
      const one = done[at]
      return one === undefined ? [] : [{ ...operation, result: resultOf(one) }]
    }),
    binding: await presentBinding(context.store.db, after ?? { ...before, state: 'unbinding' }),
  }
}

function observed(accountId: AccountId | null, seen: { enabled: boolean } | undefined): Omit<SyncStep, 'step'> {
  if (accountId === null) return { outcome: 'skipped', detail: 'There is no account yet.' }
  if (seen === undefined) return { outcome: 'failure', detail: 'The tenant does not know the account any more.' }
  return { outcome: 'success', detail: seen.enabled ? 'The account is enabled.' : 'The account is blocked.' }
}

function matched(before: string | null, after: string | null): string {
  if (before !== null) return 'Bound by its object id.'
  return after === null ? 'No account matches.' : 'An account was found or made.'
}

function appliedStep(done: readonly Applied[]): Omit<SyncStep, 'step'> {
  if (done.length === 0) return { outcome: 'skipped', detail: 'Nothing had to be sent.' }
  const outcomes = done.map((each) => resultOf(each).outcome)
  const outcome = outcomes.includes('failure') ? 'failure' : outcomes.includes('retrying') ? 'retrying' : 'success'
  const succeeded = outcomes.filter((each) => each === 'success').length
  return { outcome, detail: `${succeeded} of ${done.length} done.` }
}

function resultOf({ outcome }: Applied): OperationResult {
  switch (outcome.kind) {
    case 'done':
      return { outcome: 'success', code: null, detail: null, requestId: outcome.requestId }
    case 'unknown':
      return { outcome: 'retrying', code: null, detail: outcome.detail, requestId: outcome.requestId }
    case 'failed': {
      const { code, detail, requestId } = outcome.failure
      return { outcome: 'failure', code, detail, requestId }
    }
  }
}

const scoped = (state: BindingRow['state'] | undefined): Omit<SyncStep, 'step'> =>
  state === 'out_of_scope'
    ? { outcome: 'skipped', detail: 'The person is in none of the groups that the connection is for.' }
    : { outcome: 'success', detail: 'The connection is for this person.' }
