import { createHash } from 'node:crypto'
import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { findCredential, openHash } from '../store/credentials.ts'
import type { Database } from '../store/schema.ts'
import { assertAcceptable } from './assert-acceptable.ts'
import { attemptFailed, attemptSucceeded, beginAttempt, ownKeys } from './attempts.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { offerPassword } from './offer-password.ts'

const hourMs = 3_600_000
const changesPerHour = 5

/**
 * A person changes the own password; Microsoft 365 is asked first. Other sessions end. Problems `wrong_credentials`,
 * `too_many_requests`, `password_too_weak`, `password_refused_by_tenant`, `password_change_in_progress`, `busy`.
 */
export async function changePassword(
  context: Context,
  actor: Actor,
  input: {
    userId: string
    currentPassword: Secret
    newPassword: Secret
    address: string | null
    /** The token of the session that asks. */
    sessionToken?: string
  },
): Promise<PasswordSync[]> {
  const { store, vault, hasher, runtime } = context
  const user = await userOrProblem(store.db, input.userId)
  await assertNotTooOften(store.db, user.id, runtime.now())
  const keys = ownKeys(user.id)
  if (!(await beginAttempt(context, keys)))
    throw new Problem('too_many_requests', 'Too many wrong passwords. Sign out, and have a link sent to you instead.')
  const credential = await findCredential(store.db, user.id)
  const phc = credential === undefined ? undefined : openHash(vault, credential)
  const matches = await hasher.verify(phc, input.currentPassword, input.address ?? undefined)
  await store.change(actor, async (change) => {
    if (matches) {
      change.quiet('counting attempts')
      return await attemptSucceeded(change.trx, keys)
    }
    await attemptFailed(context, change, { keys, counts: true })
    change.event({ type: 'password_change', outcome: 'failure', cause: 'wrong_password', user: user.id })
  })
  if (!matches || credential === undefined)
    throw new Problem('wrong_credentials', 'The current password is wrong. Nothing was changed.')
  await assertAcceptable(context, input.newPassword, user, credential, input.currentPassword)
  return await offerPassword(context, actor, {
    userId: user.id,
    password: input.newPassword,
    hash: await hasher.hash(input.newPassword),
    expected: credential.version,
    mustChange: false,
    origin: 'change',
    ...(input.sessionToken !== undefined && {
      keepSession: createHash('sha256').update(input.sessionToken).digest('hex'),
    }),
  })
}

async function assertNotTooOften(db: Kysely<Database>, userId: string, now: number): Promise<void> {
  const rows = await db
    .selectFrom('events')
    .select('at')
    .where('user_id', '=', userId)
    .where('type', '=', 'password_change')
    .where('outcome', '=', 'success')
    .where('at', '>', now - hourMs)
    .orderBy('seq', 'desc')
    .limit(changesPerHour)
    .execute()
  const oldest = rows[changesPerHour - 1]
  if (oldest === undefined) return
  const seconds = Math.ceil((oldest.at + hourMs - now) / 1_000)
  throw new Problem('too_many_requests', 'The password was changed often lately. Try again in an hour.', {
    retryAfterSeconds: seconds,
  })
}
