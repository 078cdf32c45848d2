import { ProblemError } from '@lockstep/shared/client/client'
import { SignInError } from './oauth.ts'

/** Why a call brought nothing, as far as it changes what is shown. */
export type Failure = { kind: 'signed_out' | 'forbidden' | 'unreachable' | 'problem'; message: string }

export function failureOf(error: unknown): Failure {
  if (error instanceof SignInError) {
    return { kind: error.code === 'unreachable' ? 'unreachable' : 'signed_out', message: error.message }
  }
  if (error instanceof ProblemError) {
    const { status, code, detail } = error.problem
    if (status === 401) return { kind: 'signed_out', message: detail }
    if (code === 'forbidden') return { kind: 'forbidden', message: detail }
    if (status >= 502 && status <= 504 && code === 'unreadable_answer') return { kind: 'unreachable', message: detail }
    return { kind: 'problem', message: detail }
  }
  // What fetch throws when there was no answer, and the end of a wait.
  return { kind: 'unreachable', message: error instanceof Error ? error.message : String(error) }
}
