import type { GuessKey } from './en.ts'

export const guessesJa: Readonly<Record<GuessKey, string>> = {
  'portal.guess.straightRow': 'キーボードの一列に並んだ文字です。',
  'portal.guess.keyPattern': 'キーボード上のパターンです。',
  'portal.guess.simpleRepeat': '同じ文字の繰り返しです。',
  'portal.guess.extendedRepeat': '同じ並びの繰り返しです。',
  'portal.guess.sequences': 'abc のような連続した文字です。',
  'portal.guess.recentYears': '最近の年です。',
  'portal.guess.dates': '日付です。',
  'portal.guess.topTen': '最もよく使われる 10 個のパスワードの一つです。',
  'portal.guess.topHundred': '最もよく使われる 100 個のパスワードの一つです。',
  'portal.guess.common': 'よく使われるパスワードです。',
  'portal.guess.similarToCommon': 'よく使われるパスワードに似ています。',
  'portal.guess.wordByItself': '一つの単語だけです。',
  'portal.guess.userInputs': 'お名前または組織名でできています。',
}
