import type { GuessKey } from './en.ts'

export const guessesFr: Readonly<Record<GuessKey, string>> = {
  'portal.guess.straightRow': 'C’est une rangée de touches.',
  'portal.guess.keyPattern': 'C’est un motif sur le clavier.',
  'portal.guess.simpleRepeat': 'Un même caractère se répète.',
  'portal.guess.extendedRepeat': 'Les mêmes caractères se répètent.',
  'portal.guess.sequences': 'C’est une suite comme abc.',
  'portal.guess.recentYears': 'C’est une année récente.',
  'portal.guess.dates': 'C’est une date.',
  'portal.guess.topTen': 'C’est l’un des dix mots de passe les plus utilisés.',
  'portal.guess.topHundred': 'C’est l’un des cent mots de passe les plus utilisés.',
  'portal.guess.common': 'C’est un mot de passe très utilisé.',
  'portal.guess.similarToCommon': 'Cela ressemble à un mot de passe très utilisé.',
  'portal.guess.wordByItself': 'C’est un seul mot.',
  'portal.guess.userInputs': 'Cela reprend votre nom ou celui de votre organisation.',
}
