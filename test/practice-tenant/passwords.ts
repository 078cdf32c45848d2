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
]

/**
 * "Password policies that only apply to cloud user accounts" and "Combined password policy and check for weak passwords":
 * printable ASCII, 8 to 256, three of four classes, and a score of at least 5 against the banned list.
 */
export function checkPassword(password: string, person: Properties): void {
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(password)).length
  const legal = /^[\x20-\x7e]{8,256}$/.test(password)
  if (!legal || classes < 3 || scoreOf(password) < 5 || holdsName(password, person)) {
    throw badRequest(
      'The specified password does not comply with password complexity requirements. Please provide a different password.',
      'PasswordProfile',
    )
  }
}

const normalise = (password: string) =>
  password.toLowerCase().replace(/0/g, 'o').replace(/1/g, 'l').replace(/\$/g, 's').replace(/@/g, 'a')

/** Each banned term counts one point, each remaining character one. */
export function scoreOf(password: string): number {
  let rest = normalise(password)
  let score = 0
  for (const word of bannedWords.map(normalise)) {
    for (let at = rest.indexOf(word); at >= 0; at = rest.indexOf(word)) {
      rest = rest.slice(0, at) + rest.slice(at + word.length)
      score += 1
    }
  }
  return score + rest.length
}

function holdsName(password: string, person: Properties): boolean {
  const plain = normalise(password)
  return ['givenName', 'surname'].some((name) => {
    const value = person[name]
    return typeof value === 'string' && value.length >= 4 && plain.includes(normalise(value))
  })
}
