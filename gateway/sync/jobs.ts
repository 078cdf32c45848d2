import type { Job } from '@lockstep/shared/contract/job'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import {
  findJob,
  finishedItems,
  insertJob,
  type JobRow,
  jobInput,
  jobResultPage,
  markRunning,
  presentJob,
  putJobResults,
  unfinishedJobs,
  updateJob,
} from '../store/jobs.ts'
import { type Page, pageOf, readCursor } from '../store/page.ts'
import type { Change } from '../store/store.ts'
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
  /** Results as a part of the change that they tell of, so that a kill leaves both or none. */
  record(change: Change, results: readonly ItemResult[]): Promise<void>
  /** A sentence that the job tells people beside its results. */
  note(sentence: string): Promise<void>
  /**
   * To be called between two chunks: lets everybody else have a turn, since the store answers without ever waiting. Throws
   * once the gateway is asked to end, so that the job goes on later.
   */
  breathe(): Promise<void>
}

export type JobKinds = Record<JobRow['kind'], (run: JobRun, connectionId: string | null) => Promise<void>>

export type Jobs = {
  start(kind: JobRow['kind'], connectionId: string | null, actor: Actor, input: unknown, total: number): Promise<Job>
  /** Goes on with what a stop has interrupted. */
  resume(): Promise<void>
  find(id: string): Promise<Job>
  /** Results page by page, however many there are. */
  results(
    id: string,
    page: { limit: number; cursor?: string | undefined; count?: 'true' | 'false' | undefined },
  ): Promise<Page<Record<string, unknown>>>
  /** Ends what runs after the items that it has in hand; `resume` goes on with it. */
  stop(): Promise<void>
}

class Stopping extends Error {}

/** Long work that survives a restart: what was asked for is stored before it starts, and every item's result as it comes. */
export function createJobs(context: SyncContext, kinds: JobKinds): Jobs {
  const running = new Set<Promise<void>>()
  let stopping = false
  const breathe = async () => {
    await context.runtime.sleep(0)
    if (stopping) throw new Stopping('The gateway ends.')
  }
  const launch = (row: JobRow) => {
    const ended = execute(context, kinds, row, breathe).finally(() => running.delete(ended))
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
      return await presentJob(context.store.db, row, context.runtime.now())
    },
    async resume() {
      for (const row of await unfinishedJobs(context.store.db)) launch(row)
    },
    async find(id) {
      const row = await findJob(context.store.db, id)
      if (row === undefined) throw new Problem('job_not_found', 'There is no job with this id.')
      return await presentJob(context.store.db, row, context.runtime.now())
    },
    async results(id, { limit, cursor, count }) {
      const job = await findJob(context.store.db, id)
      if (job === undefined) throw new Problem('job_not_found', 'There is no job with this id.')
      const after = cursor === undefined ? '' : readCursor(cursor).text
      const rows = await jobResultPage(context.store.db, id, { after, limit: limit + 1 })
      const total = count === 'true' ? job.done + job.failed : undefined
      const page = pageOf(rows, limit, (last) => ({ text: last.item, number: 0, id: '' }), total)
      return { ...page, items: page.items.map(({ result }) => result) }
    },
    async stop() {
      stopping = true
      await Promise.all(running)
    },
  }
}

async function execute(
  context: SyncContext,
  kinds: JobKinds,
  row: JobRow,
  breathe: () => Promise<void>,
): Promise<void> {
  const quietly = async (values: Parameters<typeof updateJob>[2]) =>
    await context.store.change(JSON.parse(row.actor) as Actor, async (change) => {
      change.quiet('progress of a job')
      await updateJob(change.trx, row.id, values)
    })
  try {
    const actor = JSON.parse(row.actor) as Actor
    await context.store.change(actor, async (change) => {
      change.quiet('progress of a job')
      await markRunning(change.trx, row.id, context.runtime.now())
    })
    const notes: string[] = []
    const record: JobRun['record'] = (change, results) => putJobResults(change.trx, row.id, results)
    const run: JobRun = {
      id: row.id,
      input: JSON.parse(await jobInput(context.store.db, row.id)),
      actor,
      finished: await finishedItems(context.store.db, row.id),
      total: async (count) => await quietly({ total: count }),
      report: async (results) => {
        await context.store.change(actor, async (change) => {
          change.quiet('each item had its own event')
          await record(change, results)
        })
      },
      record,
      async note(sentence) {
        notes.push(sentence)
        await quietly({ detail: notes.join(' ') })
      },
      breathe,
    }
    await kinds[row.kind](run, row.connection_id)
    const { done, failed } = (await findJob(context.store.db, row.id)) ?? row
    // What was counted beforehand was a guess: at the end the parts make the whole.
    await quietly({ state: 'done', total: done + failed, ended_at: context.runtime.now() })
  } catch (error) {
    if (error instanceof Stopping) return
    context.log({ msg: 'a job failed', job: row.id, kind: row.kind, error: String(error) })
    const detail =
      error instanceof Problem
        ? error.message
        : 'The job ended with an error. Look at the log of the gateway, then start it again.'
    const { total, done } = (await findJob(context.store.db, row.id)) ?? row
    await quietly({ state: 'failed', failed: Math.max(0, total - done), ended_at: context.runtime.now(), detail })
  }
}
