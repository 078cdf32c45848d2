import type { Actor } from '../domain/actor.ts'
import { welcomeMail } from '../mail/templates.ts'
import { findCredential } from '../store/credentials.ts'
import { type UserRow, updateUser } from '../store/users.ts'
import { queueActivation } from './activation.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { markDirty } from './mark-dirty.ts'
import { queueMailTo } from './send-mails.ts'
import { stateOrProblem } from './state.ts'

/** Lets a staged person in. Problems `user_not_found`, `user_state_conflict`. */
export async function activateUser(
  context: Context,
  actor: Actor,
  input: { userId: string; sendMail: boolean },
): Promise<UserRow> {
  return await context.store.change(actor, async (change) => {
    const { trx } = change
    const before = await userOrProblem(trx, input.userId)
    const state = stateOrProblem(before, 'activate')
    await updateUser(trx, before.id, { state, updated_at: change.now })
    const user = await userOrProblem(trx, before.id)
    if (input.sendMail) {
      if ((await findCredential(trx, user.id)) === undefined) await queueActivation(context, change, user)
      else {
        const body = welcomeMail(context.settings, { name: user.display_name, email: user.email })
        await queueMailTo(trx, context.runtime, user, body)
      }
    }
    await markDirty(change, user.id)
    const changes = [{ attribute: 'state', before: before.state, after: state }]
    change.event({ type: 'user_activate', user: user.id, changes })
    return user
  })
}
