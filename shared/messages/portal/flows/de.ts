import type { FlowsKey } from './en.ts'

export const flowsDe: Readonly<Record<FlowsKey, string>> = {
  'portal.signIn.forgot': 'Passwort vergessen?',
  'portal.reason.same': 'Bestätigen Sie Ihr Passwort, dann erhält es auch Microsoft 365.',

  'portal.forgot.title': 'Passwort vergessen?',
  'portal.forgot.lead':
    'Geben Sie Ihre geschäftliche E-Mail-Adresse ein. {organisation} sendet Ihnen einen Link, mit dem Sie ein neues Passwort wählen, auch für Microsoft 365.',
  'portal.forgot.submit': 'Link senden',
  'portal.forgot.empty': 'Geben Sie Ihre geschäftliche E-Mail-Adresse ein.',
  'portal.forgot.sent': 'Sehen Sie in Ihr Postfach',
  'portal.forgot.sent.detail':
    'Wenn hier jemand diese Adresse hat, ist ein Link unterwegs. Er gilt 30 Minuten und geht an Ihre andere Adresse, falls Sie eine angegeben haben. Nach fünf Minuten noch nichts da? Fragen Sie Ihren Helpdesk.',
  'portal.forgot.by.others':
    'Von hier können keine E-Mails gesendet werden. Bitten Sie Ihren Helpdesk um ein neues Passwort.',
  'portal.forgot.back': 'Zurück zur Anmeldung',

  'portal.reset.title': 'Neues Passwort wählen',
  'portal.reset.lead': 'Für {name}. Es ersetzt Ihr Passwort für {organisation} und für Microsoft 365.',
  'portal.reset.submit': 'Neues Passwort festlegen',
  'portal.reset.gone.detail':
    'Er wurde schon verwendet, ist älter als 30 Minuten, oder Ihr Passwort wurde seither geändert. Lassen Sie sich einen neuen senden.',
  'portal.reset.again': 'Neuen Link senden',
  'portal.link.other': 'Dieser Link ist für jemand anderen',
  'portal.link.other.detail':
    'Er wurde an {other} gesendet, und in diesem Browser ist {name} angemeldet. Melden Sie sich zuerst ab und öffnen Sie den Link dann noch einmal.',

  'portal.home.two_passwords': 'Sie haben im Moment zwei Passwörter',
  'portal.home.two_passwords.detail':
    'Ihr Passwort wurde bei Microsoft geändert. Damit es wieder eines ist, bestätigen Sie das Passwort, das Sie hier verwenden, oder wählen Sie ein neues.',
  'portal.home.awaiting': 'Microsoft 365 hat Ihr Passwort noch nicht',
  'portal.home.awaiting.detail': 'Bestätigen Sie es einmal, dann erhält es auch Microsoft 365.',
  'portal.home.awaiting.change': 'Wählen Sie hier ein neues Passwort, dann erhält es auch Microsoft 365.',
  'portal.home.on_its_way.detail': 'Sie können diese Seite schließen.',
  'portal.home.refused': 'Microsoft 365 hat Ihr Passwort abgelehnt',
  'portal.home.refused.detail': 'Dort gilt noch Ihr früheres. Wählen Sie hier ein anderes Passwort.',
  'portal.home.trouble': 'Ihr Konto bei Microsoft 365 braucht Ihren Helpdesk',
  'portal.home.trouble.detail':
    'Ihr Passwort hier gilt. Sagen Sie Ihrem Helpdesk, dass Ihr Konto bei Microsoft nicht aktualisiert werden kann.',
  'portal.home.confirm': 'Passwort bestätigen',

  'portal.news.title': 'Ihr Passwort für Microsoft 365 wurde aktualisiert',
  'portal.news.lead':
    'Verwenden Sie von jetzt an das Passwort dieser Seite überall, wo Sie sich bei Microsoft 365 anmelden.',
  'portal.news.updated': 'Aktualisiert',
  'portal.news.phones':
    'Telefone, Outlook und andere Apps fragen in den nächsten Stunden einmal nach dem Passwort. Geben Sie dort dieses ein.',
  'portal.news.seen': 'Verstanden',

  'portal.event.login_success': 'Sie haben sich angemeldet',
  'portal.event.login_failure': 'Eine Anmeldung mit falschem Passwort',
  'portal.event.login_lock': 'Zu viele Anmeldungen mit falschem Passwort',
  'portal.event.login_end': 'Abgemeldet',
  'portal.event.password_change': 'Ihr Passwort wurde geändert',
  'portal.event.password_change.failure': 'Eine Änderung Ihres Passworts ist nicht gelungen',
  'portal.event.password_set': 'Ein Administrator hat Ihr Passwort festgelegt',
  'portal.event.password_link_send': 'Ihnen wurde ein Link gesendet, um ein Passwort zu wählen',
  'portal.event.password_remind': 'Sie wurden an die Anmeldung erinnert',
  'portal.event.provisioned': 'Microsoft 365 hat Ihr Passwort übernommen',
  'portal.event.provisioned.failure': 'Microsoft 365 hat Ihr Passwort nicht übernommen',
  'portal.event.user_create': 'Ihr Konto wurde hier angelegt',
  'portal.event.user_activate': 'Ihr Konto wurde aktiviert',
  'portal.event.user_suspend': 'Ihr Konto wurde gesperrt',
  'portal.event.user_resume': 'Ihr Konto wurde wieder freigegeben',
  'portal.event.user_update': 'Angaben über Sie wurden geändert',
  'portal.event.binding_create': 'Ihr Konto bei Microsoft 365 wurde verbunden',
  'portal.event.binding_delete': 'Ihr Konto bei Microsoft 365 wurde getrennt',
}
