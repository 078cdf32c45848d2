import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import type { Outcome } from '../domain/failure.ts'
import type { Runtime } from '../domain/runtime.ts'
import { type Answer, failureOf, TenantError } from './failure.ts'
import type { Governor, Lane } from './governor.ts'
import { type Request, type Transport, Unanswered, unreachable } from './transport.ts'
import { BatchAnswer } from './wire.ts'
import { objectOf, requestsOf, subjectOf, type Write } from './write.ts'

/** Graph takes at most this many requests in a batch ("Combine multiple requests using JSON batching", read 2026-11-23). */
const batchSize = 20
/** Batches under way at once. */
const batchesAtOnce = 6
/** How often a request that was refused for its pace is sent again before the caller hears of it. */
const attemptsWhenThrottled = 8

export type WriteOutcome = Outcome<AccountId | undefined>
type OnOutcome = (index: number, outcome: WriteOutcome) => Promise<void> | void
type Answered =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'unanswered'; error: Unanswered }
  | { kind: 'refused'; error: TenantError }

export type Writer = {
  writeAll(writes: readonly Write[], lane: Lane, onOutcome: OnOutcome): Promise<void>
}

/** Sends writes in batches under the governor, and tells what became of each as soon as it is known. */
export function createWriter(deps: {
  transport: Transport
  governor: Governor
  runtime: Runtime
  findByImmutableId: (immutableId: string) => Promise<AccountId | null>
}): Writer {
  const { transport, governor, runtime } = deps

  const sendOne = async (request: Request): Promise<Answered> => {
    try {
      return { kind: 'answer', answer: await transport.send(request) }
    } catch (error) {
      if (error instanceof Unanswered) return { kind: 'unanswered', error }
      if (error instanceof TenantError) return { kind: 'refused', error }
      throw error
    }
  }

  const sendMany = async (requests: readonly Request[], lane: Lane): Promise<Answered[]> => {
    await governor.admit(lane, { writes: requests.length, units: requests.length })
    if (requests.length === 1 && requests[0] !== undefined) return [await sendOne(requests[0])]
    const whole = await sendOne({ method: 'POST', url: '/$batch', body: { requests: requests.map(part) } })
    if (whole.kind !== 'answer' || whole.answer.status !== 200) return requests.map(() => whole)
    const parsed = BatchAnswer.safeParse(whole.answer.body)
    const parts = new Map(parsed.success ? parsed.data.responses.map((response) => [response.id, response]) : [])
    return requests.map((_, index) => {
      const response = parts.get(String(index + 1))
      if (response === undefined) return { kind: 'unanswered', error: new Unanswered('part missing', false) }
      const lower = Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
      const requestId = whole.answer.headers['request-id']
      const headers = { ...(requestId !== undefined && { 'request-id': requestId }), ...Object.fromEntries(lower) }
      return { kind: 'answer', answer: { status: response.status, headers, body: response.body ?? null } }
    })
  }

  /** Steps of a write one after the other; several writes side by side. */
  const run = async (jobs: Job[], lane: Lane, onOutcome: OnOutcome): Promise<void> => {
    const answers = await sendMany(
      jobs.map((job) => job.requests[job.step] as Request),
      lane,
    )
    const again: Job[] = []
    await Promise.all(
      jobs.map(async (job, index) => {
        const verdict = await judge(deps, job, answers[index] as Answered)
        if (verdict === 'again') again.push(job)
        else if (verdict.kind === 'done' && job.step + 1 < job.requests.length)
          again.push({ ...job, step: job.step + 1, attempt: 0 })
        else await onOutcome(job.index, verdict)
      }),
    )
    if (again.length > 0) await run(again, lane, onOutcome)
  }

  return {
    async writeAll(writes, lane, onOutcome) {
      for (const wave of wavesOf(writes)) {
        const jobs = wave.map((index) => ({
          index,
          write: writes[index] as Write,
          requests: requestsOf(writes[index] as Write),
          step: 0,
          attempt: 0,
        }))
        const chunks: Job[][] = []
        for (let start = 0; start < jobs.length; start += batchSize) chunks.push(jobs.slice(start, start + batchSize))
        const worker = async () => {
          for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift())
            await run(chunk, lane, onOutcome)
        }
        await Promise.all(Array.from({ length: Math.min(batchesAtOnce, chunks.length) }, worker))
      }
    },
  }

  function part(request: Request, index: number): Record<string, unknown> {
    return {
      id: String(index + 1),
      method: request.method,
      url: request.url,
      headers: {
        'Content-Type': 'application/json',
        ...(request.eventId !== undefined && { 'client-request-id': request.eventId }),
      },
      ...(request.body !== undefined && { body: request.body }),
    }
  }

  async function judge(
    { findByImmutableId }: typeof deps,
    job: Job,
    answered: Answered,
  ): Promise<WriteOutcome | 'again'> {
    if (answered.kind === 'refused') return { kind: 'failed', failure: answered.error.failure }
    if (answered.kind === 'unanswered') {
      if (answered.error.neverSent) return { kind: 'failed', failure: unreachable(answered.error.message) }
      return {
        kind: 'unknown',
        requestId: null,
        detail: 'Microsoft 365 did not answer, so nobody knows whether the change took effect. Lockstep looks again.',
      }
    }
    const { answer } = answered
    const requestId = answer.headers['request-id'] ?? null
    if (answer.status >= 200 && answer.status < 300) return doneWith(job, answer, requestId)
    const failure = failureOf(answer, subjectOf(job.write), runtime.now())
    const slow = failure.kind === 'throttled' || answer.status === 503
    if (!slow || job.attempt >= attemptsWhenThrottled) {
      if (job.write.kind === 'create' && failure.kind === 'unavailable') {
        return {
          kind: 'unknown',
          requestId,
          detail: `Microsoft 365 answered with status ${answer.status}; the account may exist all the same. Lockstep looks again.`,
        }
      }
      return { kind: 'failed', failure }
    }
    job.attempt += 1
    const backoffMs =
      Math.min(60_000, 1_000 * 2 ** (job.attempt - 1)) * (0.75 + (runtime.randomBytes(1)[0] ?? 0) / 255 / 2)
    const waitMs = Math.max(answer.status === 429 ? 1_000 : 0, failure.retryAfterMs ?? backoffMs)
    if (answer.status === 429) governor.slowDown(waitMs)
    await runtime.sleep(waitMs)
    // "Slow down" may have been said after the account was made.
    if (job.write.kind === 'create') {
      const id = await findByImmutableId(job.write.account.immutableId)
      if (id !== null) return { kind: 'done', requestId, value: id }
    }
    return 'again'
  }

  function doneWith(job: Job, answer: Answer, requestId: string | null): WriteOutcome {
    if (job.write.kind !== 'create') return { kind: 'done', requestId, value: undefined }
    const created = Created.safeParse(answer.body)
    if (created.success) return { kind: 'done', requestId, value: created.data.id }
    return {
      kind: 'unknown',
      requestId,
      detail: 'Microsoft 365 answered without the id of the new account. Lockstep looks for it.',
    }
  }
}

const Created = z.looseObject({ id: AccountId })
type Job = { index: number; write: Write; requests: Request[]; step: number; attempt: number }

/** The first write of every object, then the second of those that have one, and so on. */
function wavesOf(writes: readonly Write[]): number[][] {
  const seen = new Map<string, number>()
  const waves: number[][] = []
  writes.forEach((write, index) => {
    const wave = seen.get(objectOf(write)) ?? 0
    seen.set(objectOf(write), wave + 1)
    const indices = waves[wave] ?? []
    waves[wave] = indices
    indices.push(index)
  })
  return waves
}
