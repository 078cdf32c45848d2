import type { Catalogue } from './en.ts'
import { expiryEs } from './expiry/es.ts'
import { flowsEs } from './flows/es.ts'
import { guessesEs } from './guesses/es.ts'
import { problemsEs } from './problems/es.ts'
import { programsEs } from './programs/es.ts'
import { securityEs } from './security/es.ts'

export const es: Catalogue = {
  ...securityEs,
  'portal.signIn.title': 'Iniciar sesión',
  'portal.signIn.email': 'Correo electrónico del trabajo',
  'portal.signIn.password': 'Contraseña',
  'portal.signIn.submit': 'Iniciar sesión',
  'portal.signIn.wrong': 'El correo o la contraseña no son correctos. Revise ambos e inténtelo de nuevo.',
  'portal.signIn.ended': 'Su sesión se ha cerrado. Iníciela de nuevo para continuar.',
  'portal.signIn.started.over':
    'Este inicio de sesión ha caducado o se comenzó en otra ventana. Vuelva a empezar desde donde lo comenzó.',
  'portal.oauth.stopped': 'No se pudo continuar con el inicio de sesión',
  'portal.oauth.stopped.detail':
    'Vuelva a empezar donde lo inició. Si vuelve a fallar, indique esta palabra a su servicio de asistencia: {code}',
  'portal.signOut': 'Cerrar sesión',
  'portal.language': 'Idioma',

  'portal.reason.change': 'Su contraseña de {organisation}, también la de Microsoft 365, se cambia aquí.',
  'portal.reason.reset': 'Su contraseña de {organisation}, también la de Microsoft 365, se restablece aquí.',
  'portal.reason.forced':
    'Es hora de una contraseña nueva. Su contraseña de {organisation}, también la de Microsoft 365, se cambia aquí.',
  'portal.reason.route': 'Su contraseña de {organisation}, también la de Microsoft 365, se cambia aquí.',
  'portal.reason.signInFirst': 'Primero inicie sesión con su contraseña actual.',

  'portal.home.title': 'Su contraseña',
  'portal.home.in_sync': 'La misma contraseña en todas partes',
  'portal.home.in_sync.since': 'La misma contraseña en todas partes desde',
  'portal.home.waiting': 'Su contraseña va de camino a Microsoft 365',
  'portal.home.unbound': 'Tiene una contraseña aquí',
  'portal.home.unbound.detail': 'Todavía no hay ninguna cuenta de Microsoft 365 vinculada. No tiene que hacer nada.',
  'portal.home.change': 'Cambiar la contraseña',
  'portal.home.recent': 'Actividad reciente',
  'portal.notice.updated':
    'Su contraseña de Microsoft 365 se ha actualizado: use esta contraseña de ahora en adelante.',

  'portal.connection.none': 'Todavía no hay ninguna contraseña suya.',
  'portal.connection.awaiting_login': 'Espera a que inicie sesión aquí.',
  'portal.connection.pending': 'En camino.',
  'portal.connection.in_sync': 'Actualizada.',
  'portal.connection.in_sync.at': 'Actualizada en Microsoft 365 a las',
  'portal.connection.rejected':
    'La ha rechazado: es fácil de adivinar, contiene una palabra prohibida o incumple las reglas de Microsoft 365.',
  'portal.connection.drifted': 'La contraseña se cambió en Microsoft.',

  'portal.password.title': 'Cambiar su contraseña',
  'portal.password.current': 'Contraseña actual',
  'portal.password.new': 'Contraseña nueva',
  'portal.password.submit': 'Cambiar la contraseña',
  'portal.password.show': 'Mostrar',
  'portal.password.hide': 'Ocultar',
  'portal.password.rules': 'Su contraseña nueva',
  'portal.password.strength': 'Seguridad',
  'portal.password.strength.0': 'muy baja',
  'portal.password.strength.1': 'baja',
  'portal.password.strength.2': 'media',
  'portal.password.strength.3': 'buena',
  'portal.password.strength.4': 'alta',
  'portal.password.wrong': 'La contraseña actual no es correcta. No se ha cambiado nada.',
  'portal.password.weak': 'Elija otra contraseña. Falta lo que está marcado abajo.',
  'portal.password.rule.broken': 'falta',
  'portal.password.done': 'Su contraseña se ha cambiado',
  'portal.password.done.in_sync': 'Use la contraseña nueva en todas partes de ahora en adelante.',
  'portal.password.done.waiting': 'Microsoft 365 la recibirá en cuanto responda. Puede cerrar esta página.',
  'portal.password.done.home': 'Ir al resumen',

  'portal.activate.title': 'Elija su contraseña',
  'portal.activate.lead':
    'Le damos la bienvenida, {name}. Esta contraseña vale para {organisation} y para Microsoft 365.',
  'portal.activate.submit': 'Guardar la contraseña e iniciar sesión',
  'portal.activate.gone': 'Este enlace ya no es válido',
  'portal.activate.gone.detail': 'Ya se usó o tiene más de tres días. Pida uno nuevo a la persona que le invitó.',

  'portal.problem.home': 'Ir a la página de inicio',
  'portal.support': 'Ayuda: {contact}',
  'portal.form.expired': 'Vuelva atrás, recargue la página y envíe el formulario de nuevo.',
  ...flowsEs,
  ...expiryEs,
  ...guessesEs,
  ...problemsEs,
  ...programsEs,
}
