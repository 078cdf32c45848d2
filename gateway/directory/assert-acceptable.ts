import { system } from '../domain/actor.ts'
import { checkPassword, type PasswordGround } from '../domain/password-policy.ts'
import { strengthOf } from '../domain/password-strength.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { type CredentialRow, openHash, openHistory } from '../store/credentials.ts'
import type { UserRow } from '../store/users.ts'
import { isInFile } from './breached-file.ts'
import { isInRange } from './breached-range.ts'
import type { Context } from './context.ts'
import { groundOf } from './password-ground.ts'

/**
 * Problem `password_too_weak`, with a sentence for each rule that is broken. No hash is computed for a weak one, nor for
 * the one in force where the person has just proved it (`current`).
 */
export async function assertAcceptable(
  context: Context,
  password: Secret,
  person: Pick<UserRow, 'id' | 'email' | 'display_name' | 'given_name' | 'family_name'>,
  credential: CredentialRow | undefined,
  current?: Secret,
): Promise<void> {
  const given = await groundOf(context, person)
  refuseBroken(checkText(password, given))
  const breached = await lookUp(context, password)
  if (breached) refuseBroken(checkPassword(password.reveal(), { ...given, breached }))
  if (credential === undefined) return
  const former = openHistory(context.vault, credential)
  if (current === undefined) former.unshift(openHash(context.vault, credential))
  const history = current?.reveal() === password.reveal() || (await matchesAny(context, former, password))
  if (history) refuseBroken(checkPassword(password.reveal(), { ...given, history }))
}

/**
 * Whether a password that is in force breaks what its text alone decides by today's rules: they became stricter, or its
 * hash came from elsewhere.
 */
export async function isWeak(
  context: Context,
  password: Secret,
  person: Parameters<typeof groundOf>[1],
): Promise<boolean> {
  return checkText(password, await groundOf(context, person)).some(({ ok }) => !ok)
}

/** How hard it is to guess is looked at where nothing else is broken: that takes longest. */
function checkText(password: Secret, ground: PasswordGround) {
  const results = checkPassword(password.reveal(), ground)
  if (results.some(({ ok }) => !ok)) return results
  const { score: strength } = strengthOf(password.reveal(), ground)
  return checkPassword(password.reveal(), { ...ground, strength })
}

/** Problem `busy` when it cannot be looked up and the settings do not let it pass. */
async function lookUp({ store, settings: { breached } }: Context, password: Secret): Promise<boolean> {
  if (breached === null) return false
  try {
    return await ('file' in breached ? isInFile(breached.file, password) : isInRange(breached.url, password))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const after = breached.failOpen ? 'A password was accepted without it.' : 'A password was refused for it.'
    await store.change(system, async (change) =>
      change.event({
        type: 'password_check_failure',
        outcome: 'failure',
        detail: `Breached passwords could not be looked up: ${reason} ${after}`,
      }),
    )
    if (breached.failOpen) return false
    throw new Problem('busy', 'New passwords cannot be checked at the moment. Try again later.', {
      retryAfterSeconds: 60,
    })
  }
}

async function matchesAny({ hasher }: Context, former: readonly string[], password: Secret): Promise<boolean> {
  const open = [...former]
  let found = false
  const lane = async () => {
    for (let phc = open.shift(); phc !== undefined && !found; phc = open.shift()) {
      if (await hasher.verify(phc, password)) found = true
    }
  }
  // A second core only if nobody else needs it: in a rush everybody waits in the queue once.
  await Promise.all(hasher.hasFreeCore() ? [lane(), lane()] : [lane()])
  return found
}

function refuseBroken(results: ReturnType<typeof checkPassword>): void {
  const broken = results.filter(({ ok }) => !ok)
  if (broken.length === 0) return
  throw new Problem('password_too_weak', `Choose another password. ${broken.map((each) => each.sentence).join(' ')}`, {
    broken,
    errors: broken.map(({ sentence }) => ({ path: 'password', message: sentence })),
  })
}
