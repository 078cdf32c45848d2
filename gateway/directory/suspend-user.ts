import type { Actor } from '../domain/actor.ts'
import { type UserRow, updateUser } from '../store/users.ts'
import { carryOut } from './carry-out.ts'
import type { Context } from './context.ts'
import { assertAdminRemains, userOrProblem } from './find.ts'
import { markDirty, markGroupsDirty } from './mark-dirty.ts'
import { standingOf, stepOrProblem } from './state.ts'

/**
 * Suspends a person: no sign-in here, sessions end, and bound accounts are blocked. Problems `user_not_found`,
 * `user_state_conflict`, `user_is_last_admin`.
 */
export async function suspendUser(context: Context, actor: Actor, input: { userId: string }): Promise<UserRow> {
  return await context.store.change(actor, async (change) => {
    const { trx } = change
    const before = await userOrProblem(trx, input.userId)
    const step = stepOrProblem(before, await standingOf(trx, before), { act: 'suspend' })
    await assertAdminRemains(trx, before)
    await updateUser(trx, before.id, { state: 'suspended', updated_at: change.now })
    const changes = [{ attribute: 'state', before: before.state, after: 'suspended' }]
    await carryOut(context, change, before, step, { changes })
    await markGroupsDirty(change, before.id)
    await markDirty(change, before.id)
    return await userOrProblem(trx, before.id)
  })
}
