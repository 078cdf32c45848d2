import { locales } from '@lockstep/shared/messages/locale'
import type { MailMessage } from '@lockstep/shared/messages/mail/mail-message'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noticeMail, writeMail } from './templates.ts'

const head = { organisation: 'Contoso & Söhne', publicUrl: 'https://id.contoso.example' }
const at = Date.UTC(2026, 10, 23, 14, 2)

/** One of each kind; a kind that is missing here does not compile. */
const samples = (text: string): { [Kind in MailMessage['kind']]: Extract<MailMessage, { kind: Kind }> } => ({
  activation: { kind: 'activation', values: {}, link: 'https://id.contoso.example/portal/activate/abc' },
  reset: { kind: 'reset', values: {}, link: 'https://id.contoso.example/portal/reset/abc' },
  welcome: { kind: 'welcome', values: { email: text } },
  bound: { kind: 'bound', values: { accounts: text } },
  reminder: { kind: 'reminder', values: {} },
  password_changed: { kind: 'password_changed', values: { at } },
  expiring: { kind: 'expiring', values: { at } },
  expired: { kind: 'expired', values: { at } },
  expired_grace: { kind: 'expired_grace', values: { at } },
  expired_blocked: { kind: 'expired_blocked', values: {} },
  two_passwords: { kind: 'two_passwords', values: { accounts: text } },
  refused: { kind: 'refused', values: { accounts: text } },
  locked: { kind: 'locked', values: {} },
  address_changed: { kind: 'address_changed', values: { before: text, after: text } },
  factor_added: { kind: 'factor_added', values: { factor: text, at } },
  factor_removed: { kind: 'factor_removed', values: { factor: text, at } },
  factors_reset: { kind: 'factors_reset', values: { at } },
  recovery_code_used: { kind: 'recovery_code_used', values: { at, left: '7' } },
  recovery_codes_renewed: { kind: 'recovery_codes_renewed', values: { at } },
  new_device: { kind: 'new_device', values: { at, device: text } },
  synced: { kind: 'synced', values: { at, accounts: text } },
  adopted: { kind: 'adopted', values: { accounts: text } },
})
const all = locales.flatMap((locale) =>
  Object.values(samples('ana@contoso.example')).map((message) => ({ locale, message })),
)

test.each(all)('$locale $message.kind says who and where, fills everything in, and loads nothing', (each) => {
  const mail = writeMail(head, { name: 'Ana', locale: each.locale }, each.message)
  expect(mail.text).toContain('Ana')
  expect(mail.text + mail.subject + mail.html).not.toMatch(/\{\w+\}|undefined/)
  expect(mail.html).toContain(`lang="${each.locale}"`)
  expect(mail.html).not.toMatch(/<[^>]*src=|url\(|@import/)
  const links = [...mail.html.matchAll(/https?:\/\/[^"<\s]+/g)].map(([link]) => new URL(link).origin)
  expect([...new Set(links)]).toEqual(mail.html.includes('<a ') ? ['https://id.contoso.example'] : [])
})

test('names are text, and the subject is one line, whatever somebody is called', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<img src=x onerror=1>', 'A\r\nBcc: x@evil.example', '{organisation}', '$&', '"><b>', '\u2028'),
  )
  fc.assert(
    fc.property(hostile, hostile, fc.constantFrom(...locales), (name, organisation, locale) => {
      for (const message of Object.values(samples(name))) {
        const mail = writeMail({ ...head, organisation }, { name, locale }, message)
        expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(mail.text).toContain(name)
        const tags = [...mail.html.matchAll(/<(?!\/|!)(\w+)/g)].map(([, tag]) => tag)
        const ours = ['html', 'head', 'meta', 'title', 'style', 'body', 'div', 'p', 'a', 'br']
        expect(tags.filter((tag) => !ours.includes(tag ?? ''))).toEqual([])
      }
    }),
    { numRuns: 100 },
  )
})

test('a notice for administrators has its sentences and the page where it is mended', () => {
  const notice = { kind: 'credential_end', subject: 'It ends', lines: ['Soon.'], link: '/console/connections' }
  const mail = noticeMail(head, 'Root', notice)
  expect(mail.text).toContain('Soon.\n\nhttps://id.contoso.example/console/connections')
})
