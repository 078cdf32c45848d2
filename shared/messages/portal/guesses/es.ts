import type { GuessKey } from './en.ts'

export const guessesEs: Readonly<Record<GuessKey, string>> = {
  'portal.guess.straightRow': 'Es una fila de teclas.',
  'portal.guess.keyPattern': 'Es un patrón del teclado.',
  'portal.guess.simpleRepeat': 'Repite un mismo carácter.',
  'portal.guess.extendedRepeat': 'Repite los mismos caracteres.',
  'portal.guess.sequences': 'Es una secuencia como abc.',
  'portal.guess.recentYears': 'Es un año reciente.',
  'portal.guess.dates': 'Es una fecha.',
  'portal.guess.topTen': 'Es una de las diez contraseñas más usadas.',
  'portal.guess.topHundred': 'Es una de las cien contraseñas más usadas.',
  'portal.guess.common': 'Es una contraseña muy usada.',
  'portal.guess.similarToCommon': 'Se parece a una contraseña muy usada.',
  'portal.guess.wordByItself': 'Es una sola palabra.',
  'portal.guess.userInputs': 'Está hecha con su nombre o el de su organización.',
}
