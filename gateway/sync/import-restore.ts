import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import { undo } from '../domain/undo.ts'
import { findAccount } from '../store/accounts.ts'
import { type BeforeImageRow, markUndone } from '../store/before-images.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'
import type { JobRun } from './jobs.ts'
import { remember } from './observe.ts'
import { apply } from './run-undo.ts'
import { imageOf, sentenceOf } from './undo.ts'

type Restored = {
  /** Attributes that are as before again. */
  restored: string[]
  /** Why others are not. */
  reasons: string[]
  failure: string | null
}

/** Puts back what we wrote to an account that nobody is bound to any more, as far as nobody else has written there since. */
export async function putBack(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  { accountId, userId }: { accountId: AccountId; userId: string },
  images: readonly BeforeImageRow[],
): Promise<Restored> {
  if (images.length === 0) return { restored: [], reasons: [], failure: null }
  if ((await bindingOfAccount(context.store.db, connection.id, accountId)) !== undefined)
    return { restored: [], reasons: ['Somebody else is bound to the account by now.'], failure: null }
  const read = await context.tenants.of(connection).readAccounts([accountId])
  await remember(context, connection.id, [...read.values()])
  const stored = read.has(accountId) ? await findAccount(context.store.db, connection.id, accountId) : undefined
  const planned = undo(images.map(imageOf), {
    account: stored?.account ?? null,
    protected: stored?.protection != null,
    blockedBy: stored?.blockedBy ?? null,
    blockWanted: null,
    licencesWanted: [],
  })
  const failure = await apply(context, run, connection, { userId: userId as UserId, undo: planned })
  const reasons = [...new Set(planned.skipped.map(({ obstacle }) => sentenceOf[obstacle]))]
  if (failure !== null) return { restored: [], reasons, failure }
  await context.store.change(run.actor, async (change) => {
    change.quiet('each write had its own event')
    const ids = images.map(({ event_id }) => event_id)
    await markUndone(change.trx, ids, change.now)
  })
  const restored = planned.operations.flatMap(({ changes }) => changes.map(({ attribute }) => attribute))
  return { restored, reasons, failure: null }
}
