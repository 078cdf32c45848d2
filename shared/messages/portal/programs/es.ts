import type { programsEn } from './en.ts'

export const programsEs: Readonly<Record<keyof typeof programsEn, string>> = {
  'portal.device.title': 'Iniciar sesión en la línea de comandos',
  'portal.device.lead': 'Escriba el código que muestra «lockstep login».',
  'portal.device.code': 'Código de la línea de comandos',
  'portal.device.hint': 'Ocho letras, como BCDF-GHJK. Sirve durante diez minutos.',
  'portal.device.next': 'Continuar',
  'portal.device.wrong':
    'Ese código no existe o es demasiado antiguo. Revise las letras o inicie otra vez «lockstep login».',
  'portal.device.ask': '¿Dejar entrar a la línea de comandos?',
  'portal.device.asLead':
    'Actuará en su nombre ({email}), con todo lo que usted puede hacer, durante 12 horas como máximo.',
  'portal.device.program': 'Programa',
  'portal.device.place': 'Desde',
  'portal.device.time': 'Solicitado',
  'portal.device.warning':
    'Diga que sí solo si la acaba de iniciar usted. Nadie del servicio de asistencia necesita nunca que usted escriba un código así.',
  'portal.device.yes': 'Sí, dejar entrar',
  'portal.device.no': 'No, rechazar',
  'portal.device.done': 'La línea de comandos ha iniciado sesión',
  'portal.device.done.lead': 'Puede cerrar esta página y volver a ella.',
  'portal.device.refused': 'La línea de comandos no ha entrado',
  'portal.device.refused.lead':
    'Si no la inició usted, diga al servicio de asistencia que alguien le pidió este código.',
  'portal.device.security': 'Dónde he iniciado sesión',
  'portal.program.extension': 'Extensión del navegador',
  'portal.program.cli': 'Línea de comandos',
  'portal.event.login_program': 'La extensión o la línea de comandos inició sesión en su nombre',
  'portal.event.password_link_show': 'Un administrador le mostró un enlace para elegir una contraseña',
  'portal.event.login_end.failure': 'Se detuvo una sesión copiada',
}
