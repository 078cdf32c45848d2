import type { ProblemsKey } from './en.ts'

export const problemsDe: Readonly<Record<ProblemsKey, string>> = {
  'portal.rule.length': 'Zwischen {least} und {most} Zeichen.',
  'portal.rule.characters': 'Keine Umlaute und Akzente: nur Zeichen einer US-Tastatur.',
  'portal.rule.classes': 'Drei davon: kleine und große Buchstaben, Ziffern, Sonderzeichen.',
  'portal.rule.name': 'Enthält weder Ihren Namen noch Ihre Adresse.',
  'portal.rule.common': 'Nicht aus gängigen Wörtern oder Namen gebildet.',
  'portal.rule.strength': 'Schwer zu erraten.',
  'portal.rule.history': 'Keines Ihrer letzten Passwörter.',
  'portal.password.tooLong': 'Verwenden Sie ein Passwort mit höchstens 256 Zeichen.',
  'portal.rule.later': 'Wird beim Absenden geprüft.',
  'portal.rule.breached': 'Kein Passwort, das anderswo bekannt geworden ist.',
  'portal.refused.byTenant':
    'Microsoft 365 hat dieses Passwort abgelehnt. Es wurde nichts geändert. Wählen Sie ein anderes Passwort.',
  'portal.refused.underWay':
    'Ihr Passwort wird gerade geändert. Warten Sie einige Sekunden und versuchen Sie es noch einmal.',
  'portal.refused.busy': 'Im Moment melden sich viele an. Versuchen Sie es in einigen Sekunden noch einmal.',
  'portal.refused.seconds': 'Zu viele Versuche. Versuchen Sie es in {wait} Sekunden noch einmal.',
  'portal.refused.minutes': 'Zu viele Versuche. Versuchen Sie es in {wait} Minuten noch einmal.',
  'portal.refused.many': 'Zu viele Versuche. Melden Sie sich ab und lassen Sie sich stattdessen einen Link senden.',
  'portal.problem.not_found': 'Unter dieser Adresse gibt es nichts',
  'portal.problem.not_found.detail': 'Prüfen Sie die Adresse, oder beginnen Sie auf der Startseite.',
  'portal.problem.forbidden': 'Dazu sind Sie nicht berechtigt',
  'portal.problem.forbidden.detail': 'Wenden Sie sich an Ihren Helpdesk, wenn Sie dies benötigen.',
  'portal.problem.cross_site_request': 'Die Anfrage kam von einer anderen Website',
  'portal.problem.cross_site_request.detail':
    'Gehen Sie zurück, laden Sie die Seite neu und senden Sie das Formular noch einmal ab.',
  'portal.problem.internal_error': 'Lockstep hat einen Fehler gemacht',
  'portal.problem.internal_error.detail':
    'Versuchen Sie es in einigen Minuten noch einmal. Bleibt der Fehler, wenden Sie sich an Ihren Helpdesk.',
  'portal.problem.sealed': 'Diese Seite ist im Moment nicht verfügbar',
  'portal.problem.sealed.detail':
    'Versuchen Sie es später noch einmal. Bleibt es dabei, wenden Sie sich an Ihren Helpdesk.',
}
