import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import type { Outcome, TenantFailure } from '../domain/failure.ts'
import type { Answered } from './batch.ts'
import { type Answer, closed, failureOf, holdsImmutableId, unreachable } from './failure.ts'
import { subjectOf, type Write } from './write.ts'

export type WriteOutcome = Outcome<AccountId | undefined>

/** What an answer means for a write: an outcome, or that the tenant put it off, or that our create may be there already. */
export type Verdict =
  | { kind: 'outcome'; outcome: WriteOutcome }
  | { kind: 'put_off'; answer: Answer; failure: TenantFailure }
  | { kind: 'perhaps_created'; requestId: string | null; failure: TenantFailure }

const Created = z.looseObject({ id: AccountId })

/** `repeated`: it went out before and was put off, so it may have taken effect: what stands in a create's way may be itself. */
export function verdictOf(write: Write, answered: Answered, repeated: boolean, now: number): Verdict {
  if (answered.kind === 'refused') {
    const { failure } = answered.error
    if (!repeated || failure.code !== closed.code) return failed(failure)
    return unknown(
      null,
      'Microsoft 365 put the change off, and Lockstep closed its connection before it was sent again. Lockstep looks again.',
    )
  }
  if (answered.kind === 'unanswered') {
    if (answered.error.neverSent) return failed(unreachable(answered.error.message))
    return unknown(
      null,
      'Microsoft 365 did not answer, so nobody knows whether the change took effect. Lockstep looks again.',
    )
  }
  const { answer } = answered
  const requestId = answer.headers['request-id'] ?? null
  if (answer.status >= 200 && answer.status < 300) return doneOf(write, answer, requestId)
  const failure = failureOf(answer, subjectOf(write), now)
  if (isPutOff(answer, failure)) return { kind: 'put_off', answer, failure }
  // Whoever is not in a group need not be taken out of it.
  if (write.kind === 'remove_member' && failure.kind === 'gone')
    return { kind: 'outcome', outcome: { kind: 'done', requestId, value: undefined } }
  // 500, 502 and 504 say nothing of what became of a write.
  if (answer.status >= 500 && answer.status !== 501) {
    return unknown(
      failure.requestId,
      `Microsoft 365 answered with status ${answer.status}, so nobody knows whether the change took effect. Lockstep looks again.`,
    )
  }
  if (write.kind === 'create' && failure.kind === 'conflict' && (repeated || holdsImmutableId(answer))) {
    return { kind: 'perhaps_created', requestId: failure.requestId, failure }
  }
  return failed(failure)
}

/** What the tenant says it has not done: too fast for it, not available, or met by another change. */
function isPutOff(answer: Answer, failure: TenantFailure): boolean {
  return failure.kind === 'throttled' || answer.status === 503 || (answer.status === 409 && failure.kind !== 'conflict')
}

function doneOf(write: Write, answer: Answer, requestId: string | null): Verdict {
  const date = Date.parse(answer.headers['date'] ?? '')
  const done = { kind: 'done', requestId, ...(!Number.isNaN(date) && { tenantAt: date }) } as const
  const creates =
    write.kind === 'create' || write.kind === 'create_group' || (write.kind === 'mark' && write.groupId === null)
  if (!creates) return { kind: 'outcome', outcome: { ...done, value: undefined } }
  const created = Created.safeParse(answer.body)
  if (created.success) return { kind: 'outcome', outcome: { ...done, value: created.data.id } }
  return unknown(requestId, 'Microsoft 365 answered without the id of the new object. Lockstep looks for it.')
}

const failed = (failure: TenantFailure): Verdict => ({ kind: 'outcome', outcome: { kind: 'failed', failure } })
export const unknown = (requestId: string | null, detail: string): Extract<Verdict, { kind: 'outcome' }> => ({
  kind: 'outcome',
  outcome: { kind: 'unknown', requestId, detail },
})
