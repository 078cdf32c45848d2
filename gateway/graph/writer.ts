import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Log } from '../domain/log.ts'
import type { Runtime } from '../domain/runtime.ts'
import { type Answered, batchSize, sendTogether } from './batch.ts'
import { TenantError } from './failure.ts'
import type { Governor, Lane } from './governor.ts'
import { slowDownOf } from './throttled.ts'
import type { Request, Transport } from './transport.ts'
import { unknown, type Verdict, verdictOf, type WriteOutcome } from './verdict.ts'
import { objectOf, requestsOf, type Write } from './write.ts'

/** Batches under way at once. */
const batchesAtOnce = 6
/** How often, and how long in ms, a request that was put off is sent again before the caller hears of it. */
const attemptsAtMost = 8
const patienceMs = { interactive: 15_000, bulk: 5 * 60_000 } as const satisfies Record<Lane, number>

type OnOutcome = (index: number, outcome: WriteOutcome) => Promise<void> | void
type Job = { index: number; write: Write; requests: Request[]; step: number; attempt: number; since: number }
/** Done with a step, done with the write, or put off. */
type Next = WriteOutcome | { kind: 'again'; waitMs: number }

export type Writer = {
  /** Throws what `onOutcome` threw, once everything under way has an outcome; nothing new is begun by then. */
  writeAll(writes: readonly Write[], lane: Lane, onOutcome: OnOutcome): Promise<void>
}

/** Sends writes in batches under the governor, and tells what became of each as soon as it is known. */
export function createWriter(deps: {
  /** The origin. */
  graph: string
  transport: Transport
  governor: Governor
  runtime: Runtime
  log: Log
  findByImmutableId: (immutableId: string) => Promise<AccountId | null>
}): Writer {
  const { transport, governor, runtime } = deps

  const send = async (jobs: readonly Job[], lane: Lane): Promise<Answered[]> => {
    try {
      await governor.admit(lane, { writes: jobs.length, units: jobs.length })
    } catch (error) {
      if (error instanceof TenantError) return jobs.map(() => ({ kind: 'refused', error }))
      throw error
    }
    return await sendTogether(
      transport,
      jobs.map((job) => job.requests[job.step] as Request),
      lane,
    )
  }

  /** What the verdict means for the job; a create that may exist is looked up, never repeated blindly. */
  const next = async (job: Job, verdict: Verdict, lane: Lane): Promise<Next> => {
    if (verdict.kind === 'outcome') return verdict.outcome
    const { failure } = verdict
    if (verdict.kind === 'perhaps_created')
      return (await lookUp(job, failure.requestId)) ?? lostCreate(failure.requestId)
    const { ms, exhausted } = slowDownOf(verdict.answer, job.attempt, runtime)
    if (failure.kind === 'throttled') governor.slowDown(ms, exhausted)
    job.attempt += 1
    const tooLong = runtime.now() + ms - job.since > patienceMs[lane]
    if (!tooLong && job.attempt <= attemptsAtMost) return { kind: 'again', waitMs: ms }
    // "Not available" may have been said after the account was made.
    if (job.write.kind === 'create') return (await lookUp(job, failure.requestId)) ?? { kind: 'failed', failure }
    return { kind: 'failed', failure }
  }

  const lookUp = async ({ write }: Job, requestId: string | null): Promise<WriteOutcome | null> => {
    if (write.kind !== 'create') return null
    try {
      const id = await deps.findByImmutableId(write.account.immutableId)
      return id === null ? null : { kind: 'done', requestId, value: id }
    } catch (error) {
      if (error instanceof TenantError) return lostCreate(requestId)
      throw error
    }
  }

  /** The steps of these writes one after the other, the writes side by side, until each has an outcome. */
  const run = async (jobs: readonly Job[], lane: Lane, tell: OnOutcome): Promise<void> => {
    const empty = jobs.filter(({ requests }) => requests.length === 0)
    for (const { index } of empty) await tell(index, { kind: 'done', requestId: null, value: undefined })
    for (let open = jobs.filter((job) => !empty.includes(job)); open.length > 0; ) {
      const answers = await send(open, lane)
      const again: Job[] = []
      let waitMs = 0
      for (const [place, job] of open.entries()) {
        const verdict = verdictOf(job.write, answers[place] as Answered, job.attempt > 0, runtime.now())
        const then = await next(job, verdict, lane)
        if (then.kind === 'again') {
          again.push(job)
          waitMs = Math.max(waitMs, then.waitMs)
        } else if (then.kind === 'done' && job.step + 1 < job.requests.length) {
          again.push({ ...job, step: job.step + 1, attempt: 0 })
        } else await tell(job.index, withSteps(then, job.step))
      }
      if (waitMs > 0) {
        deps.log({ msg: 'the tenant put writes off', writes: again.length, waitMs })
        await governor.rest(waitMs)
      }
      open = await stillToSend(again, tell)
    }
  }

  /** A create that was put off may have been made all the same: then it is not sent again. */
  const stillToSend = async (jobs: readonly Job[], tell: OnOutcome): Promise<Job[]> => {
    const open: Job[] = []
    for (const job of jobs) {
      const made = job.attempt > 0 ? await lookUp(job, null) : null
      if (made === null) open.push(job)
      else await tell(job.index, made)
    }
    return open
  }

  const begin = (writes: readonly Write[], index: number): Job => {
    const write = writes[index] as Write
    return { index, write, requests: requestsOf(write, deps.graph), step: 0, attempt: 0, since: runtime.now() }
  }

  return {
    async writeAll(writes, lane, onOutcome) {
      const errors: unknown[] = []
      const attempt = async (action: () => Promise<void> | void) => {
        try {
          await action()
        } catch (error) {
          errors.push(error)
        }
      }
      const tell: OnOutcome = (index, outcome) => attempt(() => onOutcome(index, outcome))
      for (const wave of wavesOf(writes)) {
        const chunks: number[][] = []
        for (let at = 0; at < wave.length; at += batchSize) chunks.push(wave.slice(at, at + batchSize))
        const worker = async () => {
          for (let chunk = chunks.shift(); chunk !== undefined && errors.length === 0; chunk = chunks.shift()) {
            // Secrets are opened for what goes out now, not for the whole wave.
            const jobs = chunk.map((index) => begin(writes, index))
            await attempt(() => run(jobs, lane, tell))
          }
        }
        await Promise.all(Array.from({ length: Math.min(batchesAtOnce, chunks.length) }, worker))
        if (errors.length > 0) throw errors[0]
      }
    },
  }
}

/** How far the write had come, where it did not come to its end. */
const withSteps = (outcome: WriteOutcome, stepsDone: number): WriteOutcome =>
  outcome.kind === 'done' || stepsDone === 0 ? outcome : { ...outcome, stepsDone }

const lostCreate = (requestId: string | null): WriteOutcome =>
  unknown(requestId, 'Microsoft 365 may have made the account already. Lockstep looks for it.').outcome

/** The first write of every object, then the second of those that have one, and so on: places in `writes`. */
export function wavesOf(writes: readonly Write[]): number[][] {
  const seen = new Map<string, number>()
  const waves: number[][] = []
  writes.forEach((write, index) => {
    const wave = seen.get(objectOf(write)) ?? 0
    seen.set(objectOf(write), wave + 1)
    const places = waves[wave] ?? []
    waves[wave] = places
    places.push(index)
  })
  return waves
}
