import type { ExpiryKey } from './en.ts'

export const expiryDe: Readonly<Record<ExpiryKey, string>> = {
  'portal.reason.expired':
    'Ihr Passwort für {organisation} ist abgelaufen. Wählen Sie hier ein neues, auch für Microsoft 365.',
  'portal.reason.weak':
    'Ihr Passwort für {organisation} ist leichter zu erraten, als die heutigen Regeln es erlauben. Wählen Sie hier ein anderes, auch für Microsoft 365.',
  'portal.home.expiring': 'Ihr Passwort gilt bis {at}. Ändern Sie es vorher.',
  'portal.home.expired': 'Ihr Passwort ist abgelaufen',
  'portal.home.expired.detail': 'Wählen Sie jetzt ein neues. Microsoft 365 funktioniert in der Zwischenzeit weiter.',
  'portal.home.expired.grace':
    'Wählen Sie bis {at} ein neues. Danach können Sie sich erst wieder bei Microsoft 365 anmelden, wenn Sie es getan haben.',
  'portal.home.blocked': 'Microsoft 365 ist für Sie vorerst gesperrt',
  'portal.home.blocked.detail':
    'Ihr Passwort ist abgelaufen. Wählen Sie hier ein neues, dann wird Ihr Konto wieder geöffnet. E-Mails sind die ganze Zeit angekommen.',
  'portal.event.password_undelivered': 'Ihr Passwort konnte Microsoft 365 nicht zugestellt werden',
  'portal.event.password_warn': 'Ihnen wurde gesagt, dass Ihr Passwort bald abläuft',
  'portal.event.password_expire': 'Ihr Passwort ist abgelaufen',
  'portal.event.password_expire_block': 'Microsoft 365 wurde gesperrt, bis Sie Ihr Passwort ändern',
  'portal.event.password_expire_release': 'Microsoft 365 wurde für Sie wieder geöffnet',
}
