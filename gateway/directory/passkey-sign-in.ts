import { Problem } from '../domain/problem.ts'
import { findCredential } from '../store/credentials.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'
import { enter, type SignedIn } from './enter.ts'
import type { Visit } from './sessions.ts'

/**
 * Signs in whoever used a passkey, which proves possession and person at once. It brings no password, so nothing is sent
 * to Microsoft 365. Problem `passkey_refused`.
 */
export async function enterWithPasskey(context: Context, user: UserRow, visit: Visit): Promise<SignedIn> {
  const credential = await findCredential(context.store.db, user.id)
  const entered = await enter(context, { user, credential, password: null, visit, factor: 'passkey', keys: null })
  if (entered === null) throw new Problem('passkey_refused', 'The account was changed at this moment. Try again.')
  return entered
}
