import type { Binding } from '@lockstep/shared/contract/binding'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { findBinding, updateBinding } from '../store/bindings.ts'
import { presentBinding } from '../store/present-bindings.ts'
import { attempt, requireUser } from './bind.ts'
import type { SyncContext } from './context.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'

/**
 * Ends the password from before the takeover, which signs in at Microsoft 365 until the person's own arrives: the account
 * gets one that nobody knows. Problems `binding_not_found`, `old_password_gone`.
 */
export async function endOldPassword(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  ids: { connectionId: string; userId: string },
): Promise<Binding> {
  const connection = await requireConnection(context, ids.connectionId)
  const user = await requireUser(context, ids.userId)
  const marked = await context.store.change(actor, async (change) => {
    const binding = await findBinding(change.trx, connection.id, user.id)
    if (binding === undefined)
      throw new Problem('binding_not_found', `${user.display_name} is not bound to "${connection.name}".`)
    if (binding.old_password === null || binding.unbind !== null)
      throw new Problem('old_password_gone', 'The account has no password from before the binding any more.')
    const asked = { old_password: 'ending', dirty: binding.dirty + 1, attempt: 0, next_attempt_at: null } as const
    await updateBinding(change.trx, binding, { ...asked, state: 'out_of_sync' })
    change.event({
      type: 'password_old_end',
      user: user.id,
      connection: connection.id,
      account: binding.account_id,
    })
    return { ...binding, ...asked }
  })
  return await presentBinding(context.store.db, (await attempt(context, runner, actor, connection, user.id)) ?? marked)
}
