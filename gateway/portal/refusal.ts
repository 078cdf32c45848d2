import { problems } from '@lockstep/shared/contract/problems'
import { PasswordInput } from '@lockstep/shared/contract/user'
import type { Translate } from '@lockstep/shared/messages/message'
import { Problem } from '../domain/problem.ts'
import { parse } from '../http/body.ts'
import type { Refusal } from './pages/password-page.tsx'

/** Turns a refusal into words beside the field that it is about; everything else goes on to the error page. */
export function passwordRefusal(error: unknown, t: Translate): Refusal {
  if (!(error instanceof Problem)) throw error
  switch (error.code) {
    case 'wrong_credentials':
      return { field: 'currentPassword', sentence: t('portal.password.wrong'), more: [] }
    case 'password_too_weak':
    case 'validation_failed':
      return { field: 'newPassword', ...brokenRules(error, t) }
    case 'password_refused_by_tenant':
      return { field: 'newPassword', sentence: t('portal.refused.byTenant'), more: [] }
    case 'password_change_in_progress':
    case 'too_many_requests':
    case 'busy':
      return { field: null, sentence: waitRefusal(error, t), more: [] }
    default:
      throw error
  }
}

/** Which rules are broken is said beside each of them. */
function brokenRules({ broken }: Problem, t: Translate): { sentence: string; more: string[] } {
  // What is beyond the bounds of the contract was not even looked at.
  if (broken.length === 0) return { sentence: t('portal.password.tooLong'), more: [] }
  return {
    sentence: t('portal.password.weak'),
    more: broken.map(({ rule, values }) => t(`portal.rule.${rule}`, values)),
  }
}

/** What only time mends, and how much of it. */
export function waitRefusal({ code, retryAfterSeconds: seconds }: Problem, t: Translate): string {
  if (code === 'busy') return t('portal.refused.busy')
  if (code === 'password_change_in_progress') return t('portal.refused.underWay')
  if (seconds === undefined) return t('portal.refused.many')
  return seconds < 90
    ? t('portal.refused.seconds', { wait: String(seconds) })
    : t('portal.refused.minutes', { wait: String(Math.ceil(seconds / 60)) })
}

/** Why a sign-in did not work, in one sentence that tells nothing about the account. */
export function signInRefusal(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) throw error
  switch (error.code) {
    case 'wrong_credentials':
      return t('portal.signIn.wrong')
    case 'too_many_requests':
    case 'busy':
      return waitRefusal(error, t)
    default:
      throw error
  }
}

const stepRefusals = {
  wrong_code: 'portal.code.wrong',
  wrong_credentials: 'portal.code.wrongPassword',
  passkey_refused: 'portal.passkey.refused',
  sign_in_ended: 'portal.step.ended',
  factor_is_last: 'portal.factor.needed',
  factor_not_found: 'portal.factor.gone',
  too_many_factors: 'portal.factor.tooMany',
  session_not_found: 'portal.session.gone',
} as const

/** Why a second factor, or something about it, was refused. */
export function stepRefusal(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) throw error
  const { code } = error
  if (code === 'too_many_requests' || code === 'busy') return waitRefusal(error, t)
  if (!(code in stepRefusals)) throw error
  return t(stepRefusals[code as keyof typeof stepRefusals])
}

/** What a page that asks for a code says of the one that was sent. */
export type Refused = { refusal?: string; isWrong?: boolean }

/** The same, with whether it is about what was typed. */
export function refusedStep(error: unknown, t: Translate): Refused {
  const isWrong = error instanceof Problem && (error.code === 'wrong_code' || error.code === 'wrong_credentials')
  return { refusal: stepRefusal(error, t), isWrong }
}

/** The bounds of the contract, in the words of the form. */
export function checkNew(password: string): string {
  try {
    return parse(PasswordInput, password)
  } catch {
    throw new Problem('validation_failed', 'Use a password of at most 256 characters.')
  }
}

/** The status that a refused form is answered with. */
export function statusOf(error: unknown): 400 | 401 | 404 | 409 | 422 | 429 | 503 {
  return (error instanceof Problem ? problems[error.code].status : 400) as 400 | 401 | 404 | 409 | 422 | 429 | 503
}
