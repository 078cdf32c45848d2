import type { MailCatalogue } from './en.ts'

export const mailEs: MailCatalogue = {
  activation: {
    subject: 'Establezca su contraseña de {organisation}',
    lines: [
      '{organisation} ha creado una cuenta para usted. Para empezar, elija una contraseña: también será la de Microsoft 365.',
      'El enlace funciona una sola vez, durante 72 horas. Si ha caducado, pida otro a su servicio de asistencia.',
    ],
    button: 'Elegir una contraseña',
  },
  reset: {
    subject: 'Elija una contraseña nueva',
    lines: [
      'Alguien ha pedido una contraseña nueva para su cuenta de {organisation}. Con este enlace puede elegirla, aquí y para Microsoft 365.',
      'El enlace funciona una sola vez, durante 30 minutos. Si no ha sido usted, no haga nada: su contraseña no cambia.',
    ],
    button: 'Elegir una contraseña nueva',
  },
  welcome: {
    subject: 'Le damos la bienvenida a {organisation}',
    lines: [
      'Su cuenta de {organisation} está lista. Inicie sesión como {email}.',
      'Ha recibido su contraseña por otra vía. Si no es así, consulte a su servicio de asistencia.',
    ],
    button: 'Abrir el portal',
  },
  bound: {
    subject: 'Una sola contraseña, también para Microsoft 365',
    lines: [
      'A partir de ahora, {organisation} se ocupa de su contraseña de Microsoft 365: {accounts}.',
      'Si aún no ha iniciado sesión en el portal, hágalo una vez: entonces Microsoft 365 tendrá la misma contraseña.',
    ],
    button: 'Abrir el portal',
  },
  reminder: {
    subject: 'Inicie sesión una vez y le bastará una contraseña',
    lines: [
      '{organisation} se ocupa ahora de su contraseña de Microsoft 365, pero usted aún no ha iniciado sesión en su portal.',
      'Hasta entonces, es posible que Microsoft 365 tenga todavía otra contraseña. Inicie sesión una vez: será la misma en todas partes.',
    ],
    button: 'Abrir el portal',
  },
  password_changed: {
    subject: 'Su contraseña ha cambiado',
    lines: [
      'Su contraseña de {organisation} ha cambiado: {at}.',
      'Si no ha sido usted, avise de inmediato a su servicio de asistencia.',
    ],
    button: null,
  },
  expiring: {
    subject: 'Su contraseña caduca pronto',
    lines: [
      'Su contraseña de {organisation} y Microsoft 365 caduca: {at}.',
      'Cámbiela antes en el portal: tarda un minuto y no interrumpe nada.',
    ],
    button: 'Cambiar la contraseña',
  },
  expired: {
    subject: 'Su contraseña ha caducado',
    lines: [
      'Su contraseña de {organisation} caducó el {at}.',
      'Elija otra en el portal. Hasta entonces, Microsoft 365 sigue funcionando con la anterior.',
    ],
    button: 'Elegir otra contraseña',
  },
  expired_grace: {
    subject: 'Su contraseña ha caducado: elija otra',
    lines: [
      'Su contraseña de {organisation} ha caducado. Elija otra en el portal antes del {at}.',
      'Después, su cuenta de Microsoft 365 quedará cerrada hasta que lo haga. Los correos seguirán llegando.',
    ],
    button: 'Elegir otra contraseña',
  },
  expired_blocked: {
    subject: 'Microsoft 365 está cerrado hasta que elija otra contraseña',
    lines: [
      'Su contraseña de {organisation} ha caducado, por lo que su cuenta de Microsoft 365 está cerrada por ahora. Los correos siguen llegando.',
      'Elija otra contraseña en el portal: la cuenta se abrirá de nuevo al instante.',
    ],
    button: 'Elegir otra contraseña',
  },
  two_passwords: {
    subject: 'En este momento tiene dos contraseñas',
    lines: [
      'La contraseña de {accounts} se cambió en Microsoft 365, por lo que ya no es la de {organisation}.',
      'Elija una contraseña en el portal: será la misma en todas partes. Si no la ha cambiado usted, avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Elegir una sola contraseña',
  },
  refused: {
    subject: 'Microsoft 365 no ha aceptado su contraseña',
    lines: [
      'Microsoft 365 ha rechazado su nueva contraseña para {accounts}. Allí sigue valiendo la anterior.',
      'Elija otra contraseña en el portal, más larga o menos común.',
    ],
    button: 'Elegir otra contraseña',
  },
  locked: {
    subject: 'Alguien ha intentado adivinar su contraseña',
    lines: [
      'Ha habido cien intentos seguidos de iniciar sesión con una contraseña incorrecta. Nadie ha entrado.',
      'Los navegadores en los que ya había iniciado sesión siguen funcionando. Para usar otro, pida antes una contraseña nueva.',
    ],
    button: 'Pedir una contraseña nueva',
  },
  address_changed: {
    subject: 'La dirección de su cuenta ha cambiado',
    lines: [
      'Los mensajes sobre su cuenta de {organisation} se enviaban a {before}. A partir de ahora se enviarán a {after}.',
      'Si no lo ha pedido usted, avise de inmediato a su servicio de asistencia.',
    ],
    button: null,
  },
  factor_added: {
    subject: 'Se ha añadido un segundo factor a su cuenta',
    lines: [
      'Se ha añadido el segundo factor «{factor}»: {at}.',
      'Si no ha sido usted, cambie su contraseña y avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Verlo en el portal',
  },
  factor_removed: {
    subject: 'Se ha quitado un segundo factor de su cuenta',
    lines: [
      'Se ha quitado el segundo factor «{factor}»: {at}.',
      'Si no ha sido usted, cambie su contraseña y avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Verlo en el portal',
  },
  factors_reset: {
    subject: 'Se han quitado sus segundos factores',
    lines: [
      'Un administrador ha quitado todos los segundos factores: {at}. Se ha cerrado su sesión en todas partes.',
      'Si no lo ha pedido usted, avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Verlo en el portal',
  },
  recovery_code_used: {
    subject: 'Se ha usado un código de recuperación',
    lines: [
      'Alguien ha iniciado sesión en su cuenta con un código de recuperación: {at}. Códigos restantes: {left}.',
      'Si no ha sido usted, cambie su contraseña y avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Verlo en el portal',
  },
  recovery_codes_renewed: {
    subject: 'Se han creado códigos de recuperación nuevos',
    lines: [
      'Se han creado códigos de recuperación nuevos para su cuenta: {at}. Los anteriores ya no valen.',
      'Si no ha sido usted, cambie su contraseña y avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Verlo en el portal',
  },
  new_device: {
    subject: 'Nuevo inicio de sesión en su cuenta',
    lines: [
      'Alguien ha iniciado sesión en su cuenta de {organisation} de una forma que no se había usado antes: {at}, {device}.',
      'Si ha sido usted, no tiene que hacer nada. Si no, cambie su contraseña y avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Verlo en el portal',
  },
  synced: {
    subject: 'Microsoft 365 ya tiene su contraseña',
    lines: [
      'Ha iniciado sesión en {organisation}: {at}. Desde ahora la misma contraseña sirve también para Microsoft 365: {accounts}.',
      'Los teléfonos y programas quizá la pidan una vez. Si no ha sido usted, cambie su contraseña y avise de inmediato a su servicio de asistencia.',
    ],
    button: 'Abrir el portal',
  },
  adopted: {
    subject: '{organisation} se ocupa de su cuenta',
    lines: [
      '{organisation} ha incorporado su cuenta a su directorio: {accounts}. Por ahora usted inicia sesión como siempre.',
      'Recibirá otro mensaje cuando haya algo que hacer. Si esto le sorprende, pregunte a su servicio de asistencia.',
    ],
    button: null,
  },
  letter: {
    greeting: 'Hola, {name}:',
    closing: 'Este mensaje lo ha enviado {organisation}.',
    link: 'Si el botón no funciona, abra esta dirección:',
  },
}
