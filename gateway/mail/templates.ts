import type { Locale } from '@lockstep/shared/messages/locale'
import { letterWords, type MailMessage, type MailWords, mailWords } from '@lockstep/shared/messages/mail/mail-message'
import type { Notice } from '../domain/notice.ts'

/** A mail without its recipient: plain text first, and the same as HTML. Nothing in it is loaded from elsewhere. */
export type MailBody = { kind: string; subject: string; text: string; html: string }

type Letterhead = { organisation: string; publicUrl: string }
type Reader = { name: string; locale: Locale }

/** In the language of who reads it. Links are of the public URL alone. */
export function writeMail(head: Letterhead, reader: Reader, message: MailMessage): MailBody {
  const words = mailWords(reader.locale, { organisation: head.organisation, name: reader.name }, message)
  const link = message.link ?? head.publicUrl + pageOf(message.kind)
  return { kind: message.kind, ...compose(reader.locale, words, words.button === null ? null : link) }
}

function pageOf(kind: MailMessage['kind']): string {
  switch (kind) {
    case 'expiring':
    case 'expired':
    case 'expired_grace':
    case 'expired_blocked':
    case 'two_passwords':
    case 'refused':
      return '/portal/password?reason=change'
    case 'locked':
      return '/portal/forgot'
    case 'factor_added':
    case 'factor_removed':
    case 'factors_reset':
    case 'recovery_code_used':
    case 'recovery_codes_renewed':
    case 'new_device':
      return '/portal/security'
    default:
      return '/portal'
  }
}

/** To administrators, who read what the gateway says in English. */
export function noticeMail(head: Letterhead, name: string, notice: Notice): MailBody {
  const words = {
    ...letterWords('en', { organisation: head.organisation, name }),
    subject: notice.subject,
    lines: [...notice.lines],
    button: 'Open Lockstep',
  }
  return { kind: notice.kind, ...compose('en', words, head.publicUrl + notice.link) }
}

function compose(locale: Locale, words: MailWords, link: string | null): Omit<MailBody, 'kind'> {
  const text = [words.greeting, ...words.lines, ...(link === null ? [] : [link]), words.closing].join('\n\n')
  const subject = oneLine(words.subject)
  const paragraphs = [words.greeting, ...words.lines].map((line) => `<p>${escapeHtml(line)}</p>`).join('')
  const button =
    link === null
      ? ''
      : `<p><a class="button" href="${escapeHtml(link)}" style="${look.button}">${escapeHtml(words.button ?? '')}</a></p><p class="quiet" style="${look.quiet}">${escapeHtml(words.link)}<br>${escapeHtml(link)}</p>`
  const html = `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title><style>${dark}</style></head><body style="${look.body}"><div class="letter" style="${look.letter}">${paragraphs}${button}<p class="quiet" style="${look.quiet}">${escapeHtml(words.closing)}</p></div></body></html>`
  return { subject, text, html }
}

/** The colours of the portal, in each element, since many mail programs drop style sheets. */
const look = {
  body: 'margin:0;padding:24px 12px;background:#f6f7f9;font:16px/24px system-ui,sans-serif;color:#1b1f27',
  letter:
    'max-width:520px;margin:0 auto;padding:16px 28px;background:#ffffff;border:1px solid #d8dce2;border-radius:8px',
  button:
    'display:inline-block;padding:10px 20px;border-radius:6px;background:#3b4fc4;color:#ffffff;text-decoration:none;font-weight:600',
  quiet: 'color:#586070;font-size:14px;line-height:20px;overflow-wrap:anywhere',
} as const

const dark =
  '@media (prefers-color-scheme:dark){body{background:#16181d!important;color:#eceef2!important}.letter{background:#1f2229!important;border-color:#383d47!important}.button{background:#9aa8ff!important;color:#10131c!important}.quiet{color:#a3abba!important}}'

const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
