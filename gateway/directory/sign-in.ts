import type { Actor } from '../domain/actor.ts'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { stepAfterPassword } from '../domain/second-factor.ts'
import type { Secret } from '../domain/secret.ts'
import { type CredentialRow, findCredential, openHash } from '../store/credentials.ts'
import { countFactors } from '../store/factors.ts'
import { findUserByEmail, type UserRow } from '../store/users.ts'
import { type Attempt, type AttemptKeys, attemptFailed, attemptSucceeded } from './attempts.ts'
import type { Context } from './context.ts'
import { enter, type SignedIn } from './enter.ts'
import { type HalfSignIn, startHalf } from './half-sign-in.ts'
import { spendCode } from './second-factor.ts'
import type { Visit } from './sessions.ts'
import { beginSignInAttempt } from './sign-in-attempt.ts'

export type { SignedIn } from './enter.ts'

type Given = Visit & { email: string; password: Secret }

/**
 * Verifies a password, and the second factor of whoever has one, and sends the password to Microsoft 365 where it is not
 * yet. Whoever is unknown, staged, suspended or wrong is told the same, after the same work. Problems
 * `wrong_credentials`, `second_factor_needed`, `second_factor_missing`, `wrong_code`, `too_many_requests`, `busy`.
 */
export async function signIn(
  context: Context,
  _actor: Actor | null,
  input: Given & { otp?: string },
): Promise<SignedIn> {
  const proved = await provePassword(context, input)
  const { user, keys } = proved
  const step = await stepOf(context, user)
  if (step === 'none')
    return (await enter(context, { ...proved, factor: null })) ?? (await refuse(context, { keys, counts: true }, user))
  await rightSoFar(context, keys)
  if (step === 'set_up')
    throw new Problem(
      'second_factor_missing',
      'Your role needs a second factor. Sign in at /portal/login once and set it up there.',
    )
  if (input.otp === undefined)
    throw new Problem('second_factor_needed', 'Send "otp" too: the code of your authenticator app, or a recovery code.')
  const factor = await spendCode(context, user, input.otp, input.address)
  return (await enter(context, { ...proved, factor })) ?? (await refuse(context, { keys, counts: true }, user))
}

export type Begun = ({ kind: 'signed_in' } & SignedIn) | ({ kind: 'half' } & HalfSignIn)

/**
 * The same in two steps: whoever needs a second factor gets a half sign-in, and nothing is sealed or signed in yet.
 * `onward` is the path that the whole sign-in leads to.
 */
export async function beginSignIn(context: Context, input: Given & { onward: string | null }): Promise<Begun> {
  const proved = await provePassword(context, input)
  const { user, keys } = proved
  const step = await stepOf(context, user)
  if (step !== 'none') {
    await rightSoFar(context, keys)
    return { kind: 'half', ...(await startHalf(context, { ...proved, step, onward: input.onward })) }
  }
  const entered =
    (await enter(context, { ...proved, factor: null })) ?? (await refuse(context, { keys, counts: true }, user))
  return { kind: 'signed_in', ...entered }
}

async function stepOf({ store, settings }: Context, user: UserRow) {
  const counts = (await countFactors(store.db, [user.id])).get(user.id)
  return stepAfterPassword(settings.secondFactor, user.role, (counts?.totp ?? 0) + (counts?.passkeys ?? 0))
}

type Proved = { user: UserRow; credential: CredentialRow; password: Secret; visit: Visit; keys: AttemptKeys }

/** Who it is. Problems `wrong_credentials`, `too_many_requests`, `busy`. */
async function provePassword(context: Context, input: Given): Promise<Proved> {
  const { store, vault, hasher } = context
  const email = input.email.trim().toLowerCase()
  const { address, agent, replaces, browser, isAnnounced } = input
  const user = await findUserByEmail(store.db, email)
  const from = { email, userId: user?.id ?? '', address, browser: browser ?? null }
  const { keys, counts } = await beginSignInAttempt(context, from)
  const credential = await findCredential(store.db, user?.id ?? '')
  const phc = credential === undefined || !counts ? undefined : openHash(vault, credential)
  const matches = await hasher.verify(phc, input.password, address ?? undefined)
  if (!matches || user?.state !== 'active' || credential === undefined || phc === undefined)
    return await refuse(context, { keys, counts }, user)
  return { user, credential, password: input.password, visit: { address, agent, replaces, browser, isAnnounced }, keys }
}

/** The password was right, and codes are counted apart from it. */
async function rightSoFar({ store }: Context, keys: AttemptKeys): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('counting attempts')
    await attemptSucceeded(change.trx, keys)
  })
}

async function refuse(context: Context, attempt: Attempt, user: UserRow | undefined): Promise<never> {
  await context.store.change(system, async (change) => {
    await attemptFailed(context, change, attempt)
    change.event({ type: 'login_failure', outcome: 'failure', user: user?.id ?? null })
  })
  throw new Problem('wrong_credentials', 'Email or password is wrong. Check both and try again.')
}
