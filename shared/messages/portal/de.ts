import type { Catalogue } from './en.ts'
import { expiryDe } from './expiry/de.ts'
import { flowsDe } from './flows/de.ts'
import { guessesDe } from './guesses/de.ts'
import { problemsDe } from './problems/de.ts'
import { programsDe } from './programs/de.ts'
import { securityDe } from './security/de.ts'

export const de: Catalogue = {
  ...securityDe,
  'portal.signIn.title': 'Anmelden',
  'portal.signIn.email': 'Geschäftliche E-Mail-Adresse',
  'portal.signIn.password': 'Passwort',
  'portal.signIn.submit': 'Anmelden',
  'portal.signIn.wrong':
    'Die E-Mail-Adresse oder das Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.',
  'portal.signIn.ended': 'Sie wurden abgemeldet. Melden Sie sich an, um fortzufahren.',
  'portal.signIn.started.over':
    'Diese Anmeldung ist abgelaufen oder wurde in einem anderen Fenster begonnen. Beginnen Sie dort noch einmal, wo Sie angefangen haben.',
  'portal.oauth.stopped': 'Die Anmeldung konnte nicht fortgesetzt werden',
  'portal.oauth.stopped.detail':
    'Beginnen Sie dort noch einmal, wo Sie angefangen haben. Geht es wieder nicht, nennen Sie Ihrem Helpdesk dieses Wort: {code}',
  'portal.signOut': 'Abmelden',
  'portal.language': 'Sprache',

  'portal.reason.change': 'Ihr Passwort für {organisation}, auch für Microsoft 365, ändern Sie hier.',
  'portal.reason.reset': 'Ihr Passwort für {organisation}, auch für Microsoft 365, setzen Sie hier zurück.',
  'portal.reason.forced':
    'Es ist Zeit für ein neues Passwort. Ihr Passwort für {organisation}, auch für Microsoft 365, ändern Sie hier.',
  'portal.reason.route': 'Ihr Passwort für {organisation}, auch für Microsoft 365, ändern Sie hier.',
  'portal.reason.signInFirst': 'Melden Sie sich zuerst mit Ihrem bisherigen Passwort an.',

  'portal.home.title': 'Ihr Passwort',
  'portal.home.in_sync': 'Überall dasselbe Passwort',
  'portal.home.in_sync.since': 'Überall dasselbe Passwort seit',
  'portal.home.waiting': 'Ihr Passwort ist unterwegs zu Microsoft 365',
  'portal.home.unbound': 'Sie haben hier ein Passwort',
  'portal.home.unbound.detail': 'Noch ist kein Konto bei Microsoft 365 damit verbunden. Sie müssen nichts tun.',
  'portal.home.change': 'Passwort ändern',
  'portal.home.recent': 'Zuletzt geschehen',
  'portal.notice.updated':
    'Ihr Passwort für Microsoft 365 wurde aktualisiert: Verwenden Sie von jetzt an dieses Passwort.',

  'portal.connection.none': 'Hier liegt noch kein Passwort von Ihnen.',
  'portal.connection.awaiting_login': 'Wartet darauf, dass Sie sich hier anmelden.',
  'portal.connection.pending': 'Unterwegs.',
  'portal.connection.in_sync': 'Aktualisiert.',
  'portal.connection.in_sync.at': 'In Microsoft 365 aktualisiert um',
  'portal.connection.rejected':
    'Hat es abgelehnt: zu leicht zu erraten, ein verbotenes Wort darin oder gegen die Regeln dort.',
  'portal.connection.drifted': 'Das Passwort wurde bei Microsoft geändert.',

  'portal.password.title': 'Passwort ändern',
  'portal.password.current': 'Bisheriges Passwort',
  'portal.password.new': 'Neues Passwort',
  'portal.password.submit': 'Passwort ändern',
  'portal.password.show': 'Anzeigen',
  'portal.password.hide': 'Verbergen',
  'portal.password.rules': 'Ihr neues Passwort',
  'portal.password.strength': 'Stärke',
  'portal.password.strength.0': 'sehr schwach',
  'portal.password.strength.1': 'schwach',
  'portal.password.strength.2': 'mittel',
  'portal.password.strength.3': 'gut',
  'portal.password.strength.4': 'stark',
  'portal.password.wrong': 'Das bisherige Passwort stimmt nicht. Es wurde nichts geändert.',
  'portal.password.weak': 'Wählen Sie ein anderes Passwort. Was unten markiert ist, fehlt noch.',
  'portal.password.rule.broken': 'fehlt',
  'portal.password.done': 'Ihr Passwort ist geändert',
  'portal.password.done.in_sync': 'Verwenden Sie von jetzt an überall das neue Passwort.',
  'portal.password.done.waiting': 'Microsoft 365 erhält es, sobald es antwortet. Sie können diese Seite schließen.',
  'portal.password.done.home': 'Zur Übersicht',

  'portal.activate.title': 'Passwort wählen',
  'portal.activate.lead': 'Willkommen, {name}. Dieses Passwort gilt für {organisation} und für Microsoft 365.',
  'portal.activate.submit': 'Passwort festlegen und anmelden',
  'portal.activate.gone': 'Dieser Link gilt nicht mehr',
  'portal.activate.gone.detail':
    'Er wurde schon verwendet oder ist älter als drei Tage. Bitten Sie die Person, die Sie eingeladen hat, um einen neuen.',

  'portal.problem.home': 'Zur Startseite',
  'portal.support': 'Hilfe: {contact}',
  'portal.form.expired': 'Gehen Sie zurück, laden Sie die Seite neu und senden Sie das Formular noch einmal ab.',
  ...flowsDe,
  ...expiryDe,
  ...guessesDe,
  ...problemsDe,
  ...programsDe,
}
