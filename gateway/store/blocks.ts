import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Kysely } from 'kysely'
import type { BlockCause } from '../domain/operation.ts'
import type { Instant } from '../domain/runtime.ts'
import { staleForMs } from '../domain/settle.ts'
import type { Database } from './schema.ts'

/**
 * Remembers that a block goes out, before it does: if its answer is lost, an account that is then found blocked was blocked
 * by us, and only such a one is ever enabled again.
 */
export async function intendBlock(
  trx: Kysely<Database>,
  connectionId: string,
  id: AccountId,
  cause: BlockCause,
  now: Instant,
): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ blocking: cause, blocking_at: now, revoke_due: 1 })
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .execute()
}

/** The block did not happen, or is not wanted any more. */
export async function dropBlockIntent(trx: Kysely<Database>, connectionId: string, id: AccountId): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ blocking: null, revoke_due: 0 })
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .where('blocking', 'is not', null)
    .execute()
}

/**
 * The tenant was read from `since` on: a block that went out long enough before shows by now, or it never arrived. A block
 * that comes later is somebody else's.
 */
export async function dropOldBlockIntents(trx: Kysely<Database>, connectionId: string, since: Instant): Promise<void> {
  await trx
    .updateTable('accounts')
    .set((e) => ({
      blocking: null,
      revoke_due: e.case().when('blocked_by', 'is', null).then(0).else(e.ref('revoke_due')).end(),
    }))
    .where('connection_id', '=', connectionId)
    .where('blocking', 'is not', null)
    .where('blocking_at', '<', since - staleForMs)
    .execute()
}

/** Those of the accounts that we have blocked for this. */
export async function blockedAmong(
  db: Kysely<Database>,
  connectionId: string,
  accountIds: readonly string[],
  cause: BlockCause,
): Promise<Set<string>> {
  const blocked = new Set<string>()
  for (let start = 0; start < accountIds.length; start += 500) {
    const rows = await db
      .selectFrom('accounts')
      .select('id')
      .where('connection_id', '=', connectionId)
      .where('blocked_by', '=', cause)
      .where('id', 'in', accountIds.slice(start, start + 500))
      .execute()
    for (const { id } of rows) blocked.add(id)
  }
  return blocked
}
