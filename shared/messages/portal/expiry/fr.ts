import type { ExpiryKey } from './en.ts'

export const expiryFr: Readonly<Record<ExpiryKey, string>> = {
  'portal.reason.expired':
    'Votre mot de passe pour {organisation} a expiré. Choisissez-en un autre ici, Microsoft 365 compris.',
  'portal.reason.weak':
    'Votre mot de passe {organisation} est plus facile à deviner que ne le permettent les règles actuelles. Choisissez-en un autre ici, Microsoft 365 compris.',
  'portal.home.expiring': 'Votre mot de passe est valable jusqu’au {at}. Changez-le avant cette date.',
  'portal.home.expired': 'Votre mot de passe a expiré',
  'portal.home.expired.detail':
    'Choisissez-en un autre maintenant. En attendant, Microsoft 365 continue de fonctionner.',
  'portal.home.expired.grace':
    'Choisissez-en un autre avant le {at}. Ensuite, vous ne pourrez plus vous connecter à Microsoft 365 tant que vous ne l’aurez pas fait.',
  'portal.home.blocked': 'Microsoft 365 vous est fermé pour le moment',
  'portal.home.blocked.detail':
    'Votre mot de passe a expiré. Choisissez-en un autre ici, et votre compte sera rouvert. Vos e-mails sont arrivés pendant tout ce temps.',
  'portal.event.password_undelivered': 'Votre mot de passe n’a pas pu être transmis à Microsoft 365',
  'portal.event.password_warn': 'Vous avez été averti que votre mot de passe expire bientôt',
  'portal.event.password_expire': 'Votre mot de passe a expiré',
  'portal.event.password_expire_block': 'Microsoft 365 a été fermé jusqu’à ce que vous changiez de mot de passe',
  'portal.event.password_expire_release': 'Microsoft 365 vous a été rouvert',
}
