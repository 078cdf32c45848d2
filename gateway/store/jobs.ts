import type { Job } from '@lockstep/shared/contract/job'
import type { Kysely, Selectable, Updateable } from 'kysely'
import { z } from 'zod'
import type { Database, Jobs } from './schema.ts'

export type JobRow = Selectable<Jobs>

/** How many results a job shows. */
const shownResults = 10_000

const Result = z.record(z.string(), z.unknown())

export async function insertJob(
  trx: Kysely<Database>,
  job: Pick<JobRow, 'id' | 'kind' | 'connection_id' | 'actor' | 'input' | 'total' | 'created_at'>,
): Promise<JobRow> {
  const row: JobRow = { ...job, state: 'queued', done: 0, failed: 0, detail: null, started_at: null, ended_at: null }
  await trx.insertInto('jobs').values(row).execute()
  return row
}

export async function findJob(db: Kysely<Database>, id: string): Promise<JobRow | undefined> {
  return await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** What a restart has to go on with, oldest first. */
export async function unfinishedJobs(db: Kysely<Database>): Promise<JobRow[]> {
  return await db
    .selectFrom('jobs')
    .selectAll()
    .where('state', 'in', ['queued', 'running'])
    .orderBy('created_at')
    .execute()
}

export async function updateJob(trx: Kysely<Database>, id: string, values: Updateable<Jobs>): Promise<void> {
  await trx.updateTable('jobs').set(values).where('id', '=', id).execute()
}

/** Remembers results, each item once, and counts them: an item that is repeated after a restart counts once. */
export async function putJobResults(
  trx: Kysely<Database>,
  jobId: string,
  results: readonly { item: string; ok: boolean; result: Record<string, unknown> }[],
): Promise<void> {
  for (const { item, ok, result } of results) {
    const values = { ok: ok ? 1 : 0, result: JSON.stringify(result) }
    await trx
      .insertInto('job_results')
      .values({ job_id: jobId, item, ...values })
      .onConflict((c) => c.columns(['job_id', 'item']).doUpdateSet(values))
      .execute()
  }
  const counts = await trx
    .selectFrom('job_results')
    .select((e) => [e.fn.countAll<number>().as('all'), e.fn.sum<number | null>('ok').as('ok')])
    .where('job_id', '=', jobId)
    .executeTakeFirstOrThrow()
  const done = Number(counts.ok ?? 0)
  await updateJob(trx, jobId, { done, failed: Number(counts.all) - done })
}

/** Items that have a result already. */
export async function finishedItems(db: Kysely<Database>, jobId: string): Promise<Set<string>> {
  const rows = await db.selectFrom('job_results').select('item').where('job_id', '=', jobId).execute()
  return new Set(rows.map((row) => row.item))
}

export async function presentJob(db: Kysely<Database>, row: JobRow, now: number, withResults = true): Promise<Job> {
  const finished = row.done + row.failed
  const spent = row.started_at === null ? 0 : now - row.started_at
  const running = row.state === 'running' && finished > 0
  const job: Job = {
    id: row.id as Job['id'],
    kind: row.kind,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: row.failed,
    startedAt: row.started_at === null ? null : new Date(row.started_at).toISOString(),
    etaSeconds: running ? Math.round((spent / finished) * Math.max(0, row.total - finished)) / 1_000 : null,
    detail: row.detail,
  }
  if (!withResults) return job
  const results = await db
    .selectFrom('job_results')
    .select('result')
    .where('job_id', '=', row.id)
    .orderBy('item')
    .limit(shownResults)
    .execute()
  return { ...job, results: results.map(({ result }) => Result.parse(JSON.parse(result))) }
}
