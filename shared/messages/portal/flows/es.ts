import type { FlowsKey } from './en.ts'

export const flowsEs: Readonly<Record<FlowsKey, string>> = {
  'portal.signIn.forgot': '¿Ha olvidado su contraseña?',
  'portal.reason.same': 'Confirme su contraseña para que Microsoft 365 la reciba.',

  'portal.forgot.title': '¿Ha olvidado su contraseña?',
  'portal.forgot.lead':
    'Escriba su correo de trabajo y {organisation} le enviará un enlace para elegir una contraseña nueva, también para Microsoft 365.',
  'portal.forgot.submit': 'Enviarme un enlace',
  'portal.forgot.empty': 'Escriba su correo de trabajo.',
  'portal.forgot.sent': 'Mire en su buzón',
  'portal.forgot.sent.detail':
    'Si alguien tiene aquí esta dirección, un enlace va de camino. Vale durante 30 minutos y llega a su otra dirección si indicó una. ¿Nada después de cinco minutos? Pregunte a su servicio de asistencia.',
  'portal.forgot.by.others':
    'Desde aquí no se pueden enviar correos. Pida una contraseña nueva a su servicio de asistencia.',
  'portal.forgot.back': 'Volver al inicio de sesión',

  'portal.reset.title': 'Elija una contraseña nueva',
  'portal.reset.lead': 'Para {name}. Sustituye su contraseña de {organisation} y de Microsoft 365.',
  'portal.reset.submit': 'Guardar la contraseña nueva',
  'portal.reset.gone.detail':
    'Ya se usó, tiene más de 30 minutos o su contraseña se cambió desde entonces. Pida que se le envíe otro.',
  'portal.reset.again': 'Enviarme otro enlace',
  'portal.link.other': 'Este enlace es para otra persona',
  'portal.link.other.detail':
    'Se envió a {other}, y en este navegador ha iniciado sesión {name}. Cierre primero la sesión y abra después el enlace de nuevo.',

  'portal.home.two_passwords': 'En este momento tiene dos contraseñas',
  'portal.home.two_passwords.detail':
    'Su contraseña se cambió en Microsoft. Para volver a tener una sola, confirme la que usa aquí o elija una nueva.',
  'portal.home.awaiting': 'Microsoft 365 aún no tiene su contraseña',
  'portal.home.awaiting.detail': 'Confírmela una vez y Microsoft 365 la recibirá.',
  'portal.home.awaiting.change': 'Elija aquí una contraseña nueva y Microsoft 365 también la recibirá.',
  'portal.home.on_its_way.detail': 'Puede cerrar esta página.',
  'portal.home.refused': 'Microsoft 365 ha rechazado su contraseña',
  'portal.home.refused.detail': 'Allí sigue valiendo la anterior. Elija aquí otra contraseña.',
  'portal.home.trouble': 'Su cuenta de Microsoft 365 necesita a su servicio de asistencia',
  'portal.home.trouble.detail':
    'Su contraseña funciona aquí. Diga a su servicio de asistencia que su cuenta de Microsoft no se puede actualizar.',
  'portal.home.confirm': 'Confirmar mi contraseña',

  'portal.news.title': 'Su contraseña de Microsoft 365 se ha actualizado',
  'portal.news.lead':
    'Use desde ahora la contraseña de esta página en todas partes donde inicie sesión en Microsoft 365.',
  'portal.news.updated': 'Actualizada',
  'portal.news.phones':
    'Los teléfonos, Outlook y otras aplicaciones pedirán la contraseña una vez en las próximas horas. Escriba allí esta.',
  'portal.news.seen': 'Entendido',

  'portal.event.login_success': 'Usted inició sesión',
  'portal.event.login_failure': 'Un inicio de sesión con una contraseña incorrecta',
  'portal.event.login_lock': 'Demasiados inicios de sesión con una contraseña incorrecta',
  'portal.event.login_end': 'Sesión cerrada',
  'portal.event.password_change': 'Su contraseña se cambió',
  'portal.event.password_change.failure': 'Un cambio de su contraseña no se pudo completar',
  'portal.event.password_set': 'Un administrador estableció su contraseña',
  'portal.event.password_link_send': 'Se le envió un enlace para elegir una contraseña',
  'portal.event.password_remind': 'Se le recordó que inicie sesión',
  'portal.event.provisioned': 'Microsoft 365 aceptó su contraseña',
  'portal.event.provisioned.failure': 'Microsoft 365 no aceptó su contraseña',
  'portal.event.user_create': 'Su cuenta se creó aquí',
  'portal.event.user_activate': 'Su cuenta se activó',
  'portal.event.user_suspend': 'Su cuenta se suspendió',
  'portal.event.user_resume': 'Su cuenta se restableció',
  'portal.event.user_update': 'Se cambiaron datos sobre usted',
  'portal.event.binding_create': 'Su cuenta de Microsoft 365 se vinculó',
  'portal.event.binding_delete': 'Su cuenta de Microsoft 365 se desvinculó',
}
