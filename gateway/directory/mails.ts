import type { Mail } from '@lockstep/shared/contract/mail'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { findMail, type MailQuery, type MailRow, searchMails, updateMail } from '../store/mails.ts'
import type { Page } from '../store/page.ts'
import type { Context } from './context.ts'
import { sendLink } from './password-links.ts'

const iso = (at: number) => new Date(at).toISOString()

function present(row: MailRow): Mail {
  return {
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    recipient: row.recipient,
    subject: row.subject,
    state: row.state,
    attempts: row.attempt + (row.state === 'sent' ? 1 : 0),
    createdAt: iso(row.created_at),
    sentAt: row.sent_at === null ? null : iso(row.sent_at),
    nextAttemptAt: row.state === 'queued' ? iso(row.next_attempt_at) : null,
    reason: row.error,
  }
}

export async function listMails({ store }: Context, query: MailQuery): Promise<Page<Mail>> {
  const page = await searchMails(store.db, query)
  return { ...page, items: page.items.map(present) }
}

/** Problem `mail_not_found`. */
export async function mailOrProblem({ store }: Context, id: string): Promise<MailRow> {
  const mail = await findMail(store.db, id)
  if (mail === undefined) throw new Problem('mail_not_found', 'There is no such mail. Mails are listed for 90 days.')
  return mail
}

/** Problems `mail_not_found`, `mail_text_gone`, `user_not_found`, `user_state_conflict`. */
export async function resendMail(context: Context, actor: Actor, id: string): Promise<{ recipient: string }> {
  const mail = await mailOrProblem(context, id)
  const { kind, user_id: userId, recipient } = mail
  if (mail.state === 'queued') {
    await context.store.change(actor, async (change) => {
      await updateMail(change.trx, id, { next_attempt_at: change.now })
      change.event({ type: 'mail_resend', user: userId, cause: kind })
    })
    return { recipient }
  }
  if (userId !== null && (kind === 'activation' || kind === 'reset'))
    return await sendLink(context, actor, { userId, purpose: kind })
  throw new Problem(
    'mail_text_gone',
    'The text of a mail is not kept once it was sent or given up. Mend the address, and the next mail arrives; what it told stands in the portal, too.',
  )
}

/** A server took the mail and sent it back later. Problem `mail_not_found`. */
export async function bounceMail(context: Context, actor: Actor, id: string, reason: string): Promise<Mail> {
  const mail = await mailOrProblem(context, id)
  await context.store.change(actor, async (change) => {
    if (mail.state === 'bounced') return change.quiet('it is known to have bounced')
    await updateMail(change.trx, id, { state: 'bounced', sealed: null, error: reason })
    change.event({ type: 'mail_bounce', outcome: 'failure', user: mail.user_id, cause: mail.kind, detail: reason })
  })
  return present(await mailOrProblem(context, id))
}
