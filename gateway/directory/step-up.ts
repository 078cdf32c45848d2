import { Problem } from '../domain/problem.ts'
import { isConfirmed } from '../domain/second-factor.ts'
import { Secret } from '../domain/secret.ts'
import { findCredential, openHash } from '../store/credentials.ts'
import { countFactors } from '../store/factors.ts'
import { attemptFailed, attemptSucceeded, beginAttempt, ownKeys } from './attempts.ts'
import type { Context } from './context.ts'
import { spendCode } from './second-factor.ts'
import { type FoundSession, type NewSession, renewSession } from './sessions.ts'

/** What a person is asked for: a factor where there is one, else the password. */
export async function proofFor({ store }: Context, userId: string): Promise<{ totp: boolean; passkey: boolean }> {
  const counts = (await countFactors(store.db, [userId])).get(userId)
  return { totp: (counts?.totp ?? 0) > 0, passkey: (counts?.passkeys ?? 0) > 0 }
}

/** Whoever has a second factor proves it before changing the password, too. */
export async function mustConfirm(context: Context, userId: string, confirmedAt: number | null): Promise<boolean> {
  if (isConfirmed(confirmedAt, context.runtime.now())) return false
  const { totp, passkey } = await proofFor(context, userId)
  return totp || passkey
}

/**
 * Confirms with a code, or with the password for whoever has no factor. The session goes on under another token.
 * Problems `wrong_code`, `wrong_credentials`, `too_many_requests`, `busy`.
 */
export async function confirmWith(
  context: Context,
  found: FoundSession,
  given: { code: string; address: string | null },
): Promise<NewSession> {
  const { totp, passkey } = await proofFor(context, found.user.id)
  if (!totp && !passkey) {
    await provePassword(context, found, new Secret(given.code), given.address)
    return await confirmed(context, found, null)
  }
  return await confirmed(context, found, await spendCode(context, found.user, given.code, given.address))
}

/** The session, once the person has proved to be the one. */
export async function confirmed(
  context: Context,
  found: FoundSession,
  factor: 'totp' | 'recovery_code' | 'passkey' | null,
): Promise<NewSession> {
  return await context.store.change(found.actor, async (change) => {
    change.event({ type: 'login_confirm', user: found.user.id, cause: factor })
    return await renewSession(change, context.runtime, found.session, factor !== null)
  })
}

async function provePassword(
  context: Context,
  { user, actor }: FoundSession,
  password: Secret,
  address: string | null,
): Promise<void> {
  const { store, vault, hasher } = context
  const keys = ownKeys(user.id)
  if (!(await beginAttempt(context, keys)))
    throw new Problem('too_many_requests', 'Too many wrong passwords. Sign out, and have a link sent to you instead.')
  const credential = await findCredential(store.db, user.id)
  const phc = credential === undefined ? undefined : openHash(vault, credential)
  const matches = await hasher.verify(phc, password, address ?? undefined)
  await store.change(actor, async (change) => {
    if (matches) {
      change.quiet('counting attempts')
      return await attemptSucceeded(change.trx, keys)
    }
    await attemptFailed(context, change, { keys, counts: true })
    change.event({ type: 'login_failure', outcome: 'failure', cause: 'wrong_password', user: user.id })
  })
  if (!matches) throw new Problem('wrong_credentials', 'The password is wrong.')
}
