import type { Notice } from '../domain/notice.ts'

/** A mail without its recipient: plain text first, and the same as HTML. Nothing in it is loaded from elsewhere. */
export type MailBody = { kind: string; subject: string; text: string; html: string }

type Letterhead = { organisation: string; publicUrl: string }

export function activationMail(head: Letterhead, person: { name: string; link: string }): MailBody {
  return compose(head, {
    kind: 'activation',
    subject: `Set your password for ${head.organisation}`,
    greeting: `Hello ${person.name},`,
    lines: [
      `${head.organisation} has made an account for you. Choose a password to begin: it will also be your password for Microsoft 365.`,
      'The link works once, for 72 hours. If it has ended, ask your help desk for another one.',
    ],
    button: { label: 'Choose a password', link: person.link },
  })
}

export function resetMail(head: Letterhead, person: { name: string; link: string }): MailBody {
  return compose(head, {
    kind: 'reset',
    subject: 'Choose a new password',
    greeting: `Hello ${person.name},`,
    lines: [
      `Somebody asked for a new password for your account at ${head.organisation}. With this link you choose it: here and for Microsoft 365.`,
      'The link works once, for 30 minutes. If it was not you, do nothing: your password stays as it is.',
    ],
    button: { label: 'Choose a new password', link: person.link },
  })
}

export function lockedMail(head: Letterhead, person: { name: string }): MailBody {
  return compose(head, {
    kind: 'locked',
    subject: 'Somebody tried to guess your password',
    greeting: `Hello ${person.name},`,
    lines: [
      'There were a hundred sign-ins with a wrong password in a row. Nobody got in.',
      'Browsers that you have signed in with before go on working. To sign in with another one, ask for a new password first.',
    ],
    button: { label: 'Ask for a new password', link: `${head.publicUrl}/portal/forgot` },
  })
}

export function addressChangedMail(
  head: Letterhead,
  person: { name: string; before: string; after: string },
): MailBody {
  return compose(head, {
    kind: 'address_changed',
    subject: 'The address for your account was changed',
    greeting: `Hello ${person.name},`,
    lines: [
      `Mails about your account at ${head.organisation} went to ${person.before}. From now on they go to ${person.after}.`,
      'If you did not ask for this, tell your help desk at once.',
    ],
    button: null,
  })
}

export function welcomeMail(head: Letterhead, person: { name: string; email: string }): MailBody {
  return compose(head, {
    kind: 'welcome',
    subject: `Welcome to ${head.organisation}`,
    greeting: `Hello ${person.name},`,
    lines: [
      `Your account at ${head.organisation} is ready. Sign in as ${person.email}.`,
      'You have been given a password by somebody. Ask your help desk if you have not.',
    ],
    button: { label: 'Open the portal', link: `${head.publicUrl}/portal` },
  })
}

export function boundMail(head: Letterhead, person: { name: string; account: string }): MailBody {
  return compose(head, {
    kind: 'bound',
    subject: 'One password for Microsoft 365',
    greeting: `Hello ${person.name},`,
    lines: [
      `From now on ${head.organisation} looks after your Microsoft 365 account ${person.account}.`,
      'Sign in to the portal once: then Microsoft 365 has the same password.',
    ],
    button: { label: 'Open the portal', link: `${head.publicUrl}/portal` },
  })
}

export function reminderMail(head: Letterhead, person: { name: string }): MailBody {
  return compose(head, {
    kind: 'reminder',
    subject: 'Sign in once, and one password is enough',
    greeting: `Hello ${person.name},`,
    lines: [
      `${head.organisation} looks after your Microsoft 365 password now, but you have not signed in to its portal yet.`,
      'Until you do, Microsoft 365 may still have another password. Sign in once: then it is the same everywhere.',
    ],
    button: { label: 'Open the portal', link: `${head.publicUrl}/portal` },
  })
}

export function passwordChangedMail(head: Letterhead, person: { name: string; at: string }): MailBody {
  return compose(head, {
    kind: 'password_changed',
    subject: 'Your password was changed',
    greeting: `Hello ${person.name},`,
    lines: [
      `Your password for ${head.organisation} was changed at ${person.at}.`,
      'If it was not you, tell your help desk at once.',
    ],
    button: null,
  })
}

/** Something about how the person signs in, in one sentence. */
export function securityMail(head: Letterhead, name: string, sentence: string, at: number): MailBody {
  return compose(head, {
    kind: 'security',
    subject: 'The security of your account was changed',
    greeting: `Hello ${name},`,
    lines: [
      `${sentence} (${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC)`,
      'If it was not you, change your password and tell your help desk at once.',
    ],
    button: { label: 'Look at it in the portal', link: `${head.publicUrl}/portal/security` },
  })
}

export function noticeMail(head: Letterhead, name: string, notice: Notice): MailBody {
  return compose(head, {
    kind: notice.kind,
    subject: notice.subject,
    greeting: `Hello ${name},`,
    lines: [...notice.lines],
    button: { label: 'Open Lockstep', link: `${head.publicUrl}${notice.link}` },
  })
}

type Letter = {
  kind: string
  subject: string
  greeting: string
  lines: string[]
  button: { label: string; link: string } | null
}

function compose(head: Letterhead, letter: Letter): MailBody {
  const closing = `This mail was sent by ${head.organisation}.`
  const text = [letter.greeting, ...letter.lines, ...(letter.button ? [letter.button.link] : []), closing].join('\n\n')
  const paragraph = (line: string) => `<p style="margin:0 0 16px">${escapeHtml(line)}</p>`
  const button = letter.button
    ? `<p style="margin:0 0 16px"><a href="${escapeHtml(letter.button.link)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f4fd8;color:#ffffff;text-decoration:none">${escapeHtml(letter.button.label)}</a></p><p style="margin:0 0 16px;color:#555f6d;font-size:13px;word-break:break-all">${escapeHtml(letter.button.link)}</p>`
    : ''
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(letter.subject)}</title></head><body style="margin:0;padding:24px;background:#f4f6f9;font:16px/1.5 system-ui,sans-serif;color:#16202c"><div style="max-width:520px;margin:0 auto;padding:28px;background:#ffffff;border-radius:12px">${paragraph(letter.greeting)}${letter.lines.map(paragraph).join('')}${button}<p style="margin:0;color:#555f6d;font-size:13px">${escapeHtml(closing)}</p></div></body></html>`
  return { kind: letter.kind, subject: oneLine(letter.subject), text, html }
}

const oneLine = (text: string) => text.replace(/\p{Cc}+/gu, ' ').slice(0, 200)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
