import type { Actor } from '../domain/actor.ts'
import { type UserRow, updateUser } from '../store/users.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { markDirty, markGroupsDirty } from './mark-dirty.ts'
import { stateOrProblem } from './state.ts'

/** Lets a suspended person in again and enables what we blocked. Problems `user_not_found`, `user_state_conflict`. */
export async function resumeUser({ store }: Context, actor: Actor, input: { userId: string }): Promise<UserRow> {
  return await store.change(actor, async (change) => {
    const { trx } = change
    const before = await userOrProblem(trx, input.userId)
    const state = stateOrProblem(before, 'resume')
    await updateUser(trx, before.id, { state, updated_at: change.now })
    await markGroupsDirty(change, before.id)
    await markDirty(change, before.id)
    const changes = [{ attribute: 'state', before: before.state, after: state }]
    change.event({ type: 'user_resume', user: before.id, changes })
    return await userOrProblem(trx, before.id)
  })
}
