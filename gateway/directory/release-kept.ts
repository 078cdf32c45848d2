import { updateBinding } from '../store/bindings.ts'
import { findCredential } from '../store/credentials.ts'
import { takeFresh } from '../store/fresh-passwords.ts'
import { putPending } from '../store/pending-passwords.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'
import { passwordTargets } from './password-targets.ts'

/**
 * A password that was set while the person could not sign in goes to the account now. Somebody without an account keeps
 * it for the first one.
 */
export async function releaseKept({ vault }: Context, change: Change, user: UserRow): Promise<void> {
  const { trx, now } = change
  const targets = await passwordTargets(trx, { id: user.id, state: 'active' })
  const version = (await findCredential(trx, user.id))?.version ?? 0
  const password = targets.length === 0 ? null : await takeFresh(trx, vault, user.id, version)
  if (password === null) return
  for (const { binding, tenantId } of targets) {
    await putPending(trx, vault, {
      connectionId: binding.connection_id,
      userId: user.id,
      accountId: binding.account_id,
      tenantId,
      version,
      password,
      proposed: false,
      now,
    })
    await updateBinding(trx, binding, { password_state: 'pending', password_reason: null })
  }
}
