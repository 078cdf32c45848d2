import { createHash } from 'node:crypto'
import { Problem } from '../domain/problem.ts'
import { type GivenCode, readCode } from '../domain/second-factor.ts'
import { countRecoveryCodes, markStep, takeRecoveryCode, totpOf } from '../store/factors.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import { SealRejected, type Vault } from '../store/vault.ts'
import { attemptFailed, attemptSucceeded, beginAttempt, factorKeys } from './attempts.ts'
import type { Context } from './context.ts'
import { tell } from './send-mails.ts'
import { actorOf } from './sessions.ts'
import { stepOfCode } from './totp.ts'

export const hashOfRecoveryCode = (code: string) => createHash('sha256').update(`recovery ${code}`).digest('hex')

export const wrongCode = () =>
  new Problem('wrong_code', 'The code is wrong, or it was used already. Wait for the next one and try again.')

/**
 * Uses up a code of the authenticator app, or a recovery code. Problems `wrong_code`, `too_many_requests`.
 */
export async function spendCode(
  context: Context,
  user: UserRow,
  given: string,
  address: string | null,
): Promise<'totp' | 'recovery_code'> {
  const keys = factorKeys(context, user.id, address)
  const counts = await beginAttempt(context, keys)
  const code = counts ? readCode(given) : null
  const spent = await context.store.change(actorOf(user), async (change) => {
    const how = code === null ? null : await spend(context, change, user, code)
    if (how === null) {
      await attemptFailed(context, change, { keys, counts })
      change.event({ type: 'login_failure', outcome: 'failure', cause: 'wrong_code', user: user.id })
    } else {
      await attemptSucceeded(change.trx, keys)
      change.quiet('a code was used; the sign-in that it is for says so')
    }
    return how
  })
  if (spent === null) throw wrongCode()
  return spent
}

async function spend(context: Context, change: Change, user: UserRow, { kind, code }: GivenCode) {
  const { trx, now } = change
  if (kind === 'recovery') {
    if (!(await takeRecoveryCode(trx, user.id, hashOfRecoveryCode(code)))) return null
    const left = await countRecoveryCodes(trx, user.id)
    change.event({ type: 'login_recovery_code_use', user: user.id, detail: `${left} recovery codes are left.` })
    await tell(context, trx, user, { kind: 'recovery_code_used', values: { at: now, left: String(left) } })
    return 'recovery_code'
  }
  for (const factor of await totpOf(trx, user.id)) {
    const seed = seedOf(context.vault, user.id, factor)
    const step = seed === null ? null : stepOfCode(seed, code, now)
    if (step !== null && (await markStep(trx, factor.id, step, now))) return 'totp'
  }
  return null
}

/** Null when it cannot be opened any more, as after the loss of the instance key: then another factor has to do. */
function seedOf(vault: Vault, userId: string, factor: { id: string; sealed_seed: string }): Uint8Array | null {
  try {
    return vault.openSeed(factor.sealed_seed, { userId, factorId: factor.id })
  } catch (error) {
    if (error instanceof SealRejected) return null
    throw error
  }
}
