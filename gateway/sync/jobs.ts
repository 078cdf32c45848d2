import type { Job } from '@lockstep/shared/contract/job'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import {
  findJob,
  finishedItems,
  insertJob,
  type JobRow,
  presentJob,
  putJobResults,
  unfinishedJobs,
  updateJob,
} from '../store/jobs.ts'
import type { SyncContext } from './context.ts'

/** One item of a job: its name is its key, so that a job that goes on after a restart counts nothing twice. */
export type ItemResult = { item: string; ok: boolean; result: Record<string, unknown> }

export type JobRun = {
  id: string
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
  find(id: string, withResults: boolean): Promise<Job>
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
      const id = context.runtime.newId()
      const row = await context.store.change(actor, async (change) => {
        change.event({ type: `job_${kind}_start`, connection: connectionId, detail: `${total} items` })
        return await insertJob(change.trx, {
          id,
          kind,
          connection_id: connectionId,
          actor: JSON.stringify(actor),
          input: JSON.stringify(input),
          total,
          created_at: change.now,
        })
      })
      launch(row)
      return await presentJob(context.store.db, row, context.runtime.now(), false)
    },
    async resume() {
      for (const row of await unfinishedJobs(context.store.db)) launch(row)
    },
    async find(id, withResults) {
      const row = await findJob(context.store.db, id)
      if (row === undefined) throw new Problem('job_not_found', 'There is no job with this id.')
      return await presentJob(context.store.db, row, context.runtime.now(), withResults)
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
    const run: JobRun = {
      id: row.id,
      input: JSON.parse(row.input),
      actor: JSON.parse(row.actor) as Actor,
      finished: await finishedItems(context.store.db, row.id),
      total: async (count) => await quietly({ total: count }),
      report: async (results) => {
        await context.store.change(run.actor, async (change) => {
          change.quiet('each item had its own event')
          await putJobResults(change.trx, row.id, results)
        })
      },
    }
    await kinds[row.kind](run, row.connection_id)
    const { done, failed } = (await findJob(context.store.db, row.id)) ?? row
    // What was counted beforehand was a guess: at the end the parts make the whole.
    await quietly({ state: 'done', total: done + failed, ended_at: context.runtime.now() })
  } catch (error) {
    context.log({ msg: 'a job failed', job: row.id, kind: row.kind, error: String(error) })
    const detail =
      error instanceof Problem
        ? error.message
        : 'The job ended with an error. Look at the log of the gateway, then start it again.'
    const { total, done } = (await findJob(context.store.db, row.id)) ?? row
    await quietly({ state: 'failed', failed: Math.max(0, total - done), ended_at: context.runtime.now(), detail })
  }
}
