/** How the command line and the extension are signed in, and how they are called in lists; links at the desk. */
export const programsEn = {
  'portal.device.title': 'Sign in the command line',
  'portal.device.lead': 'Type the code that “lockstep login” shows.',
  'portal.device.code': 'Code of the command line',
  'portal.device.hint': 'Eight letters, like BCDF-GHJK. It is good for ten minutes.',
  'portal.device.next': 'Go on',
  'portal.device.wrong': 'There is no such code, or it is too old. Check the letters, or start “lockstep login” again.',
  'portal.device.ask': 'Let the command line in?',
  'portal.device.asLead': 'It will act as you, {email}, with all that you may do, for up to 12 hours.',
  'portal.device.program': 'Program',
  'portal.device.place': 'From',
  'portal.device.time': 'Asked',
  'portal.device.warning':
    'Say yes only if you started it yourself just now. Nobody at your help desk ever needs you to type such a code.',
  'portal.device.yes': 'Yes, let it in',
  'portal.device.no': 'No, keep it out',
  'portal.device.done': 'The command line is signed in',
  'portal.device.done.lead': 'You can close this page and go back to it.',
  'portal.device.refused': 'The command line was not let in',
  'portal.device.refused.lead':
    'If you did not start it yourself, tell your help desk that somebody asked you for this code.',
  'portal.device.security': 'Where I am signed in',
  'portal.program.extension': 'Browser extension',
  'portal.program.cli': 'Command line',
  'portal.event.login_program': 'The extension or the command line was signed in as you',
  'portal.event.password_link_show': 'An administrator showed you a link to choose a password',
  'portal.event.login_end.failure': 'A copied sign-in was stopped',
} as const
