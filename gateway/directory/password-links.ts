import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { type LinkPurpose, linkIsAlive, linkLifeMs } from '../domain/link.ts'
import type { Secret } from '../domain/secret.ts'
import { findCredential } from '../store/credentials.ts'
import { findLink } from '../store/links.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { assertAcceptable } from './assert-acceptable.ts'
import { carryOut } from './carry-out.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { linkHashOf, makeLink } from './make-link.ts'
import { linkIsDead, offerPassword } from './offer-password.ts'
import { recipientOf } from './send-mails.ts'
import { actorOf } from './sessions.ts'
import { standingOf, stepOrProblem } from './state.ts'

type LinkUse = { token: string; purpose: LinkPurpose }

/** Whose link it is; undefined when it was used, has ended, or the password or state changed since. Consumes nothing. */
export async function inspectLink(
  { store, runtime }: Context,
  { token, purpose }: LinkUse,
): Promise<UserRow | undefined> {
  const link = await findLink(store.db, linkHashOf(token))
  if (link === undefined) return undefined
  const user = await findUser(store.db, link.user_id)
  const credential = await findCredential(store.db, link.user_id)
  const made = { purpose: link.purpose, credentialVersion: link.credential_version, endsAt: link.ends_at }
  const owner = user && { state: user.state, credentialVersion: credential?.version ?? 0 }
  return owner && linkIsAlive(made, purpose, owner, runtime.now()) ? user : undefined
}

/**
 * Sets the password with a link, once: the new version kills all links and ends all sessions. A password that is too
 * weak or that the tenant refuses leaves the link alive.
 * Problems `link_gone`, `password_too_weak`, `password_refused_by_tenant`, `password_change_in_progress`, `busy`.
 */
export async function consumeLink(
  context: Context,
  _actor: Actor | null,
  input: LinkUse & { password: Secret },
): Promise<{ user: UserRow; sync: PasswordSync[] }> {
  const user = await inspectLink(context, input)
  if (user === undefined) throw linkIsDead()
  const credential = await findCredential(context.store.db, user.id)
  await assertAcceptable(context, input.password, user, credential)
  const sync = await offerPassword(context, actorOf(user), {
    userId: user.id,
    password: input.password,
    hash: await context.hasher.hash(input.password),
    expected: credential?.version ?? 0,
    mustChange: false,
    origin: 'link',
    linkHash: linkHashOf(input.token),
  })
  return { user, sync }
}

/** A link as it is shown on a screen, and until when it works, in ms since the epoch. */
export type ShownLink = { link: string; purpose: LinkPurpose; endsAt: number }

/**
 * A link to choose a password for somebody who stands at the desk: it is shown, and nothing is mailed. Works as long as
 * one that was asked for. Problems `user_not_found`, `user_state_conflict`.
 */
export async function showLink(context: Context, actor: Actor, userId: string): Promise<ShownLink> {
  return await context.store.change(actor, async (change) => {
    const user = await userOrProblem(change.trx, userId)
    const standing = await standingOf(change.trx, user)
    const purpose = standing.password === 'none' ? 'activation' : 'reset'
    const step = stepOrProblem(user, standing, { act: 'show_link', purpose })
    await carryOut(context, change, user, step, { cause: purpose })
    const lifeMs = linkLifeMs.reset
    return { link: await makeLink(context, change, user, purpose, lifeMs), purpose, endsAt: change.now + lifeMs }
  })
}

/**
 * Sends somebody the link to choose a password, or another one. Tells where the mail goes. Problems `user_not_found`,
 * `user_state_conflict`.
 */
export async function sendLink(
  context: Context,
  actor: Actor,
  input: { userId: string; purpose: LinkPurpose },
): Promise<{ recipient: string }> {
  return await context.store.change(actor, async (change) => {
    const user = await userOrProblem(change.trx, input.userId)
    const standing = await standingOf(change.trx, user)
    const purpose = input.purpose === 'reset' && standing.password === 'none' ? 'activation' : input.purpose
    const step = stepOrProblem(user, standing, { act: 'send_link', purpose })
    await carryOut(context, change, user, step, { cause: purpose })
    return { recipient: recipientOf(user) }
  })
}
