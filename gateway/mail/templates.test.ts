import { expect, test } from 'vitest'
import {
  activationMail,
  addressChangedMail,
  boundMail,
  lockedMail,
  passwordChangedMail,
  reminderMail,
  resetMail,
  welcomeMail,
} from './templates.ts'

const head = { organisation: 'Contoso & Söhne', publicUrl: 'https://id.contoso.example' }
const name = '<img src=x onerror=alert(1)> "Ana"'

test.each([
  activationMail(head, { name, link: 'https://id.contoso.example/portal/activate/abc' }),
  resetMail(head, { name, link: 'https://id.contoso.example/portal/reset/abc' }),
  lockedMail(head, { name }),
  addressChangedMail(head, { name, before: 'ana@contoso.example', after: 'ana@home.example' }),
  welcomeMail(head, { name, email: 'ana@contoso.example' }),
  boundMail(head, { name, account: 'ana@contoso.example' }),
  reminderMail(head, { name }),
  passwordChangedMail(head, { name, at: '2026-11-23 14:02 UTC' }),
])('$kind: names are text, the subject is one line, and nothing is loaded from elsewhere', (mail) => {
  expect(mail.text).toContain(name)
  expect(mail.html).not.toContain('<img')
  expect(mail.html).toContain('&lt;img')
  expect(mail.html).not.toMatch(/<[^>]*src=|url\(|@import/)
  expect(mail.subject).not.toMatch(/[\r\n]/)
})

test('an organisation with a line break cannot add a header', () => {
  const mail = activationMail(
    { ...head, organisation: 'A\r\nBcc: x@evil.example' },
    { name, link: 'https://a.example' },
  )
  expect(mail.subject).toBe('Set your password for A Bcc: x@evil.example')
})
