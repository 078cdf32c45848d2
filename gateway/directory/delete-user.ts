import type { Actor } from '../domain/actor.ts'
import { bindingsOfUser, deleteBinding, updateBinding } from '../store/bindings.ts'
import { findConnection } from '../store/connections.ts'
import { removeUser } from '../store/users.ts'
import { carryOut } from './carry-out.ts'
import type { Context } from './context.ts'
import { assertAdminRemains, userOrProblem } from './find.ts'
import { standingOf, stepOrProblem } from './state.ts'

/**
 * Deletes a person. Bound accounts are kept as they are, or blocked: then the bindings stay, unbinding, until each
 * account is. Problems `user_not_found`, `user_is_last_admin`.
 */
export async function deleteUser(
  context: Context,
  actor: Actor,
  input: { userId: string; accounts: 'keep' | 'disable' },
): Promise<void> {
  await context.store.change(actor, async (change) => {
    const { trx, now } = change
    const user = await userOrProblem(trx, input.userId)
    await assertAdminRemains(trx, user)
    const step = stepOrProblem(user, await standingOf(trx, user), { act: 'delete' })
    const detail = `${user.display_name} (${user.email})`
    await carryOut(context, change, user, step, { cause: input.accounts, detail })
    for (const binding of await bindingsOfUser(trx, user.id)) {
      const connection = await findConnection(trx, binding.connection_id)
      const block = input.accounts === 'disable' && connection?.state !== 'deactivated' && binding.state !== 'missing'
      if (block) {
        await updateBinding(trx, binding, {
          state: 'unbinding',
          unbind: 'block',
          dirty: binding.dirty + 1,
          attempt: 0,
          next_attempt_at: null,
        })
        change.wake(binding.connection_id, 'interactive')
      } else await deleteBinding(trx, binding)
    }
    await removeUser(trx, user.id, now)
  })
}
