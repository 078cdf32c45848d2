/*
 * Whether a password is one that we accept and that Microsoft 365 will not refuse. Pure, and without Node, so that the
 * page says the same while somebody types. Facts: "Microsoft Entra password policies" and "Eliminate bad passwords using
 * Microsoft Entra Password Protection", read 2026-11-23.
 */

export type PasswordPolicy = {
  /** Never under 8. */
  minLength: number
  /** The organisation's own words, which count as banned. */
  words: readonly string[]
}

export const defaultPolicy: PasswordPolicy = { minLength: 12, words: [] }

/** What Microsoft 365 takes at most, in characters. */
export const maxLength = 256

export type PasswordRule = 'length' | 'characters' | 'classes' | 'name' | 'common' | 'strength' | 'history' | 'breached'

/** 0: guessed at once; 4: hardly ever. */
export type StrengthScore = 0 | 1 | 2 | 3 | 4
/** Withstands ten million guesses and more; an estimate that is shown and not demanded would only confuse. */
export const leastStrength: StrengthScore = 3

export type RuleResult = {
  rule: PasswordRule
  ok: boolean
  sentence: string
  values?: Readonly<Record<string, string>>
}

export type PasswordOwner = {
  /** Display, given and family name, as far as there are any. */
  names: readonly string[]
  email: string
}

/** All that decides about a password of somebody besides the password itself; the page gets the same as the server. */
export type PasswordGround = {
  policy: PasswordPolicy
  person: PasswordOwner
  /** Whether it is looked up among breached ones once it is sent. */
  looksUp: boolean
}

/** Each rule with its verdict, in the order in which a form shows them. `strength` says how hard it is to guess, `history` whether it was used before, `breached` whether it is known to have leaked. */
export function checkPassword(
  password: string,
  given: {
    policy: PasswordPolicy
    person: PasswordOwner
    strength?: StrengthScore
    history?: boolean
    breached?: boolean
  },
): RuleResult[] {
  const least = Math.max(8, given.policy.minLength)
  const results: RuleResult[] = [
    {
      rule: 'length',
      ok: password.length >= least && password.length <= maxLength,
      sentence: `Between ${least} and ${maxLength} characters.`,
      values: { least: String(least), most: String(maxLength) },
    },
    {
      rule: 'characters',
      ok: /^[\x20-\x7E]*$/.test(password),
      sentence: 'Only letters without accents, digits, spaces and the signs of a US keyboard.',
    },
    {
      rule: 'classes',
      ok: classesOf(password) >= 3,
      sentence: 'Three of these: small letters, capital letters, digits, signs.',
    },
    {
      rule: 'name',
      ok: !containsName(password, given.person),
      sentence: 'Does not contain your name or address.',
    },
    {
      rule: 'common',
      ok: score(password, given) >= leastScore,
      sentence: 'Not built from common words, your name or your organisation.',
    },
  ]
  if (given.strength !== undefined)
    results.push({ rule: 'strength', ok: given.strength >= leastStrength, sentence: 'Hard to guess.' })
  if (given.history !== undefined)
    results.push({ rule: 'history', ok: !given.history, sentence: 'Not one of your last passwords.' })
  if (given.breached !== undefined)
    results.push({ rule: 'breached', ok: !given.breached, sentence: 'Not a password that has leaked elsewhere.' })
  return results
}

export const isAcceptable = (results: readonly RuleResult[]) => results.every(({ ok }) => ok)

function classesOf(password: string): number {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((one) => one.test(password)).length
}

/** Parts of the names and of the address before the "@" that are long enough to mean somebody. */
function nameParts(person: PasswordOwner): string[] {
  const local = person.email.slice(0, Math.max(0, person.email.lastIndexOf('@')))
  const parts = [...person.names, local].flatMap((name) => plain(name).split(/[^a-z0-9]+/))
  return [...new Set(parts)].filter((part) => part.length >= 4)
}

function containsName(password: string, person: PasswordOwner): boolean {
  const lower = password.toLowerCase()
  return nameParts(person).some((part) => lower.includes(part))
}

const plain = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()

/** Points that a password needs: each banned word in it counts one, each other character one. */
const leastScore = 5

function score(password: string, given: { policy: PasswordPolicy; person: PasswordOwner }): number {
  const text = normalise(password)
  const own = [...nameParts(given.person), ...given.policy.words.map(plain).filter((word) => word.length >= 4)]
  const banned = [...new Set([...common, ...own].map(normalise))].sort((a, b) => b.length - a.length)
  let points = 0
  for (let at = 0; at < text.length; ) {
    const word = banned.find((each) => text.startsWith(each, at))
    points += 1
    at += word?.length ?? 1
  }
  return points
}

const swaps: Readonly<Record<string, string>> = { '0': 'o', '1': 'l', $: 's', '@': 'a' }

function normalise(text: string): string {
  return text.toLowerCase().replace(/[01$@]/g, (sign) => swaps[sign] ?? sign)
}

/** Words and runs that guessers try first. */
const common: readonly string[] = `
password passwort passw0rd kennwort motdepasse contrasena welcome willkommen bienvenue letmein
administrator admin login master secret geheim changeme change default guest monkey dragon
football baseball soccer superman batman princess sunshine iloveyou trustno starwars pokemon
charlie michael jordan jennifer hunter shadow ashley freedom whatever computer internet
summer winter spring autumn sommer herbst fruehling january february march april june july
august september october november december januar februar juni juli oktober dezember
monday tuesday wednesday thursday friday saturday sunday montag freitag
microsoft office windows outlook azure google apple lockstep company firma
qwerty qwertz qwertyuiop asdfgh asdf zxcvbn yxcvbn qazwsx
abcdef abcd abc123 123456789 12345678 1234567 123456 12345 1234 123123 321321 654321 987654321
111111 11111 1111 000000 00000 0000 222222 555555 666666 777777 888888 999999
2020 2021 2022 2023 2024 2025 2026 2027 2028
`
  .trim()
  .split(/\s+/)
