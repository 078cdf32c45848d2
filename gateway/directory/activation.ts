import { createHash } from 'node:crypto'
import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import type { Secret } from '../domain/secret.ts'
import { activationMail } from '../mail/templates.ts'
import { findCredential } from '../store/credentials.ts'
import { deleteLinksOf, findLink, insertLink } from '../store/links.ts'
import type { Change } from '../store/store.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { assertAcceptable } from './assert-acceptable.ts'
import type { Context } from './context.ts'
import { linkIsDead, offerPassword } from './offer-password.ts'
import { queueMailTo } from './send-mails.ts'
import { actorOf } from './sessions.ts'

const lifeMs = 72 * 3_600_000
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Queues the mail with a new link, inside the change that gives the reason for it. Older links die. */
export async function queueActivation(context: Context, change: Change, user: UserRow): Promise<void> {
  const token = Buffer.from(context.runtime.randomBytes(32)).toString('base64url')
  const credential = await findCredential(change.trx, user.id)
  await deleteLinksOf(change.trx, user.id)
  await insertLink(change.trx, {
    hash: hashOf(token),
    user_id: user.id,
    purpose: 'activation',
    credential_version: credential?.version ?? 0,
    created_at: change.now,
    ends_at: change.now + lifeMs,
  })
  const link = `${context.settings.publicUrl}/portal/activate/${token}`
  const body = activationMail(context.settings, { name: user.display_name, link })
  await queueMailTo(change.trx, context.runtime, user, body)
}

/** Whose link it is; undefined when it was used, has ended, or the password or state changed since. Consumes nothing. */
export async function inspectLink({ store, runtime }: Context, token: string): Promise<UserRow | undefined> {
  const link = await findLink(store.db, hashOf(token))
  if (link === undefined || runtime.now() >= link.ends_at) return undefined
  const user = await findUser(store.db, link.user_id)
  const credential = await findCredential(store.db, link.user_id)
  const alive = user?.state === 'active' && (credential?.version ?? 0) === link.credential_version
  return alive ? user : undefined
}

/**
 * Sets the password with a link, once: the new version kills all links. A password that is too weak or that the tenant
 * refuses leaves the link alive.
 * Problems `not_found`, `password_too_weak`, `password_refused_by_tenant`, `password_change_in_progress`, `busy`.
 */
export async function consumeLink(
  context: Context,
  _actor: Actor | null,
  input: { token: string; password: Secret },
): Promise<{ user: UserRow; sync: PasswordSync[] }> {
  const user = await inspectLink(context, input.token)
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
    linkHash: hashOf(input.token),
  })
  return { user, sync }
}
