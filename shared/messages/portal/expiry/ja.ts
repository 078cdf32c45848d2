import type { ExpiryKey } from './en.ts'

export const expiryJa: Readonly<Record<ExpiryKey, string>> = {
  'portal.reason.expired':
    '{organisation} のパスワードの有効期限が切れました。Microsoft 365 の分も含めて、ここで新しいパスワードを選んでください。',
  'portal.reason.weak':
    '{organisation} のパスワードが、現在のルールよりも推測されやすくなっています。ここで別のパスワードを選んでください (Microsoft 365 も変わります)。',
  'portal.home.expiring': 'パスワードは {at} まで有効です。その前に変更してください。',
  'portal.home.expired': 'パスワードの有効期限が切れました',
  'portal.home.expired.detail': '今すぐ新しいパスワードを選んでください。それまでの間も Microsoft 365 は使えます。',
  'portal.home.expired.grace':
    '{at} までに新しいパスワードを選んでください。それを過ぎると、変更するまで Microsoft 365 にサインインできません。',
  'portal.home.blocked': '現在、Microsoft 365 は使えません',
  'portal.home.blocked.detail':
    'パスワードの有効期限が切れました。ここで新しいパスワードを選ぶと、アカウントは再び使えるようになります。メールはこの間も届いています。',
  'portal.event.password_undelivered': 'パスワードを Microsoft 365 に届けられませんでした',
  'portal.event.password_warn': 'パスワードの有効期限が近いことをお知らせしました',
  'portal.event.password_expire': 'パスワードの有効期限が切れました',
  'portal.event.password_expire_block': 'パスワードを変更するまで Microsoft 365 が使えなくなりました',
  'portal.event.password_expire_release': 'Microsoft 365 が再び使えるようになりました',
}
