import type { Job } from '@lockstep/shared/contract/job'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { addJobResult, createJob, findJob, type JobRow, jobResults, unfinishedJobs, updateJob } from '../store/jobs.ts'
import type { SyncContext } from './context.ts'

/** One item of a job: its name is its key, so that a job that goes on after a restart counts nothing twice. */
export type ItemResult = { item: string; ok: boolean; result: Record<string, unknown> }

export type JobRun = {
  input: unknown
  actor: Actor
  /** Items that a run before a restart has finished. */
  finished: ReadonlySet<string>
  total(count: number): Promise<void>
  report(results: readonly ItemResult[]): Promise<void>
}

export type JobKinds = Record<JobRow['kind'], (run: JobRun, connectionId: string | null) => Promise<void>>

export type Jobs = {
  start(kind: JobRow['kind'], connectionId: string | null, actor: Actor, input: unknown, total: number): Promise<Job>
  /** Goes on with what a stop has interrupted. */
  resume(): Promise<void>
  find(id: string): Promise<Job>
  stop(): Promise<void>
}

/** Long work that survives a restart: what was asked for is stored before it starts, and every item's result as it comes. */
export function createJobs(context: SyncContext, kinds: JobKinds): Jobs {
  const running = new Set<Promise<void>>()
  const launch = (row: JobRow) => {
    const ended = execute(context, kinds, row).finally(() => running.delete(ended))
    running.add(ended)
  }
  return {
    async start(kind, connectionId, actor, input, total) {
      const row: JobRow = {
        id: context.runtime.newId(),
        kind,
        connection_id: connectionId,
        actor: JSON.stringify(actor),
        state: 'queued',
        input: JSON.stringify(input),
        total,
        done: 0,
        failed: 0,
        detail: null,
        created_at: context.runtime.now(),
        started_at: null,
        ended_at: null,
      }
      await context.store.change(actor, async (change) => {
        await createJob(change.trx, row)
        change.event({ type: `job_${kind}_start`, connection: connectionId, detail: `${total} items` })
      })
      launch(row)
      return presentJob(row, context.runtime.now())
    },
    async resume() {
      for (const row of await unfinishedJobs(context.store.db)) launch(row)
    },
    async find(id) {
      const row = await findJob(context.store.db, id)
      if (row === undefined) throw new Problem('job_not_found', 'There is no job with this id.')
      const results = row.state === 'queued' ? [] : await jobResults(context.store.db, id)
      return {
        ...presentJob(row, context.runtime.now()),
        results: results.map((each) => JSON.parse(each.result) as Record<string, unknown>),
      }
    },
    async stop() {
      await Promise.all(running)
    },
  }
}

async function execute(context: SyncContext, kinds: JobKinds, row: JobRow): Promise<void> {
  const quietly = async (values: Parameters<typeof updateJob>[2]) =>
    await context.store.change(JSON.parse(row.actor) as Actor, async (change) => {
      change.quiet('progress of a job')
      await updateJob(change.trx, row.id, values)
    })
  try {
    await quietly({ state: 'running', started_at: row.started_at ?? context.runtime.now() })
    const before = await jobResults(context.store.db, row.id)
    const run: JobRun = {
      input: JSON.parse(row.input),
      actor: JSON.parse(row.actor) as Actor,
      finished: new Set(before.map((result) => result.item)),
      total: async (count) => await quietly({ total: count }),
      report: async (results) => {
        await context.store.change(run.actor, async (change) => {
          change.quiet('each item had its own event')
          for (const { item, ok, result } of results) {
            await addJobResult(change.trx, { job_id: row.id, item, ok: ok ? 1 : 0, result: JSON.stringify(result) })
          }
        })
      },
    }
    await kinds[row.kind](run, row.connection_id)
    await quietly({ state: 'done', ended_at: context.runtime.now() })
  } catch (error) {
    context.log({ msg: 'a job failed', job: row.id, kind: row.kind, error: String(error) })
    const detail =
      error instanceof Problem
        ? error.message
        : 'The job ended with an error. Look at the log of the gateway, then start it again.'
    await quietly({ state: 'failed', ended_at: context.runtime.now(), detail })
  }
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

function presentJob(row: JobRow, now: number): Job {
  const count = row.done + row.failed
  const spentMs = row.started_at === null ? 0 : now - row.started_at
  const etaSeconds =
    row.state === 'running' && count > 0 ? Math.ceil(((row.total - count) * spentMs) / count / 1000) : null
  return {
    id: row.id as Job['id'],
    kind: row.kind,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: row.failed,
    startedAt: iso(row.started_at),
    etaSeconds,
    detail: row.detail,
  }
}
