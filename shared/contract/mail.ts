import { z } from 'zod'
import { line } from './attributes.ts'
import { endpoint } from './endpoint.ts'
import { Time } from './ids.ts'
import { listOf, listQuery } from './list.ts'

/** `bounced`: refused for good on the way to the recipient. `failed`: given up after many attempts. */
export const MailState = z.enum(['queued', 'sent', 'bounced', 'failed'])
export type MailState = z.infer<typeof MailState>

/** A mail without its text, which may hold a link. */
export const Mail = z.object({
  id: z.string(),
  userId: z.string().nullable(),
  kind: z.string(),
  recipient: z.string(),
  subject: z.string(),
  state: MailState,
  attempts: z.number().int(),
  createdAt: Time,
  sentAt: Time.nullable(),
  nextAttemptAt: Time.nullable(),
  /** What was said against it, last. */
  reason: z.string().nullable(),
})
export type Mail = z.infer<typeof Mail>

export const listMails = endpoint({
  method: 'GET',
  path: '/mails',
  summary: 'List mails to people, newest first; those of the last 90 days',
  access: 'auditor',
  query: z.strictObject({ ...listQuery, state: MailState.optional(), user: z.string().max(64).optional() }),
  answers: { 200: listOf(Mail) },
  problems: [],
})

export const resendMail = endpoint({
  method: 'POST',
  path: '/mails/{id}/resend',
  summary: 'Send a mail with a link again, with a new link; one that waits is tried at once',
  access: 'helpdesk',
  answers: { 202: z.object({ recipient: z.string() }) },
  problems: ['mail_not_found', 'mail_text_gone', 'user_not_found', 'user_state_conflict'],
})

export const bounceMail = endpoint({
  method: 'POST',
  path: '/mails/{id}/bounce',
  summary: 'Tell that a mail came back: its Message-ID begins with the id',
  access: 'admin',
  body: z.strictObject({ reason: line(300).min(1) }),
  answers: { 200: Mail },
  problems: ['mail_not_found'],
})
