import type { GuessKey } from './en.ts'

export const guessesDe: Readonly<Record<GuessKey, string>> = {
  'portal.guess.straightRow': 'Das ist eine Reihe von Tasten.',
  'portal.guess.keyPattern': 'Das ist ein Muster auf der Tastatur.',
  'portal.guess.simpleRepeat': 'Hier wiederholt sich ein Zeichen.',
  'portal.guess.extendedRepeat': 'Hier wiederholen sich dieselben Zeichen.',
  'portal.guess.sequences': 'Das ist eine Folge wie abc.',
  'portal.guess.recentYears': 'Das ist ein Jahr aus letzter Zeit.',
  'portal.guess.dates': 'Das ist ein Datum.',
  'portal.guess.topTen': 'Das ist eines der zehn häufigsten Passwörter.',
  'portal.guess.topHundred': 'Das ist eines der hundert häufigsten Passwörter.',
  'portal.guess.common': 'Das ist ein häufiges Passwort.',
  'portal.guess.similarToCommon': 'Das ist einem häufigen Passwort sehr ähnlich.',
  'portal.guess.wordByItself': 'Das ist ein einzelnes Wort.',
  'portal.guess.userInputs': 'Das besteht aus Ihrem Namen oder dem Ihrer Organisation.',
}
