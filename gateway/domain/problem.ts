import type { ProblemCode } from '@lockstep/shared/contract/problems'
import type { RuleResult } from './password-policy.ts'

/** The caller can act on it: a stable code, and a detail that says what to do next. */
export class Problem extends Error {
  override readonly name: string = 'Problem'
  readonly code: ProblemCode
  readonly errors: { path: string; message: string }[] | undefined
  /** The rules that a password broke, for pages that say them in the language of the reader. */
  readonly broken: readonly RuleResult[]
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds: number | undefined
  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      errors?: { path: string; message: string }[]
      broken?: readonly RuleResult[]
      retryAfterSeconds?: number
    } = {},
  ) {
    super(detail)
    this.code = code
    this.errors = more.errors
    this.broken = more.broken ?? []
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}
