/** Links by mail, the overview of a person's password, and what happened to it. */
export const flowsEn = {
  'portal.signIn.forgot': 'Forgot your password?',
  'portal.reason.same': 'Confirm your password, and Microsoft 365 gets it.',

  'portal.forgot.title': 'Forgot your password?',
  'portal.forgot.lead':
    'Enter your work email, and {organisation} sends you a link to choose a new password, for Microsoft 365 too.',
  'portal.forgot.submit': 'Send me a link',
  'portal.forgot.empty': 'Enter your work email.',
  'portal.forgot.sent': 'Look into your mailbox',
  'portal.forgot.sent.detail':
    'If somebody here has this address, a link is on its way. It works for 30 minutes, and goes to your other address if you gave one. Nothing after five minutes? Ask your help desk.',
  'portal.forgot.by.others': 'Mails cannot be sent from here. Ask your help desk for a new password.',
  'portal.forgot.back': 'Back to sign-in',

  'portal.reset.title': 'Choose a new password',
  'portal.reset.lead': 'For {name}. It replaces your password for {organisation} and for Microsoft 365.',
  'portal.reset.submit': 'Set the new password',
  'portal.reset.gone.detail':
    'It was used, it is older than 30 minutes, or your password was changed since. Have a new one sent to you.',
  'portal.reset.again': 'Send me another link',
  'portal.link.other': 'This link is for somebody else',
  'portal.link.other.detail':
    'It was sent to {other}, and this browser is signed in as {name}. Sign out first, then open the link again.',

  'portal.home.two_passwords': 'You have two passwords at the moment',
  'portal.home.two_passwords.detail':
    'Your password was changed at Microsoft. To make it one again, confirm the password that you use here, or choose a new one.',
  'portal.home.awaiting': 'Microsoft 365 does not have your password yet',
  'portal.home.awaiting.detail': 'Confirm it once, and Microsoft 365 gets it.',
  'portal.home.awaiting.change': 'Choose a new password here, and Microsoft 365 gets it, too.',
  'portal.home.on_its_way.detail': 'You can close this page.',
  'portal.home.refused': 'Microsoft 365 refused your password',
  'portal.home.refused.detail': 'Your former one still works there. Choose another password here.',
  'portal.home.trouble': 'Your Microsoft 365 account needs your help desk',
  'portal.home.trouble.detail':
    'Your password here works. Tell your help desk that your account at Microsoft cannot be updated.',
  'portal.home.confirm': 'Confirm my password',

  'portal.news.title': 'Your Microsoft 365 password has been updated',
  'portal.news.lead': 'From now on, use the password of this page wherever you sign in to Microsoft 365.',
  'portal.news.updated': 'Updated',
  'portal.news.phones':
    'Phones, Outlook and other apps will ask for the password once in the next hours. Enter this one there.',
  'portal.news.seen': 'Got it',

  'portal.event.login_success': 'You signed in',
  'portal.event.login_failure': 'A sign-in with a wrong password',
  'portal.event.login_lock': 'Too many sign-ins with a wrong password',
  'portal.event.login_end': 'Signed out',
  'portal.event.password_change': 'Your password was changed',
  'portal.event.password_change.failure': 'A change of your password did not succeed',
  'portal.event.password_set': 'An administrator set your password',
  'portal.event.password_link_send': 'A link to choose a password was sent to you',
  'portal.event.password_remind': 'You were reminded to sign in',
  'portal.event.provisioned': 'Microsoft 365 took your password',
  'portal.event.provisioned.failure': 'Microsoft 365 did not take your password',
  'portal.event.user_create': 'Your account was made here',
  'portal.event.user_activate': 'Your account was activated',
  'portal.event.user_suspend': 'Your account was suspended',
  'portal.event.user_resume': 'Your account was resumed',
  'portal.event.user_update': 'What is known of you was changed',
  'portal.event.binding_create': 'Your Microsoft 365 account was bound',
  'portal.event.binding_delete': 'Your Microsoft 365 account was let go',
} as const

export type FlowsKey = keyof typeof flowsEn
