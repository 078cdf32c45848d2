import { system } from '../domain/actor.ts'
import { deleteProgram, findRenewal, keepRenewal, type ProgramRow, putProgram } from '../store/programs.ts'
import { findUser } from '../store/users.ts'
import { tellNewDevice } from './announce-sign-in.ts'
import { attemptKeys, attemptSucceeded, beginAttempt, countStranger, deviceKeys } from './attempts.ts'
import type { Context } from './context.ts'
import { actorOf } from './sessions.ts'

/** The provider has given tokens to a program. */
export type Issued = {
  grantId: string
  userId: string
  client: ProgramRow['client']
  agent: string | null
  address: string | null
  /** ms since the epoch */
  endsAt: number
  /** Of a renewal: the token that was used up by it, and the whole answer. */
  renewal: { token: string; answer: string } | null
}

const agentLength = 300

/** Remembers which program somebody is signed in with, and for a moment what its renewal was answered with. */
export async function programSeen(context: Context, issued: Issued): Promise<void> {
  const { store, runtime } = context
  const user = await findUser(store.db, issued.userId)
  if (user === undefined) return
  await store.change(actorOf(user), async (change) => {
    const { trx, now } = change
    const isNew = await putProgram(trx, {
      id: issued.grantId,
      user_id: user.id,
      client: issued.client,
      agent: issued.agent?.slice(0, agentLength) ?? null,
      address: issued.address,
      created_at: now,
      seen_at: now,
      ends_at: issued.endsAt,
    })
    if (isNew) change.event({ type: 'login_program', user: user.id, cause: issued.client })
    else change.quiet('a program renewed its tokens')
    // The extension is in a browser whose sign-in was told of.
    if (isNew && issued.client === 'cli')
      await tellNewDevice(context, change, user, { ...issued, program: 'Lockstep CLI' })
    if (issued.renewal !== null) await keepRenewal(trx, runtime, issued.grantId, issued.renewal)
  })
}

/** What a renewal was answered with, for a program that did not get the answer; null when that is too long ago. */
export async function repeatedRenewal(
  { store, runtime }: Context,
  asked: { token: string; client: string },
): Promise<string | null> {
  return await findRenewal(store.db, asked.token, asked.client, runtime.now())
}

/** The provider has ended all that came from one sign-in: the program signed out, or a used token came again. */
export async function programEnded(
  { store }: Context,
  grantId: string,
  cause: 'signed_out' | 'token_reused',
): Promise<void> {
  await store.change(system, async (change) => {
    const program = await deleteProgram(change.trx, grantId)
    if (program === undefined) return change.quiet('the program was signed out before')
    const detail =
      'A token came a second time, so somebody else may have a copy. All that came from this sign-in has ended.'
    change.event({
      type: 'login_end',
      user: program.user_id,
      cause,
      ...(cause === 'token_reused' && { outcome: 'failure', detail }),
    })
  })
}

/** Whoever asks for a code without being known is slowed by address. Problem `too_many_requests`. */
export async function countCodeRequest(context: Context, address: string): Promise<void> {
  await context.store.change(system, async (change) => {
    change.quiet('counting attempts')
    await countStranger(change, attemptKeys(context, '', address))
  })
}

/**
 * One try to name the code that a program shows. Five may be wrong, then it takes longer and longer. Undefined when there
 * is no such code; problem `too_many_requests`.
 */
export async function tryCode<T>(
  context: Context,
  userId: string,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  return (await beginAttempt(context, deviceKeys(userId))) ? await find() : undefined
}

/** A code was answered, and is used up by that: naming an own one again and again takes no guess back. */
export async function codeAnswered({ store }: Context, userId: string): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('counting attempts')
    await attemptSucceeded(change.trx, deviceKeys(userId))
  })
}
