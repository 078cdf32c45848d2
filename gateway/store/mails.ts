import type { Kysely, Selectable } from 'kysely'
import type { Database, Mails } from './schema.ts'

export type MailRow = Selectable<Mails>
export type NewMail = Pick<MailRow, 'id' | 'user_id' | 'kind' | 'recipient' | 'subject' | 'text' | 'html'>

/** In the transaction of what it tells about: it is sent if, and only if, that is true. */
export async function queueMail(trx: Kysely<Database>, mail: NewMail, now: number): Promise<void> {
  await trx
    .insertInto('mails')
    .values({
      ...mail,
      state: 'queued',
      attempt: 0,
      next_attempt_at: now,
      created_at: now,
      sent_at: null,
      error: null,
    })
    .execute()
}

export async function dueMails(db: Kysely<Database>, now: number, limit: number): Promise<MailRow[]> {
  return await db
    .selectFrom('mails')
    .selectAll()
    .where('state', '=', 'queued')
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(limit)
    .execute()
}

/** What is sent or given up loses its text, since it may hold a link. */
export async function settleMail(
  trx: Kysely<Database>,
  id: string,
  outcome:
    | { state: 'sent'; now: number }
    | { state: 'queued'; attempt: number; nextAttemptAt: number; error: string }
    | { state: 'failed'; attempt: number; error: string },
): Promise<void> {
  const bare = { text: '', html: '' }
  const values =
    outcome.state === 'sent'
      ? { ...bare, state: outcome.state, sent_at: outcome.now, error: null }
      : outcome.state === 'failed'
        ? { ...bare, state: outcome.state, attempt: outcome.attempt, error: outcome.error }
        : {
            state: outcome.state,
            attempt: outcome.attempt,
            next_attempt_at: outcome.nextAttemptAt,
            error: outcome.error,
          }
  await trx.updateTable('mails').set(values).where('id', '=', id).execute()
}
