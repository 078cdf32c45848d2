import type { SecurityCatalogue } from './catalogue.ts'

export const securityDe: SecurityCatalogue = {
  'portal.code.title': 'Noch ein Schritt',
  'portal.code.lead': 'Bestätigen Sie, dass Sie {email} sind.',
  'portal.code.label': 'Code aus der App',
  'portal.code.hint': 'Aus Ihrer Authentifizierungs-App. Ein Wiederherstellungscode geht auch.',
  'portal.code.recovery': 'Wiederherstellungscode',
  'portal.code.submit': 'Weiter',
  'portal.code.wrong':
    'Der Code stimmt nicht oder wurde schon verwendet. Warten Sie auf den nächsten und versuchen Sie es noch einmal.',
  'portal.code.wrongPassword': 'Das Passwort stimmt nicht. Prüfen Sie es und versuchen Sie es noch einmal.',
  'portal.step.ended': 'Die Anmeldung hat zu lange gedauert oder wurde zu oft versucht. Beginnen Sie bitte von vorn.',
  'portal.step.away': 'Als jemand anderes anmelden',

  'portal.passkey.use': 'Passkey verwenden',
  'portal.passkey.add': 'Künftig einen Passkey verwenden',
  'portal.passkey.signIn': 'Mit einem Passkey anmelden',
  'portal.passkey.title': 'Mit einem Passkey anmelden',
  'portal.passkey.lead': 'Ihr Gerät fragt nach Ihrem Finger, Ihrem Gesicht oder seiner PIN.',
  'portal.passkey.addTitle': 'Passkey hinzufügen',
  'portal.passkey.addLead':
    'Mit einem Passkey melden Sie sich mit Ihrem Finger, Ihrem Gesicht oder der PIN Ihres Geräts an.',
  'portal.passkey.away': 'Mit Passwort anmelden',
  'portal.passkey.refused':
    'Der Passkey wurde nicht angenommen. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.',
  'portal.passkey.stopped': 'Der Passkey wurde nicht verwendet. Versuchen Sie es noch einmal, sobald Sie bereit sind.',
  'portal.passkey.scripts': 'Passkeys brauchen JavaScript, das in diesem Browser ausgeschaltet ist.',

  'portal.setUp.title': 'Schützen Sie Ihr Konto',
  'portal.setUp.lead': 'Ihr Konto braucht neben dem Passwort einen zweiten Faktor. Das dauert einmalig eine Minute.',
  'portal.setUp.away': 'Zurück, ohne etwas hinzuzufügen',
  'portal.app.title': 'Mit einer Authentifizierungs-App',
  'portal.app.addTitle': 'Authentifizierungs-App hinzufügen',
  'portal.app.addLead': 'Die App zeigt alle 30 Sekunden einen neuen Code, auch ohne Netz.',
  'portal.app.scan': 'Scannen Sie dieses Quadrat mit Ihrer Authentifizierungs-App.',
  'portal.app.square': 'Quadrat, das eine Authentifizierungs-App lesen kann',
  'portal.app.type': 'Ich kann es nicht scannen',
  'portal.app.code': 'Der Code, den die App zeigt',
  'portal.app.submit': 'Einschalten',

  'portal.recovery.title': 'Ihre Wiederherstellungs\u00ADcodes',
  'portal.recovery.lead':
    'Für {email} bei {organisation}. Wenn Telefon oder Passkey nicht zur Hand sind, kommen Sie mit jedem dieser Codes einmal hinein.',
  'portal.recovery.once':
    'Sie werden nur jetzt gezeigt. Drucken Sie sie aus oder legen Sie sie zu Ihren wichtigen Papieren.',
  'portal.recovery.print': 'Drucken',
  'portal.recovery.kept': 'Ich habe sie aufbewahrt',

  'portal.confirm.title': 'Bestätigen Sie, dass Sie es sind',
  'portal.confirm.lead': 'Sie sind dabei, etwas Wichtiges zu ändern.',
  'portal.confirm.lead.password': 'Sie sind dabei, etwas Wichtiges zu ändern. Geben Sie noch einmal Ihr Passwort ein.',

  'portal.security.title': 'Anmeldung und Sicherheit',
  'portal.security.factors': 'Zweiter Faktor',
  'portal.security.none': 'Noch keiner. Mit einem ist Ihr Passwort allein für andere nichts wert.',
  'portal.security.addApp': 'App hinzufügen',
  'portal.security.addPasskey': 'Passkey hinzufügen',
  'portal.security.recovery': 'Wiederherstellungs\u00ADcodes',
  'portal.security.codesLeft': 'Noch {count} von 10',
  'portal.security.renewCodes': 'Neue erzeugen',
  'portal.security.sessions': 'Wo Sie angemeldet sind',
  'portal.security.done.added': 'Hinzugefügt. Ab jetzt werden Sie bei der Anmeldung danach gefragt.',
  'portal.security.done.renamed': 'Umbenannt.',
  'portal.security.done.removed': 'Entfernt.',
  'portal.security.done.ended': 'Dort abgemeldet.',
  'portal.security.done.endedOthers': 'Überall sonst sind Sie jetzt abgemeldet.',

  'portal.factor.totp': 'Authentifizierungs-App',
  'portal.factor.passkey': 'Ein Passkey',
  'portal.factor.used': 'zuletzt verwendet',
  'portal.factor.unused': 'noch nicht verwendet',
  'portal.factor.name': 'Bezeichnung (freiwillig)',
  'portal.factor.newName': 'Bezeichnung',
  'portal.factor.change': 'Ändern',
  'portal.factor.rename': 'Bezeichnung speichern',
  'portal.factor.remove': 'Entfernen',
  'portal.factor.needed':
    'Ihre Rolle braucht einen zweiten Faktor. Fügen Sie einen anderen hinzu, bevor Sie diesen entfernen.',
  'portal.factor.gone': 'Diesen zweiten Faktor gibt es nicht mehr.',
  'portal.factor.tooMany': 'Zehn sind genug. Entfernen Sie zuerst einen, den Sie nicht mehr brauchen.',

  'portal.session.this': 'dieser Browser',
  'portal.session.device': '{browser} unter {system}',
  'portal.session.unknown': 'Unbekanntes Gerät',
  'portal.session.end': 'Abmelden',
  'portal.session.endOthers': 'Überall sonst abmelden',
  'portal.session.endOthers.hint':
    'Auch die Browsererweiterung und Programme, in denen Sie angemeldet sind, werden abgemeldet.',
  'portal.session.gone': 'Diese Sitzung ist schon beendet.',
}
