/** What mails say, by kind: subject, sentences, and what the button is called where there is one. */
export const mailEn = {
  activation: {
    subject: 'Set your password for {organisation}',
    lines: [
      '{organisation} has made an account for you. Choose a password to begin: it will also be your password for Microsoft 365.',
      'The link works once, for 72 hours. If it has ended, ask your help desk for another one.',
    ],
    button: 'Choose a password',
  },
  reset: {
    subject: 'Choose a new password',
    lines: [
      'Somebody asked for a new password for your account at {organisation}. With this link you choose it: here and for Microsoft 365.',
      'The link works once, for 30 minutes. If it was not you, do nothing: your password stays as it is.',
    ],
    button: 'Choose a new password',
  },
  welcome: {
    subject: 'Welcome to {organisation}',
    lines: [
      'Your account at {organisation} is ready. Sign in as {email}.',
      'You have been given a password by somebody. Ask your help desk if you have not.',
    ],
    button: 'Open the portal',
  },
  bound: {
    subject: 'One password for Microsoft 365',
    lines: [
      'From now on {organisation} looks after your password for Microsoft 365: {accounts}.',
      'If you have not signed in to the portal yet, do so once: then Microsoft 365 has the same password.',
    ],
    button: 'Open the portal',
  },
  reminder: {
    subject: 'Sign in once, and one password is enough',
    lines: [
      '{organisation} looks after your Microsoft 365 password now, but you have not signed in to its portal yet.',
      'Until you do, Microsoft 365 may still have another password. Sign in once: then it is the same everywhere.',
    ],
    button: 'Open the portal',
  },
  password_changed: {
    subject: 'Your password was changed',
    lines: ['Your password for {organisation} was changed on {at}.', 'If it was not you, tell your help desk at once.'],
    button: null,
  },
  expiring: {
    subject: 'Your password ends soon',
    lines: [
      'Your password for {organisation} and Microsoft 365 ends on {at}.',
      'Change it before then in the portal: it takes a minute, and nothing is interrupted.',
    ],
    button: 'Change the password',
  },
  expired: {
    subject: 'Your password has expired',
    lines: [
      'Your password for {organisation} has expired on {at}.',
      'Choose another one in the portal. Until then Microsoft 365 goes on working with the old one.',
    ],
    button: 'Choose another password',
  },
  expired_grace: {
    subject: 'Your password has expired: choose another one',
    lines: [
      'Your password for {organisation} has expired. Choose another one in the portal by {at}.',
      'After that your Microsoft 365 account is closed until you have chosen one. Mails go on arriving.',
    ],
    button: 'Choose another password',
  },
  expired_blocked: {
    subject: 'Microsoft 365 is closed until you choose another password',
    lines: [
      'Your password for {organisation} has expired, so your Microsoft 365 account is closed for now. Mails go on arriving.',
      'Choose another password in the portal: the account opens again at once.',
    ],
    button: 'Choose another password',
  },
  two_passwords: {
    subject: 'You have two passwords at the moment',
    lines: [
      'The password of {accounts} was changed at Microsoft 365, so it is not the one of {organisation} any more.',
      'Choose one password in the portal: then it is the same everywhere. If you did not change it, tell your help desk at once.',
    ],
    button: 'Choose one password',
  },
  refused: {
    subject: 'Microsoft 365 did not take your password',
    lines: [
      'Microsoft 365 refused your new password for {accounts}. The old one still works there.',
      'Choose another password in the portal, one that is longer or less common.',
    ],
    button: 'Choose another password',
  },
  locked: {
    subject: 'Somebody tried to guess your password',
    lines: [
      'There were a hundred sign-ins with a wrong password in a row. Nobody got in.',
      'Browsers that you have signed in with before go on working. To sign in with another one, ask for a new password first.',
    ],
    button: 'Ask for a new password',
  },
  address_changed: {
    subject: 'The address for your account was changed',
    lines: [
      'Mails about your account at {organisation} went to {before}. From now on they go to {after}.',
      'If you did not ask for this, tell your help desk at once.',
    ],
    button: null,
  },
  factor_added: {
    subject: 'A second factor was added to your account',
    lines: [
      'The second factor "{factor}" was added on {at}.',
      'If it was not you, change your password and tell your help desk at once.',
    ],
    button: 'Look at it in the portal',
  },
  factor_removed: {
    subject: 'A second factor was removed from your account',
    lines: [
      'The second factor "{factor}" was removed on {at}.',
      'If it was not you, change your password and tell your help desk at once.',
    ],
    button: 'Look at it in the portal',
  },
  factors_reset: {
    subject: 'Your second factors were taken away',
    lines: [
      'An administrator took all second factors away on {at}. You have been signed out everywhere.',
      'If you did not ask for this, tell your help desk at once.',
    ],
    button: 'Look at it in the portal',
  },
  recovery_code_used: {
    subject: 'A recovery code was used',
    lines: [
      'Somebody signed in to your account with a recovery code on {at}. Codes that are left: {left}.',
      'If it was not you, change your password and tell your help desk at once.',
    ],
    button: 'Look at it in the portal',
  },
  recovery_codes_renewed: {
    subject: 'New recovery codes were made',
    lines: [
      'New recovery codes were made for your account on {at}. The former ones work no more.',
      'If it was not you, change your password and tell your help desk at once.',
    ],
    button: 'Look at it in the portal',
  },
  new_device: {
    subject: 'A new sign-in to your account',
    lines: [
      'Somebody signed in to your account at {organisation} on {at} in a way that was not used before: {device}.',
      'If it was you, there is nothing to do. If not, change your password and tell your help desk at once.',
    ],
    button: 'Look at it in the portal',
  },
  synced: {
    subject: 'Microsoft 365 has your password now',
    lines: [
      'You signed in to {organisation} on {at}. From now on the same password is used for Microsoft 365: {accounts}.',
      'Telephones and programs may ask for it once. If it was not you, change your password and tell your help desk at once.',
    ],
    button: 'Open the portal',
  },
  adopted: {
    subject: '{organisation} looks after your account',
    lines: [
      '{organisation} has taken your account into its directory: {accounts}. For now you go on signing in as before.',
      'You will get another mail when there is something to do. If this surprises you, ask your help desk.',
    ],
    button: null,
  },
  letter: {
    greeting: 'Hello {name},',
    closing: 'This mail was sent by {organisation}.',
    link: 'If the button does not work, open this address:',
  },
} as const

type English = typeof mailEn

export type MailKind = Exclude<keyof English, 'letter'>

/** Every language says the same, with as many sentences, and has a button where English has one. */
export type MailCatalogue = {
  readonly [Kind in MailKind]: {
    readonly subject: string
    readonly lines: readonly [string, string]
    readonly button: English[Kind]['button'] extends null ? null : string
  }
} & { readonly letter: Readonly<Record<keyof English['letter'], string>> }

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never

/** What a mail of that kind has to be told, besides the organisation; times are written in the reader's way. */
export type MailValues<Kind extends MailKind> = {
  readonly [Name in Exclude<
    Names<English[Kind]['subject'] | English[Kind]['lines'][number]>,
    'organisation'
  >]: Name extends 'at' ? number : string
}
