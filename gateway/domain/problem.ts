import type { ProblemCode } from '@lockstep/shared/contract/problems'

/** The caller can act on it: a stable code, and a detail that says what to do next. */
export class Problem extends Error {
  override readonly name: string = 'Problem'
  readonly code: ProblemCode
  readonly errors: { path: string; message: string }[] | undefined
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds: number | undefined
  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      errors?: { path: string; message: string }[]
      retryAfterSeconds?: number
    } = {},
  ) {
    super(detail)
    this.code = code
    this.errors = more.errors
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}
