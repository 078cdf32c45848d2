import { bindingsOfUser, markUserDirty } from '../store/bindings.ts'
import { eraseFresh } from '../store/fresh-passwords.ts'
import { markGroupsOfUserDirty } from '../store/group-bindings.ts'
import { erasePendingOfUser } from '../store/pending-passwords.ts'
import type { Change } from '../store/store.ts'

/** A person changed: every binding is planned anew, and what was in sync no longer is. Wakes the connections. */
export async function markDirty(change: Change, userId: string): Promise<void> {
  const connections = await markUserDirty(change.trx, userId)
  await change.trx
    .updateTable('bindings')
    .set({ state: 'out_of_sync' })
    .where('user_id', '=', userId)
    .where('state', '=', 'in_sync')
    .execute()
  for (const id of connections) change.wake(id, 'interactive')
}

/** Who may sign in has changed, and with it who is in the groups of a tenant, where an admin wants it so. */
export async function markGroupsDirty({ trx }: Change, userId: string): Promise<void> {
  for (const { connection_id } of await bindingsOfUser(trx, userId))
    await markGroupsOfUserDirty(trx, connection_id, userId)
}

/** A person who may not sign in has no password on its way; the next sign-in brings it again. */
export async function holdPasswords(change: Change, userId: string): Promise<void> {
  await erasePendingOfUser(change.trx, userId)
  await eraseFresh(change.trx, userId)
  await change.trx
    .updateTable('bindings')
    .set({ password_state: 'awaiting_login', password_reason: null })
    .where('user_id', '=', userId)
    .where('password_state', '=', 'pending')
    .execute()
}
