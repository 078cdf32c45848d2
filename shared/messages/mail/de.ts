import type { MailCatalogue } from './en.ts'

export const mailDe: MailCatalogue = {
  activation: {
    subject: 'Legen Sie Ihr Passwort für {organisation} fest',
    lines: [
      '{organisation} hat ein Konto für Sie angelegt. Wählen Sie zum Einstieg ein Passwort: Es gilt auch für Microsoft 365.',
      'Der Link funktioniert einmal, 72 Stunden lang. Ist er abgelaufen, bitten Sie Ihren Helpdesk um einen neuen.',
    ],
    button: 'Passwort wählen',
  },
  reset: {
    subject: 'Wählen Sie ein neues Passwort',
    lines: [
      'Jemand hat um ein neues Passwort für Ihr Konto bei {organisation} gebeten. Mit diesem Link wählen Sie es: hier und für Microsoft 365.',
      'Der Link funktioniert einmal, 30 Minuten lang. Waren Sie das nicht, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.',
    ],
    button: 'Neues Passwort wählen',
  },
  welcome: {
    subject: 'Willkommen bei {organisation}',
    lines: [
      'Ihr Konto bei {organisation} ist bereit. Melden Sie sich als {email} an.',
      'Ihr Passwort haben Sie auf anderem Weg erhalten. Falls nicht, fragen Sie Ihren Helpdesk.',
    ],
    button: 'Portal öffnen',
  },
  bound: {
    subject: 'Ein Passwort auch für Microsoft 365',
    lines: [
      'Von jetzt an kümmert sich {organisation} um Ihr Passwort für Microsoft 365: {accounts}.',
      'Wenn Sie sich noch nicht am Portal angemeldet haben, tun Sie es einmal: Dann hat Microsoft 365 dasselbe Passwort.',
    ],
    button: 'Portal öffnen',
  },
  reminder: {
    subject: 'Einmal anmelden, und ein Passwort genügt',
    lines: [
      '{organisation} kümmert sich jetzt um Ihr Passwort für Microsoft 365, aber Sie haben sich noch nicht am Portal angemeldet.',
      'Bis dahin hat Microsoft 365 vielleicht noch ein anderes Passwort. Melden Sie sich einmal an: Dann ist es überall dasselbe.',
    ],
    button: 'Portal öffnen',
  },
  password_changed: {
    subject: 'Ihr Passwort wurde geändert',
    lines: [
      'Ihr Passwort für {organisation} wurde geändert: {at}.',
      'Waren Sie das nicht, verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: null,
  },
  expiring: {
    subject: 'Ihr Passwort läuft bald ab',
    lines: [
      'Ihr Passwort für {organisation} und Microsoft 365 läuft ab: {at}.',
      'Ändern Sie es vorher im Portal: Es dauert eine Minute und unterbricht nichts.',
    ],
    button: 'Passwort ändern',
  },
  expired: {
    subject: 'Ihr Passwort ist abgelaufen',
    lines: [
      'Ihr Passwort für {organisation} ist abgelaufen: {at}.',
      'Wählen Sie im Portal ein neues. Bis dahin funktioniert Microsoft 365 mit dem alten weiter.',
    ],
    button: 'Neues Passwort wählen',
  },
  expired_grace: {
    subject: 'Ihr Passwort ist abgelaufen: Wählen Sie ein neues',
    lines: [
      'Ihr Passwort für {organisation} ist abgelaufen. Wählen Sie im Portal ein neues, und zwar bis: {at}.',
      'Danach ist Ihr Konto bei Microsoft 365 gesperrt, bis Sie eines gewählt haben. E-Mails kommen weiter an.',
    ],
    button: 'Neues Passwort wählen',
  },
  expired_blocked: {
    subject: 'Microsoft 365 ist gesperrt, bis Sie ein neues Passwort wählen',
    lines: [
      'Ihr Passwort für {organisation} ist abgelaufen. Deshalb ist Ihr Konto bei Microsoft 365 vorerst gesperrt. E-Mails kommen weiter an.',
      'Wählen Sie im Portal ein neues Passwort: Das Konto wird sofort wieder geöffnet.',
    ],
    button: 'Neues Passwort wählen',
  },
  two_passwords: {
    subject: 'Sie haben zurzeit zwei Passwörter',
    lines: [
      'Das Passwort von {accounts} wurde bei Microsoft 365 geändert und ist nicht mehr das von {organisation}.',
      'Wählen Sie im Portal ein Passwort: Dann ist es überall dasselbe. Haben Sie es nicht geändert, verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Ein Passwort wählen',
  },
  refused: {
    subject: 'Microsoft 365 hat Ihr Passwort nicht angenommen',
    lines: [
      'Microsoft 365 hat Ihr neues Passwort für {accounts} abgelehnt. Dort gilt noch das alte.',
      'Wählen Sie im Portal ein anderes Passwort, das länger oder weniger gebräuchlich ist.',
    ],
    button: 'Anderes Passwort wählen',
  },
  locked: {
    subject: 'Jemand hat versucht, Ihr Passwort zu erraten',
    lines: [
      'Hundertmal hintereinander hat sich jemand mit einem falschen Passwort anzumelden versucht. Niemand ist hineingekommen.',
      'Browser, in denen Sie sich schon einmal angemeldet haben, funktionieren weiter. Für die Anmeldung in einem anderen fordern Sie zuerst ein neues Passwort an.',
    ],
    button: 'Neues Passwort anfordern',
  },
  address_changed: {
    subject: 'Die Adresse Ihres Kontos wurde geändert',
    lines: [
      'E-Mails zu Ihrem Konto bei {organisation} gingen bisher an {before}. Von jetzt an gehen sie an {after}.',
      'Haben Sie das nicht veranlasst, verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: null,
  },
  factor_added: {
    subject: 'Ihr Konto hat einen weiteren zweiten Faktor',
    lines: [
      'Der zweite Faktor „{factor}“ wurde hinzugefügt: {at}.',
      'Waren Sie das nicht, ändern Sie Ihr Passwort und verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Im Portal ansehen',
  },
  factor_removed: {
    subject: 'Ein zweiter Faktor Ihres Kontos wurde entfernt',
    lines: [
      'Der zweite Faktor „{factor}“ wurde entfernt: {at}.',
      'Waren Sie das nicht, ändern Sie Ihr Passwort und verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Im Portal ansehen',
  },
  factors_reset: {
    subject: 'Ihre zweiten Faktoren wurden entfernt',
    lines: [
      'Ein Administrator hat alle zweiten Faktoren entfernt: {at}. Sie wurden überall abgemeldet.',
      'Haben Sie das nicht veranlasst, verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Im Portal ansehen',
  },
  recovery_code_used: {
    subject: 'Ein Wiederherstellungscode wurde verwendet',
    lines: [
      'Jemand hat sich mit einem Wiederherstellungscode an Ihrem Konto angemeldet: {at}. Verbleibende Codes: {left}.',
      'Waren Sie das nicht, ändern Sie Ihr Passwort und verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Im Portal ansehen',
  },
  recovery_codes_renewed: {
    subject: 'Es gibt neue Wiederherstellungscodes',
    lines: [
      'Für Ihr Konto wurden neue Wiederherstellungscodes erstellt: {at}. Die bisherigen gelten nicht mehr.',
      'Waren Sie das nicht, ändern Sie Ihr Passwort und verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Im Portal ansehen',
  },
  new_device: {
    subject: 'Neue Anmeldung an Ihrem Konto',
    lines: [
      'Jemand hat sich auf neue Weise an Ihrem Konto bei {organisation} angemeldet: {at}, {device}.',
      'Waren Sie es selbst, ist nichts zu tun. Wenn nicht, ändern Sie Ihr Passwort und verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Im Portal ansehen',
  },
  synced: {
    subject: 'Microsoft 365 hat jetzt Ihr Passwort',
    lines: [
      'Sie haben sich bei {organisation} angemeldet: {at}. Ab jetzt gilt dasselbe Passwort auch für Microsoft 365: {accounts}.',
      'Telefone und Programme fragen vielleicht einmal danach. Waren Sie das nicht, ändern Sie Ihr Passwort und verständigen Sie sofort Ihren Helpdesk.',
    ],
    button: 'Portal öffnen',
  },
  adopted: {
    subject: '{organisation} kümmert sich um Ihr Konto',
    lines: [
      '{organisation} hat Ihr Konto in sein Verzeichnis übernommen: {accounts}. Vorerst melden Sie sich an wie bisher.',
      'Sie bekommen eine weitere Mail, sobald etwas zu tun ist. Wenn Sie das überrascht, fragen Sie Ihren Helpdesk.',
    ],
    button: null,
  },
  letter: {
    greeting: 'Guten Tag {name},',
    closing: 'Diese E-Mail wurde von {organisation} gesendet.',
    link: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  },
}
