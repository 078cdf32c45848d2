import { createHash } from 'node:crypto'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { stepAfterPassword } from '../domain/second-factor.ts'
import type { Secret } from '../domain/secret.ts'
import { type CredentialRow, findCredential } from '../store/credentials.ts'
import { countFactors } from '../store/factors.ts'
import { countTry, deleteHalf, findHalf, type HalfSignInRow, insertHalf } from '../store/half-sign-ins.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { SealRejected } from '../store/vault.ts'
import type { Context } from './context.ts'
import { type Entrance, enter, type SignedIn } from './enter.ts'
import { spendCode } from './second-factor.ts'
import type { Visit } from './sessions.ts'

/** Of the key that opens the password, and of the whole where only a code is missing. */
export const stepMs = 5 * 60_000
/** Setting up an app takes longer. Then the password may be forgotten before it is done, and is not sent anywhere. */
const setUpMs = 15 * 60_000
const triesMost = 5

/** What the browser keeps between the steps, each in a cookie of its own. */
export type HalfSignIn = { token: string; key: string; step: 'code' | 'set_up'; lifeMs: number }

export type FoundHalf = { row: HalfSignInRow; user: UserRow; step: 'code' | 'set_up' }

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/**
 * Keeps a sign-in whose password was right. The password lies in the database sealed with a key that only the browser
 * has: neither of them is worth anything alone.
 */
export async function startHalf(
  { store, vault, runtime }: Context,
  begun: {
    user: UserRow
    credential: CredentialRow
    password: Secret
    step: HalfSignIn['step']
    onward: string | null
  },
): Promise<HalfSignIn> {
  const { user, credential, step } = begun
  const token = Buffer.from(runtime.randomBytes(32)).toString('base64url')
  const key = runtime.randomBytes(32)
  const lifeMs = step === 'code' ? stepMs : setUpMs
  await store.change(system, async (change) => {
    change.quiet('half a sign-in')
    await insertHalf(change.trx, {
      id_hash: hashOf(token),
      user_id: user.id,
      credential_version: credential.version,
      sealed_password: vault.sealWith(key, begun.password, { userId: user.id, version: credential.version }),
      onward: begun.onward,
      tries: 0,
      created_at: change.now,
      ends_at: change.now + lifeMs,
    })
  })
  return { token, key: Buffer.from(key).toString('base64url'), step, lifeMs }
}

/** Undefined when it has ended, or the person or the password was changed since. */
export async function findHalfSignIn(context: Context, token: string): Promise<FoundHalf | undefined> {
  const { store, runtime, settings } = context
  const row = await findHalf(store.db, hashOf(token))
  if (row === undefined || runtime.now() >= row.ends_at) return undefined
  const user = await findUser(store.db, row.user_id)
  const credential = await findCredential(store.db, row.user_id)
  if (user?.state !== 'active' || credential?.version !== row.credential_version) return undefined
  const counts = (await countFactors(store.db, [user.id])).get(user.id)
  const step = stepAfterPassword(settings.secondFactor, user.role, (counts?.totp ?? 0) + (counts?.passkeys ?? 0))
  // Nothing is demanded any more: as after a code, the sign-in begins anew.
  return step === 'none' ? undefined : { row, user, step }
}

export const signInEnded = () =>
  new Problem('sign_in_ended', 'This sign-in took too long or was tried too often. Begin again with your password.')

/** Problems `wrong_code`, `too_many_requests`; `sign_in_ended` after five wrong codes. */
export async function finishWithCode(
  context: Context,
  half: FoundHalf,
  given: { code: string; key: string | null; visit: Visit },
): Promise<SignedIn> {
  if (half.step !== 'code') throw signInEnded()
  try {
    return await finishHalf(context, half, await spendCode(context, half.user, given.code, given.visit.address), given)
  } catch (error) {
    if (error instanceof Problem && error.code === 'wrong_code') await countWrong(context, half)
    throw error
  }
}

/** Problem `sign_in_ended` when that was once too often. */
export async function countWrong({ store }: Context, { row }: FoundHalf): Promise<void> {
  const isOver = await store.change(system, async (change) => {
    change.quiet('counting attempts')
    if ((await countTry(change.trx, row.id_hash)) < triesMost) return false
    return await deleteHalf(change.trx, row.id_hash)
  })
  if (isOver) throw signInEnded()
}

/** The whole sign-in, once everything was proved. Problem `sign_in_ended`. */
export async function finishHalf(
  context: Context,
  { row, user }: FoundHalf,
  factor: NonNullable<Entrance['factor']>,
  given: { key: string | null; visit: Visit },
): Promise<SignedIn> {
  const { store } = context
  const credential = await findCredential(store.db, user.id)
  const password = openPassword(context, row, given.key)
  const isFirst = await store.change(system, async (change) => {
    change.quiet('half a sign-in')
    return await deleteHalf(change.trx, row.id_hash)
  })
  if (!isFirst || credential?.version !== row.credential_version) throw signInEnded()
  const entered = await enter(context, { user, credential, password, visit: given.visit, factor, keys: null })
  if (entered === null) throw signInEnded()
  return entered
}

function openPassword({ vault, runtime }: Context, row: HalfSignInRow, key: string | null): Secret | null {
  if (key === null || runtime.now() - row.created_at >= stepMs) return null
  const bytes = Buffer.from(key, 'base64url')
  try {
    if (bytes.length !== 32) throw new SealRejected()
    return vault.openWith(bytes, row.sealed_password, { userId: row.user_id, version: row.credential_version })
  } catch (error) {
    if (error instanceof SealRejected) throw signInEnded()
    throw error
  }
}
