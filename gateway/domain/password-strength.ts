import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import type { PasswordGround, StrengthScore } from './password-policy.ts'

/*
 * How hard a password is to guess, by the estimate of zxcvbn. Pure, and without Node: the page asks the very same. It brings
 * forty thousand common passwords along, so that the page loads it only once somebody types.
 */

/** What makes a password easy to guess, where one thing does. */
const warnings = [
  'straightRow',
  'keyPattern',
  'simpleRepeat',
  'extendedRepeat',
  'sequences',
  'recentYears',
  'dates',
  'topTen',
  'topHundred',
  'common',
  'similarToCommon',
  'wordByItself',
  'userInputs',
] as const
export type StrengthWarning = (typeof warnings)[number]

export type Strength = { score: StrengthScore; warning: StrengthWarning | null }

/** Patterns of longer ones take seconds to tell apart, and so many characters decide. */
const looksAt = 32

let factory: ZxcvbnFactory | undefined

export function strengthOf(password: string, { policy, person }: Pick<PasswordGround, 'policy' | 'person'>): Strength {
  factory ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, l33tMaxSubstitutions: 20 })
  const own = [...person.names, person.email, ...policy.words].flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/))
  const { score, feedback } = factory.check(
    password.slice(0, looksAt),
    [...new Set(own)].filter((word) => word !== ''),
  )
  return { score, warning: warnings.find((each) => each === feedback.warning) ?? null }
}
