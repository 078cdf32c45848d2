import type { Role } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import { updateUser } from '../store/users.ts'
import type { Context } from './context.ts'
import { assertAdminRemains, userOrProblem } from './find.ts'

/** Gives a role, or takes it away (null). Ends the person's sessions. Problems `user_not_found`, `user_is_last_admin`. */
async function setRole({ store }: Context, actor: Actor, input: { userId: string; role: Role | null }): Promise<void> {
  await store.change(actor, async (change) => {
    const user = await userOrProblem(change.trx, input.userId)
    if (user.role === input.role) return
    if (input.role !== 'admin') await assertAdminRemains(change.trx, user)
    await updateUser(change.trx, user.id, { role: input.role, updated_at: change.now })
    await deleteSessionsOf(change.trx, user.id)
    change.event({
      type: input.role === null ? 'admin_role_revoke' : 'admin_role_grant',
      user: user.id,
      changes: [{ attribute: 'role', before: user.role, after: input.role }],
    })
  })
}

export const grantRole = (context: Context, actor: Actor, input: { userId: string; role: Role }) =>
  setRole(context, actor, input)

export const revokeRole = (context: Context, actor: Actor, input: { userId: string }) =>
  setRole(context, actor, { ...input, role: null })
