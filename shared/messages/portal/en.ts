import { expiryEn } from './expiry/en.ts'
import { flowsEn } from './flows/en.ts'
import { guessesEn } from './guesses/en.ts'
import { problemsEn } from './problems/en.ts'
import { programsEn } from './programs/en.ts'
import { securityEn } from './security/en.ts'

/** Every sentence of the portal, by key; `{name}` is filled in. The other languages have the same keys. */
export const en = {
  ...securityEn,
  'portal.signIn.title': 'Sign in',
  'portal.signIn.email': 'Work email',
  'portal.signIn.password': 'Password',
  'portal.signIn.submit': 'Sign in',
  'portal.signIn.wrong': 'The email or the password is wrong. Check both and try again.',
  'portal.signIn.ended': 'You were signed out. Sign in to go on.',
  'portal.signIn.started.over':
    'This sign-in has ended or was begun in another window. Start it again where you began it.',
  'portal.oauth.stopped': 'The sign-in could not go on',
  'portal.oauth.stopped.detail':
    'Start it again where you began it. If it stops again, tell your help desk this word: {code}',
  'portal.signOut': 'Sign out',
  'portal.language': 'Language',

  'portal.reason.change': 'Your password for {organisation}, Microsoft 365 included, is changed here.',
  'portal.reason.reset': 'Your password for {organisation}, Microsoft 365 included, is reset here.',
  'portal.reason.forced':
    'It is time for a new password. Your password for {organisation}, Microsoft 365 included, is changed here.',
  'portal.reason.route': 'Your password for {organisation}, Microsoft 365 included, is changed here.',
  'portal.reason.signInFirst': 'Sign in with your current password first.',

  'portal.home.title': 'Your password',
  'portal.home.in_sync': 'Same password everywhere',
  'portal.home.in_sync.since': 'Same password everywhere since',
  'portal.home.waiting': 'Your password is on its way to Microsoft 365',
  'portal.home.unbound': 'You have a password here',
  'portal.home.unbound.detail': 'No Microsoft 365 account is bound to it yet. There is nothing for you to do.',
  'portal.home.change': 'Change password',
  'portal.home.recent': 'What happened lately',
  'portal.notice.updated': 'Your Microsoft 365 password has been updated: use this password from now on.',

  'portal.connection.none': 'No password of yours is there yet.',
  'portal.connection.awaiting_login': 'Waits for you to sign in here.',
  'portal.connection.pending': 'On its way.',
  'portal.connection.in_sync': 'Updated.',
  'portal.connection.in_sync.at': 'Updated in Microsoft 365 at',
  'portal.connection.rejected': 'Refused it: too easy to guess, built from a banned word, or against the rules there.',
  'portal.connection.drifted': 'The password was changed at Microsoft.',

  'portal.password.title': 'Change your password',
  'portal.password.current': 'Current password',
  'portal.password.new': 'New password',
  'portal.password.submit': 'Change password',
  'portal.password.show': 'Show',
  'portal.password.hide': 'Hide',
  'portal.password.rules': 'Your new password',
  'portal.password.strength': 'Strength',
  'portal.password.strength.0': 'very weak',
  'portal.password.strength.1': 'weak',
  'portal.password.strength.2': 'fair',
  'portal.password.strength.3': 'good',
  'portal.password.strength.4': 'strong',
  'portal.password.wrong': 'The current password is wrong. Nothing was changed.',
  'portal.password.weak': 'Choose another password. What is marked below is still missing.',
  'portal.password.rule.broken': 'missing',
  'portal.password.done': 'Your password is changed',
  'portal.password.done.in_sync': 'Use the new password everywhere from now on.',
  'portal.password.done.waiting': 'Microsoft 365 gets it as soon as it answers. You can close this page.',
  'portal.password.done.home': 'Go to your overview',

  'portal.activate.title': 'Choose your password',
  'portal.activate.lead': 'Welcome, {name}. This password is for {organisation} and for Microsoft 365.',
  'portal.activate.submit': 'Set password and sign in',
  'portal.activate.gone': 'This link does not work any more',
  'portal.activate.gone.detail':
    'It was used, or it is older than three days. Ask the person who invited you for a new one.',

  'portal.problem.home': 'Go to the start page',
  'portal.support': 'Help: {contact}',
  'portal.form.expired': 'Go back, reload the page and send the form again.',
  ...flowsEn,
  ...expiryEn,
  ...guessesEn,
  ...problemsEn,
  ...programsEn,
} as const

export type MessageKey = keyof typeof en
export type Catalogue = Readonly<Record<MessageKey, string>>
