import { badRequest } from './errors.ts'
import type { Properties } from './state.ts'

/** Stands in for the global list, which Microsoft keeps secret, and for a tenant's own words. */
export const bannedWords = [
  'password',
  'contoso',
  'blank',
  'welcome',
  'qwerty',
  'summer',
  'winter',
  'letmein',
  'abc123',
  'admin',
  'trombone',
]

/**
 * "Password policies that only apply to cloud user accounts" and "Combined password policy and check for weak passwords":
 * printable ASCII, 8 to 256, three of four classes unless that is switched off for the user, and the banned list.
 * An administrator's reset does not look at former passwords.
 */
export function checkPassword(password: string, person: Properties): void {
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(password)).length
  const needed = String(person['passwordPolicies'] ?? '').includes('DisableStrongPassword') ? 1 : 3
  const legal = /^[\x20-\x7e]{8,256}$/.test(password)
  if (legal && classes >= needed && scoreOf(password) >= 5 && !holdsName(password, person)) return
  throw badRequest(
    'The specified password does not comply with password complexity requirements. Please provide a different password.',
    'PasswordProfile',
  )
}

const normalise = (password: string) =>
  password.toLowerCase().replace(/0/g, 'o').replace(/1/g, 'l').replace(/\$/g, 's').replace(/@/g, 'a')

const banned = bannedWords.map(normalise).sort((a, b) => b.length - a.length)

/**
 * "Eliminate bad passwords using Microsoft Entra Password Protection", how passwords are evaluated: each banned term
 * counts one point, each remaining character one, 5 are enough. Terms match with one letter more, less or other.
 */
export function scoreOf(password: string): number {
  let rest = normalise(password)
  let score = 0
  for (const word of banned) {
    for (let found = matchOf(rest, word); found !== null; found = matchOf(rest, word)) {
      // A sign that no term holds keeps the halves apart.
      rest = `${rest.slice(0, found.at)}\u0000${rest.slice(found.at + found.length)}`
      score += 1
    }
  }
  return score + rest.replaceAll('\u0000', '').length
}

/** Where a term lies in a text: as it is, or at an edit distance of one. */
function matchOf(text: string, word: string): { at: number; length: number } | null {
  const exact = text.indexOf(word)
  if (exact >= 0) return { at: exact, length: word.length }
  for (const length of [word.length, word.length - 1, word.length + 1]) {
    for (let at = 0; at + length <= text.length; at++) {
      if (isNear(text.slice(at, at + length), word)) return { at, length }
    }
  }
  return null
}

function isNear(a: string, b: string): boolean {
  let head = 0
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++
  const [restA, restB] = [a.slice(head), b.slice(head)]
  if (a.length === b.length) return restA.slice(1) === restB.slice(1)
  return a.length > b.length ? restA.slice(1) === restB : restA === restB.slice(1)
}

/** The person's names of four letters or more may not occur. The tenant's name is among the banned terms. */
function holdsName(password: string, person: Properties): boolean {
  const plain = normalise(password)
  const parts = [person['givenName'], person['surname'], ...String(person['displayName'] ?? '').split(/\s+/)]
  return parts.some((part) => typeof part === 'string' && part.length >= 4 && plain.includes(normalise(part)))
}
