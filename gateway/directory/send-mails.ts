import type { Kysely } from 'kysely'
import { system } from '../domain/actor.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { Post } from '../mail/post.ts'
import type { MailBody } from '../mail/templates.ts'
import { dueMails, type MailRow, queueMail, settleMail } from '../store/mails.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'

/** Minutes until each further attempt; after the last one the mail is given up. */
const waitMinutes = [1, 5, 15, 60, 240, 720]
const idleMs = 1_000

/**
 * Queues a mail to a person, in the transaction of what it tells about: to the other address while there is one, or the
 * same letter to both.
 */
export async function queueMailTo(
  trx: Kysely<Database>,
  runtime: Pick<Runtime, 'now' | 'newId'>,
  user: Pick<UserRow, 'id' | 'email' | 'alternate_email'>,
  body: MailBody,
  everyAddress = false,
): Promise<void> {
  const recipients = new Set([recipientOf(user), ...(everyAddress ? [user.email] : [])])
  for (const recipient of recipients)
    await queueMail(trx, { id: runtime.newId(), user_id: user.id, recipient, ...body }, runtime.now())
}

export const recipientOf = (user: Pick<UserRow, 'email' | 'alternate_email'>) => user.alternate_email ?? user.email

type Sending = { store: Store; runtime: Runtime }

/** One pass over what is due. Returns how many were handed over. */
export async function sendDueMails({ store, runtime }: Sending, post: Post): Promise<number> {
  let sent = 0
  for (const mail of await dueMails(store.db, runtime.now(), 20)) {
    const error = await post.deliver(mail).then(
      () => null,
      (failure: unknown) => (failure instanceof Error ? failure.message.slice(0, 300) : 'unknown'),
    )
    await settle({ store, runtime }, mail, error)
    if (error === null) sent += 1
  }
  return sent
}

async function settle({ store, runtime }: Sending, mail: MailRow, error: string | null): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('outbox')
    const attempt = mail.attempt + 1
    const wait = waitMinutes[mail.attempt]
    if (error === null) await settleMail(change.trx, mail.id, { state: 'sent', now: runtime.now() })
    else if (wait === undefined) {
      await settleMail(change.trx, mail.id, { state: 'failed', attempt, error })
      change.event({ type: 'mail_send', outcome: 'failure', user: mail.user_id, cause: mail.kind, detail: error })
    } else {
      const nextAttemptAt = runtime.now() + wait * 60_000
      await settleMail(change.trx, mail.id, { state: 'queued', attempt, nextAttemptAt, error })
    }
  })
}

/** Sends until the signal ends it. */
export async function runMails(sending: Sending, post: Post, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const sent = await sendDueMails(sending, post)
    if (sent === 0) await sending.runtime.sleep(idleMs, signal)
  }
}
