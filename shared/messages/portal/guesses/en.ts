/** What makes a password easy to guess, said while it is typed. */
export const guessesEn = {
  'portal.guess.straightRow': 'This is a row of keys.',
  'portal.guess.keyPattern': 'This is a pattern on the keyboard.',
  'portal.guess.simpleRepeat': 'This repeats one character.',
  'portal.guess.extendedRepeat': 'This repeats the same characters.',
  'portal.guess.sequences': 'This is a sequence such as abc.',
  'portal.guess.recentYears': 'This is a year of late.',
  'portal.guess.dates': 'This is a date.',
  'portal.guess.topTen': 'This is one of the ten most used passwords.',
  'portal.guess.topHundred': 'This is one of the hundred most used passwords.',
  'portal.guess.common': 'This is a much used password.',
  'portal.guess.similarToCommon': 'This is much like a used password.',
  'portal.guess.wordByItself': 'This is a single word.',
  'portal.guess.userInputs': 'This is made of your name or your organisation.',
} as const

export type GuessKey = keyof typeof guessesEn
