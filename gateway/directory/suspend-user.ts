import type { Actor } from '../domain/actor.ts'
import { deleteLinksOf } from '../store/links.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import { type UserRow, updateUser } from '../store/users.ts'
import type { Context } from './context.ts'
import { assertAdminRemains, userOrProblem } from './find.ts'
import { holdPasswords, markDirty, markGroupsDirty } from './mark-dirty.ts'
import { stateOrProblem } from './state.ts'

/**
 * Suspends a person: no sign-in here, sessions end, and bound accounts are blocked. Problems `user_not_found`,
 * `user_state_conflict`, `user_is_last_admin`.
 */
export async function suspendUser({ store }: Context, actor: Actor, input: { userId: string }): Promise<UserRow> {
  return await store.change(actor, async (change) => {
    const { trx } = change
    const before = await userOrProblem(trx, input.userId)
    const state = stateOrProblem(before, 'suspend')
    await assertAdminRemains(trx, before)
    await updateUser(trx, before.id, { state, updated_at: change.now })
    await deleteSessionsOf(trx, before.id)
    await deleteLinksOf(trx, before.id)
    await holdPasswords(change, before.id)
    await markGroupsDirty(change, before.id)
    await markDirty(change, before.id)
    const changes = [{ attribute: 'state', before: before.state, after: state }]
    change.event({ type: 'user_suspend', user: before.id, changes })
    return await userOrProblem(trx, before.id)
  })
}
