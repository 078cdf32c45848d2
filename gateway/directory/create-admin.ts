import { Email } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { findUserByEmail, type UserRow } from '../store/users.ts'
import { activateUser } from './activate-user.ts'
import type { Context } from './context.ts'
import { createUser } from './create-user.ts'
import { userOrProblem } from './find.ts'
import { grantRole } from './roles.ts'
import { setPassword } from './set-password.ts'

/**
 * Makes somebody an administrator: a new person, or one who is there and gets this password. Problems
 * `validation_failed`, `password_too_weak`, `password_refused_by_tenant`, `user_state_conflict`.
 */
export async function createAdmin(
  context: Context,
  actor: Actor,
  input: { email: string; displayName?: string | undefined; password: Secret },
): Promise<UserRow> {
  const email = emailOrProblem(input.email)
  const known = await findUserByEmail(context.store.db, email)
  if (known === undefined) {
    const name = input.displayName === undefined ? {} : { displayName: input.displayName }
    const password = input.password.reveal()
    return await createUser(
      context,
      actor,
      { email, ...name, state: 'active', sendMail: false, initialPassword: password },
      'admin',
    )
  }
  if (known.state === 'suspended')
    throw new Problem('user_state_conflict', `${known.display_name} is suspended. Resume the person first.`)
  await setPassword(context, actor, { userId: known.id, password: input.password, mustChange: false })
  if (known.state === 'staged') await activateUser(context, actor, { userId: known.id, sendMail: false })
  await grantRole(context, actor, { userId: known.id, role: 'admin' })
  return await userOrProblem(context.store.db, known.id)
}

function emailOrProblem(given: string): string {
  const parsed = Email.safeParse(given)
  if (parsed.success) return parsed.data
  const sentence = parsed.error.issues[0]?.message ?? 'This is not an address.'
  throw new Problem('validation_failed', sentence, { errors: [{ path: 'email', message: sentence }] })
}
