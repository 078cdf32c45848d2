import type { ProblemsKey } from './en.ts'

export const problemsEs: Readonly<Record<ProblemsKey, string>> = {
  'portal.rule.length': 'Entre {least} y {most} caracteres.',
  'portal.rule.characters': 'Solo letras sin acentos, cifras, espacios y los signos de un teclado estadounidense.',
  'portal.rule.classes': 'Tres de estos tipos: minúsculas, mayúsculas, cifras, signos.',
  'portal.rule.name': 'No contiene su nombre ni su dirección.',
  'portal.rule.common': 'No está formada por palabras comunes, su nombre o el de su organización.',
  'portal.rule.strength': 'Difícil de adivinar.',
  'portal.rule.history': 'No es una de sus últimas contraseñas.',
  'portal.password.tooLong': 'Use una contraseña de 256 caracteres como máximo.',
  'portal.rule.later': 'Se comprueba al enviar.',
  'portal.rule.breached': 'No es una contraseña que se haya filtrado en otro lugar.',
  'portal.refused.byTenant':
    'Microsoft 365 ha rechazado esta contraseña. No se ha cambiado nada. Elija otra contraseña.',
  'portal.refused.underWay':
    'Su contraseña se está cambiando en este momento. Espere unos segundos e inténtelo de nuevo.',
  'portal.refused.busy': 'En este momento inician sesión muchas personas. Inténtelo de nuevo en unos segundos.',
  'portal.refused.seconds': 'Demasiados intentos. Inténtelo de nuevo en {wait} s.',
  'portal.refused.minutes': 'Demasiados intentos. Inténtelo de nuevo en {wait} min.',
  'portal.refused.many': 'Demasiados intentos. Cierre la sesión y solicite que se le envíe un enlace.',
  'portal.problem.not_found': 'No hay nada en esta dirección',
  'portal.problem.not_found.detail': 'Compruebe la dirección o continúe desde la página de inicio.',
  'portal.problem.forbidden': 'No tiene permiso para hacer esto',
  'portal.problem.forbidden.detail': 'Consulte a su servicio de soporte si lo necesita.',
  'portal.problem.cross_site_request': 'La solicitud procedía de otro sitio',
  'portal.problem.cross_site_request.detail': 'Vuelva atrás, recargue la página y envíe el formulario de nuevo.',
  'portal.problem.internal_error': 'Lockstep ha cometido un error',
  'portal.problem.internal_error.detail':
    'Inténtelo de nuevo en unos minutos. Si continúa, avise a su servicio de soporte.',
  'portal.problem.sealed': 'Esta página no está disponible en este momento',
  'portal.problem.sealed.detail': 'Inténtelo de nuevo más tarde. Si continúa, avise a su servicio de soporte.',
}
