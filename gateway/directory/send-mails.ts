import { isLocale, type Locale } from '@lockstep/shared/messages/locale'
import type { MailMessage } from '@lockstep/shared/messages/mail/mail-message'
import type { Kysely } from 'kysely'
import { system } from '../domain/actor.ts'
import { nextDelivery, type Refusal } from '../domain/delivery.ts'
import { type Post, refusalOf } from '../mail/post.ts'
import { type MailBody, writeMail } from '../mail/templates.ts'
import { contentOf, dueMails, type MailRow, queueMail, takeBackMails, updateMail } from '../store/mails.ts'
import type { Database } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import { findUser, type UserRow, userAttributes } from '../store/users.ts'
import type { Context } from './context.ts'

type Outbox = Pick<Context, 'runtime' | 'vault'>

/** Queues a mail to a person in the language of theirs, in the transaction of what it tells about. */
export async function tell(
  context: Outbox & Pick<Context, 'settings'>,
  trx: Kysely<Database>,
  user: UserRow,
  message: MailMessage,
  everyAddress = false,
): Promise<void> {
  const reader = { name: user.display_name, locale: localeOf(user, context.settings.language) }
  await queueMailTo(context, trx, user, writeMail(context.settings, reader, message), everyAddress)
}

/** One mail for several connections: it says all that a mail of its kind would have said that still waits. */
export async function tellOnce(context: Context, change: Change, userId: string, message: MailMessage): Promise<void> {
  const user = await findUser(change.trx, userId)
  if (user === undefined) return
  await takeBackMails(change.trx, userId, message.kind)
  await tell(context, change.trx, user, message)
}

/** The person's own language where we speak it, else the organisation's. */
export function localeOf(user: UserRow, fallback: Locale): Locale {
  const wanted = userAttributes(user).preferredLanguage?.split('-')[0] ?? ''
  return isLocale(wanted) ? wanted : fallback
}

/** To the other address while there is one, or the same letter to both. */
export async function queueMailTo(
  { runtime, vault }: Outbox,
  trx: Kysely<Database>,
  user: Pick<UserRow, 'id' | 'email' | 'alternate_email'>,
  body: MailBody,
  everyAddress = false,
): Promise<void> {
  const recipients = new Set([recipientOf(user), ...(everyAddress ? [user.email] : [])])
  for (const recipient of recipients)
    await queueMail(trx, vault, { id: runtime.newId(), user_id: user.id, recipient, ...body }, runtime.now())
}

export const recipientOf = (user: Pick<UserRow, 'email' | 'alternate_email'>) => user.alternate_email ?? user.email

type Sending = Outbox & Pick<Context, 'store'>

/** One pass over what is due. Returns how many were handed over. */
export async function sendDueMails(sending: Sending, post: Post): Promise<number> {
  const { store, runtime, vault } = sending
  let sent = 0
  for (const mail of await dueMails(store.db, runtime.now(), 20)) {
    const content = contentOf(vault, mail)
    if (content === null) {
      await giveUp(sending, mail, 'failed', 'It was sealed with a key that is lost. Send it again.')
      continue
    }
    const { id, recipient, subject } = mail
    try {
      await post.deliver({ id, recipient, subject, ...content })
    } catch (error) {
      await failed(sending, mail, refusalOf(error), error instanceof Error ? error.message.slice(0, 300) : 'unknown')
      continue
    }
    await store.change(system, async (change) => {
      change.quiet('outbox')
      await updateMail(change.trx, id, { state: 'sent', sealed: null, sent_at: change.now, error: null })
    })
    sent += 1
  }
  return sent
}

async function failed(sending: Sending, mail: MailRow, refusal: Refusal, reason: string): Promise<void> {
  const next = nextDelivery(mail.attempt, refusal)
  if (next.state !== 'queued') return await giveUp(sending, mail, next.state, reason)
  await sending.store.change(system, async (change) => {
    change.quiet('outbox')
    const again = { attempt: mail.attempt + 1, next_attempt_at: change.now + next.waitMs, error: reason }
    await updateMail(change.trx, mail.id, again)
  })
}

/** Its text goes, since it may hold a link. */
async function giveUp(
  { store }: Pick<Sending, 'store'>,
  mail: MailRow,
  state: 'bounced' | 'failed',
  reason: string,
): Promise<void> {
  await store.change(system, async (change) => {
    await updateMail(change.trx, mail.id, { state, sealed: null, attempt: mail.attempt + 1, error: reason })
    const type = state === 'bounced' ? 'mail_bounce' : 'mail_send'
    change.event({ type, outcome: 'failure', user: mail.user_id, cause: mail.kind, detail: reason })
  })
}
