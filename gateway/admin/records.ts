import type { LockstepEvent } from '@lockstep/shared/contract/event'
import type { Job } from '@lockstep/shared/contract/job'
import { Problem } from '../domain/problem.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { StreamAsk, Streamed } from '../http/streams.ts'
import { type EventFilter, eventsBetween, seqOf } from '../store/events.ts'
import type { Store } from '../store/store.ts'
import { csvHead, csvOf } from './events-csv.ts'

export type RecordSources = { store: Pick<Store, 'db' | 'onEvent'>; runtime: Runtime }

const pageSize = 500
/** How long a stream is silent at most, so that both ends notice when the other is gone, in ms. */
const heartbeatMs = 15_000
/** How soon an event is seen that another process wrote, in ms; those of this one are seen at once. */
const pollMs = 2_000
const jobPollMs = 500
/** How soon a stream ends whose reader was signed out meanwhile, in ms. */
const lookAgainMs = 2_000
/** Nothing to say: only the reader's rights are looked at again. */
const silence = ''

const heartbeat = ': \n\n'
/** Tells a browser how long to wait before it connects again, and both ends that the stream is open. */
const opening = 'retry: 2000\n\n'
const message = (data: unknown, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`

/** Events as they happen. Problem `validation_failed` when the last one that the caller has is not there. */
export async function streamEvents(sources: RecordSources, filter: EventFilter, ask: StreamAsk): Promise<Streamed> {
  const after = await seqOf(sources.store.db, ask.lastEventId ?? undefined)
  if (after === undefined) {
    throw new Problem('validation_failed', 'Leave out Last-Event-ID to begin with what happens from now on.', {
      errors: [{ path: 'Last-Event-ID', message: 'There is no event with this id, or not any more.' }],
    })
  }
  return { type: 'text/event-stream', parts: follow(sources, filter, after, ask.signal) }
}

async function* follow(
  { store, runtime }: RecordSources,
  filter: EventFilter,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let bell = new AbortController()
  const ring = () => bell.abort()
  const stopListening = store.onEvent(ring)
  signal.addEventListener('abort', ring)
  let [after, saidAt, lookedAt] = [start, runtime.now(), runtime.now()]
  try {
    yield opening
    for (;;) {
      // New before anything is read, so that what happens meanwhile ends the next sleep.
      bell = new AbortController()
      if (signal.aborted) return
      const upTo = (await seqOf(store.db)) ?? after
      const page = await eventsBetween(store.db, filter, { after, upTo, limit: pageSize })
      after = page.last
      if (page.events.length > 0) yield page.events.map((event) => message(event, event.id)).join('')
      else if (runtime.now() - saidAt >= heartbeatMs) yield heartbeat
      else {
        if (runtime.now() - lookedAt >= lookAgainMs) {
          yield silence
          lookedAt = runtime.now()
        }
        if (after >= upTo) await runtime.sleep(pollMs, bell.signal)
        continue
      }
      saidAt = lookedAt = runtime.now()
    }
  } finally {
    stopListening()
    signal.removeEventListener('abort', ring)
  }
}

/** Everything up to now, oldest first. */
export async function exportEvents(
  { store, runtime }: RecordSources,
  { format, ...filter }: EventFilter & { format: 'jsonl' | 'csv' },
): Promise<Streamed> {
  const day = new Date(runtime.now()).toISOString().slice(0, 10)
  const upTo = (await seqOf(store.db)) ?? 0
  return {
    type: format === 'csv' ? 'text/csv' : 'application/jsonl',
    fileName: `lockstep-events-${day}.${format}`,
    parts: exported(store.db, filter, upTo, format),
  }
}

async function* exported(db: Store['db'], filter: EventFilter, upTo: number, format: 'jsonl' | 'csv') {
  const write = format === 'csv' ? csvOf : (event: LockstepEvent) => `${JSON.stringify(event)}\n`
  if (format === 'csv') yield csvHead
  for (let after = 0; after < upTo; ) {
    const page = await eventsBetween(db, filter, { after, upTo, limit: pageSize })
    after = page.last
    if (page.events.length > 0) yield page.events.map(write).join('')
  }
}

/** A job whenever it has got on, and its results at its end, which is the end of the stream. */
export async function streamJob(
  { runtime }: RecordSources,
  jobOf: () => Promise<Job>,
  signal: AbortSignal,
): Promise<Streamed> {
  // Before anything is answered, so that an unknown job is a problem and not a broken stream.
  await jobOf()
  return { type: 'text/event-stream', parts: followJob(runtime, jobOf, signal) }
}

async function* followJob(runtime: Runtime, jobOf: () => Promise<Job>, signal: AbortSignal): AsyncGenerator<string> {
  let [said, saidAt, lookedAt] = ['', runtime.now(), runtime.now()]
  yield opening
  while (!signal.aborted) {
    const job = await jobOf()
    if (job.state !== 'queued' && job.state !== 'running') {
      yield message(job)
      return
    }
    const { etaSeconds: _, perSecond: __, ...progress } = job
    const now = JSON.stringify(progress)
    if (now !== said || runtime.now() - saidAt >= heartbeatMs) {
      yield now === said ? heartbeat : message(job)
      said = now
      saidAt = lookedAt = runtime.now()
    } else if (runtime.now() - lookedAt >= lookAgainMs) {
      yield silence
      lookedAt = runtime.now()
    }
    await runtime.sleep(jobPollMs, signal)
  }
}
