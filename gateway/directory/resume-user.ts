import type { Actor } from '../domain/actor.ts'
import { type UserRow, updateUser } from '../store/users.ts'
import { carryOut } from './carry-out.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { markDirty, markGroupsDirty } from './mark-dirty.ts'
import { standingOf, stepOrProblem } from './state.ts'

/** Lets a suspended person in again and enables what we blocked. Problems `user_not_found`, `user_state_conflict`. */
export async function resumeUser(context: Context, actor: Actor, input: { userId: string }): Promise<UserRow> {
  return await context.store.change(actor, async (change) => {
    const { trx } = change
    const before = await userOrProblem(trx, input.userId)
    const step = stepOrProblem(before, await standingOf(trx, before), { act: 'resume' })
    await updateUser(trx, before.id, { state: 'active', updated_at: change.now })
    const user = await userOrProblem(trx, before.id)
    const changes = [{ attribute: 'state', before: before.state, after: user.state }]
    await carryOut(context, change, user, step, { changes })
    await markGroupsDirty(change, user.id)
    await markDirty(change, user.id)
    return user
  })
}
