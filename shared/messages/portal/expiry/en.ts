/** What a password that ends says: in time, when it has, and when it closes Microsoft 365; and one that is too weak by now. */
export const expiryEn = {
  'portal.reason.expired':
    'Your password for {organisation} has expired. Choose another one here, Microsoft 365 included.',
  'portal.reason.weak':
    'Your password for {organisation} is easier to guess than the rules of today allow. Choose another one here, Microsoft 365 included.',
  'portal.home.expiring': 'Your password is good until {at}. Change it before then.',
  'portal.home.expired': 'Your password has expired',
  'portal.home.expired.detail': 'Choose another one now. Microsoft 365 goes on working meanwhile.',
  'portal.home.expired.grace':
    'Choose another one by {at}. After that you cannot sign in to Microsoft 365 until you do.',
  'portal.home.blocked': 'Microsoft 365 is closed to you for now',
  'portal.home.blocked.detail':
    'Your password has expired. Choose another one here, and your account opens again. Mails have been arriving all the time.',
  'portal.event.password_undelivered': 'Your password could not be delivered to Microsoft 365',
  'portal.event.password_warn': 'You were told that your password expires soon',
  'portal.event.password_expire': 'Your password expired',
  'portal.event.password_expire_block': 'Microsoft 365 was closed to you until you change your password',
  'portal.event.password_expire_release': 'Microsoft 365 was opened to you again',
} as const

export type ExpiryKey = keyof typeof expiryEn
