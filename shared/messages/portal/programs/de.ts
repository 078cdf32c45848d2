import type { programsEn } from './en.ts'

export const programsDe: Readonly<Record<keyof typeof programsEn, string>> = {
  'portal.device.title': 'Befehlszeile anmelden',
  'portal.device.lead': 'Geben Sie den Code ein, den „lockstep login“ anzeigt.',
  'portal.device.code': 'Code der Befehlszeile',
  'portal.device.hint': 'Acht Buchstaben wie BCDF-GHJK. Er gilt zehn Minuten.',
  'portal.device.next': 'Weiter',
  'portal.device.wrong':
    'Diesen Code gibt es nicht, oder er ist zu alt. Prüfen Sie die Buchstaben oder starten Sie „lockstep login“ neu.',
  'portal.device.ask': 'Die Befehlszeile einlassen?',
  'portal.device.asLead': 'Sie handelt dann bis zu 12 Stunden lang als {email}, mit allem, was Sie dürfen.',
  'portal.device.program': 'Programm',
  'portal.device.place': 'Von',
  'portal.device.time': 'Angefragt',
  'portal.device.warning':
    'Sagen Sie nur Ja, wenn Sie das gerade selbst gestartet haben. Niemand vom Helpdesk braucht je so einen Code von Ihnen.',
  'portal.device.yes': 'Ja, einlassen',
  'portal.device.no': 'Nein, nicht einlassen',
  'portal.device.done': 'Die Befehlszeile ist angemeldet',
  'portal.device.done.lead': 'Sie können diese Seite schließen und dort weitermachen.',
  'portal.device.refused': 'Die Befehlszeile wurde nicht eingelassen',
  'portal.device.refused.lead':
    'Wenn Sie sie nicht selbst gestartet haben, sagen Sie Ihrem Helpdesk, dass jemand diesen Code von Ihnen wollte.',
  'portal.device.security': 'Wo ich angemeldet bin',
  'portal.program.extension': 'Browser-Erweiterung',
  'portal.program.cli': 'Befehlszeile',
  'portal.event.login_program': 'Die Erweiterung oder die Befehlszeile wurde als Sie angemeldet',
  'portal.event.password_link_show': 'Ein Administrator hat Ihnen einen Link gezeigt, mit dem Sie ein Passwort wählen',
  'portal.event.login_end.failure': 'Eine kopierte Anmeldung wurde beendet',
}
