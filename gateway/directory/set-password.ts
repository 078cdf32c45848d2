import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import type { Secret } from '../domain/secret.ts'
import { findCredential } from '../store/credentials.ts'
import { assertAcceptable } from './assert-acceptable.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { offerPassword } from './offer-password.ts'

/**
 * An admin sets a password; the tenant gets it at once. All sessions of the person end. Problems `user_not_found`,
 * `password_too_weak`, `password_refused_by_tenant`, `password_change_in_progress`, `busy`.
 */
export async function setPassword(
  context: Context,
  actor: Actor,
  input: { userId: string; password: Secret; mustChange: boolean },
): Promise<PasswordSync[]> {
  const user = await userOrProblem(context.store.db, input.userId)
  const credential = await findCredential(context.store.db, user.id)
  await assertAcceptable(context, input.password, user, credential)
  return await offerPassword(context, actor, {
    userId: user.id,
    password: input.password,
    hash: await context.hasher.hash(input.password),
    expected: credential?.version ?? 0,
    mustChange: input.mustChange,
    origin: 'set',
  })
}
