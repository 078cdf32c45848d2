import type { MailMessage } from '@lockstep/shared/messages/mail/mail-message'
import { system } from '../domain/actor.ts'
import {
  blocksAt,
  type ExpiryPolicy,
  type ExpiryStep,
  expiresAt,
  expiryStep,
  quietAgeMs,
} from '../domain/password-age.ts'
import { type Ageing, ageingUnseen, updateAge } from '../store/ageing.ts'
import { bindingsOfUser } from '../store/bindings.ts'
import type { Change } from '../store/store.ts'
import { findUser, type UserRow, updateUser } from '../store/users.ts'
import type { Context } from './context.ts'
import { markDirty } from './mark-dirty.ts'
import { timeOf } from './present-user.ts'
import { tell } from './send-mails.ts'

/** How exact the ladder is, in ms. */
const lookEveryMs = 3_600_000
const atOnce = 500

/**
 * Warns people whose password expires, tells those whose has, and blocks accounts where the organisation wants it. Each rung
 * has one event and one mail. Without a policy it only takes back what an earlier one has done.
 */
export async function watchPasswords(context: Context): Promise<void> {
  const policy = context.settings.passwordExpiry
  for (let more = true; more; ) {
    more = await context.store.change(system, async (change) => {
      change.quiet('nobody is due')
      // Read in the same change: whoever chose another password in between must not be blocked for the old one.
      const unseen = await ageingUnseen(change.trx, {
        changedBefore: policy === null ? null : change.now - quietAgeMs(policy),
        lookedBefore: change.now - lookEveryMs,
        limit: atOnce,
      })
      for (const ageing of unseen) await look(context, change, policy, ageing)
      return unseen.length === atOnce
    })
  }
}

async function look(
  context: Context,
  change: Change,
  policy: ExpiryPolicy | null,
  { userId, ...age }: Ageing,
): Promise<void> {
  await updateAge(change.trx, userId, { expiry_looked_at: change.now })
  const user = await findUser(change.trx, userId)
  const step = expiryStep(policy, age, change.now)
  if (user === undefined || step === null) return
  if (step.step === 'release') return await release(change, user)
  // Without a policy there is nothing but to release.
  if (policy === null) return
  await take(context, change, policy, user, age.changedAt, step)
}

async function take(
  context: Context,
  change: Change,
  policy: ExpiryPolicy,
  user: UserRow,
  changedAt: number,
  step: Exclude<ExpiryStep, { step: 'release' }>,
): Promise<void> {
  const end = expiresAt(policy, changedAt) ?? change.now
  const say = (message: MailMessage) => tell(context, change.trx, user, message, true)
  switch (step.step) {
    case 'warn':
      change.event({ type: 'password_warn', user: user.id, detail: `The password expires on ${timeOf(end)}.` })
      return await say({ kind: 'expiring', values: { at: end } })
    case 'tell': {
      const until = blocksAt(policy, change.now)
      await updateAge(change.trx, user.id, { expiry_told_at: change.now })
      change.event({
        type: 'password_expire',
        user: user.id,
        detail: until === null ? null : `Accounts are blocked on ${timeOf(until)} unless it is changed.`,
      })
      return await say(
        until === null ? { kind: 'expired', values: { at: end } } : { kind: 'expired_grace', values: { at: until } },
      )
    }
    case 'block':
      // Who has no account loses nothing; once there is one, the next look finds it.
      if ((await bindingsOfUser(change.trx, user.id)).length === 0) return
      await updateUser(change.trx, user.id, { expiry_blocked_at: change.now })
      change.event({ type: 'password_expire_block', user: user.id })
      await markDirty(change, user.id)
      return await say({ kind: 'expired_blocked', values: {} })
  }
}

async function release(change: Change, user: UserRow): Promise<void> {
  await unblockExpired(change, user)
  change.event({
    type: 'password_expire_release',
    user: user.id,
    detail: 'The rules changed: the password is good for longer, or nobody is blocked for it any more.',
  })
}

/** What was blocked for an old password alone comes back. */
export async function unblockExpired(change: Change, user: Pick<UserRow, 'id' | 'expiry_blocked_at'>): Promise<void> {
  if (user.expiry_blocked_at === null) return
  await updateUser(change.trx, user.id, { expiry_blocked_at: null })
  await markDirty(change, user.id)
}
