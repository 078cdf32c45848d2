import type { ExpiryKey } from './en.ts'

export const expiryEs: Readonly<Record<ExpiryKey, string>> = {
  'portal.reason.expired': 'Su contraseña de {organisation} ha caducado. Elija otra aquí, también para Microsoft 365.',
  'portal.reason.weak':
    'Su contraseña de {organisation} es más fácil de adivinar de lo que permiten las reglas actuales. Elija otra aquí, también para Microsoft 365.',
  'portal.home.expiring': 'Su contraseña es válida hasta el {at}. Cámbiela antes.',
  'portal.home.expired': 'Su contraseña ha caducado',
  'portal.home.expired.detail': 'Elija otra ahora. Mientras tanto, Microsoft 365 sigue funcionando.',
  'portal.home.expired.grace':
    'Elija otra antes del {at}. Después no podrá iniciar sesión en Microsoft 365 hasta que lo haga.',
  'portal.home.blocked': 'Microsoft 365 está cerrado para usted por ahora',
  'portal.home.blocked.detail':
    'Su contraseña ha caducado. Elija otra aquí y su cuenta se abrirá de nuevo. Los correos han seguido llegando todo el tiempo.',
  'portal.event.password_undelivered': 'Su contraseña no se pudo entregar a Microsoft 365',
  'portal.event.password_warn': 'Se le avisó de que su contraseña caduca pronto',
  'portal.event.password_expire': 'Su contraseña caducó',
  'portal.event.password_expire_block': 'Microsoft 365 se cerró hasta que cambie su contraseña',
  'portal.event.password_expire_release': 'Microsoft 365 se abrió de nuevo para usted',
}
