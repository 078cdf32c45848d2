import type { Job } from '@lockstep/shared/contract/job'
import type { Kysely, Selectable, Updateable } from 'kysely'
import { z } from 'zod'
import type { Database, Jobs } from './schema.ts'

/** Without what was asked for, which may be megabytes. */
export type JobRow = Omit<Selectable<Jobs>, 'input'>

/** How many results a job shows. */
const shownResults = 10_000

const Result = z.record(z.string(), z.unknown())

const columns = [
  'id',
  'kind',
  'connection_id',
  'actor',
  'state',
  'total',
  'done',
  'failed',
  'detail',
  'created_at',
  'started_at',
  'ended_at',
  'resumed_at',
  'resumed_count',
] as const satisfies (keyof JobRow)[]

export async function insertJob(
  trx: Kysely<Database>,
  job: Pick<JobRow, 'id' | 'kind' | 'connection_id' | 'actor' | 'total' | 'created_at'> & { input: string },
): Promise<JobRow> {
  const { input, ...given } = job
  const row: JobRow = {
    ...given,
    state: 'queued',
    done: 0,
    failed: 0,
    detail: null,
    started_at: null,
    ended_at: null,
    resumed_at: null,
    resumed_count: 0,
  }
  await trx
    .insertInto('jobs')
    .values({ ...row, input })
    .execute()
  return row
}

export async function findJob(db: Kysely<Database>, id: string): Promise<JobRow | undefined> {
  return await db.selectFrom('jobs').select(columns).where('id', '=', id).executeTakeFirst()
}

/** What was asked for, as JSON. */
export async function jobInput(db: Kysely<Database>, id: string): Promise<string> {
  const row = await db.selectFrom('jobs').select('input').where('id', '=', id).executeTakeFirstOrThrow()
  return row.input
}

/** What a restart has to go on with, oldest first. */
export async function unfinishedJobs(db: Kysely<Database>): Promise<JobRow[]> {
  return await db
    .selectFrom('jobs')
    .select(columns)
    .where('state', 'in', ['queued', 'running'])
    .orderBy('created_at')
    .execute()
}

export async function updateJob(trx: Kysely<Database>, id: string, values: Updateable<Jobs>): Promise<void> {
  await trx.updateTable('jobs').set(values).where('id', '=', id).execute()
}

/** Work begins, or goes on after a stop: the time left is reckoned from here, or the stop would count as work. */
export async function markRunning(trx: Kysely<Database>, id: string, now: number): Promise<void> {
  await trx
    .updateTable('jobs')
    .set((e) => ({
      state: 'running',
      started_at: e.fn.coalesce('started_at', e.val(now)),
      resumed_at: now,
      resumed_count: e('done', '+', e.ref('failed')),
    }))
    .where('id', '=', id)
    .execute()
}

/** Remembers results, each item once, and counts them: an item that is repeated after a restart counts once. */
export async function putJobResults(
  trx: Kysely<Database>,
  jobId: string,
  results: readonly { item: string; ok: boolean; result: Record<string, unknown> }[],
): Promise<void> {
  if (results.length === 0) return
  const before = await knownVerdicts(
    trx,
    jobId,
    results.map(({ item }) => item),
  )
  const after = new Map(before)
  for (const { item, ok, result } of results) {
    const values = { ok: ok ? 1 : 0, result: JSON.stringify(result) }
    await trx
      .insertInto('job_results')
      .values({ job_id: jobId, item, ...values })
      .onConflict((c) => c.columns(['job_id', 'item']).doUpdateSet(values))
      .execute()
    after.set(item, values.ok)
  }
  const count = (verdicts: Map<string, number>, ok: 0 | 1) =>
    [...verdicts.values()].filter((each) => each === ok).length
  await trx
    .updateTable('jobs')
    .set((e) => ({
      done: e('done', '+', count(after, 1) - count(before, 1)),
      failed: e('failed', '+', count(after, 0) - count(before, 0)),
    }))
    .where('id', '=', jobId)
    .execute()
}

async function knownVerdicts(
  trx: Kysely<Database>,
  jobId: string,
  items: readonly string[],
): Promise<Map<string, number>> {
  const known = new Map<string, number>()
  for (let start = 0; start < items.length; start += 500) {
    const rows = await trx
      .selectFrom('job_results')
      .select(['item', 'ok'])
      .where('job_id', '=', jobId)
      .where('item', 'in', items.slice(start, start + 500))
      .execute()
    for (const row of rows) known.set(row.item, row.ok)
  }
  return known
}

/** Items that have a result already. */
export async function finishedItems(db: Kysely<Database>, jobId: string): Promise<Set<string>> {
  const rows = await db.selectFrom('job_results').select('item').where('job_id', '=', jobId).execute()
  return new Set(rows.map((row) => row.item))
}

export type StoredResult = { item: string; ok: boolean; result: Record<string, unknown> }

/** Results in the order of their items, after the item given. */
export async function jobResultPage(
  db: Kysely<Database>,
  jobId: string,
  page: { after: string; limit: number },
): Promise<StoredResult[]> {
  const rows = await db
    .selectFrom('job_results')
    .select(['item', 'ok', 'result'])
    .where('job_id', '=', jobId)
    .where('item', '>', page.after)
    .orderBy('item')
    .limit(page.limit)
    .execute()
  return rows.map(({ item, ok, result }) => ({ item, ok: ok === 1, result: Result.parse(JSON.parse(result)) }))
}

/** How many of a rehearsal's results say that somebody would be told by mail. */
export async function countMails(db: Kysely<Database>, jobId: string): Promise<number> {
  const { count } = await db
    .selectFrom('job_results')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('job_id', '=', jobId)
    .where('result', 'like', '%"mail":true%')
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Results are shown once there are all of them: whoever follows a job asks often. */
export async function presentJob(db: Kysely<Database>, row: JobRow, now: number): Promise<Job> {
  const job: Job = {
    id: row.id as Job['id'],
    kind: row.kind,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: row.failed,
    startedAt: row.started_at === null ? null : new Date(row.started_at).toISOString(),
    ...paceOf(row, now),
    detail: row.detail,
  }
  if (row.state === 'queued' || row.state === 'running') return job
  const results = await jobResultPage(db, row.id, { after: '', limit: shownResults })
  return { ...job, results: results.map(({ result }) => result) }
}

/** How fast it goes and how long it takes, from what was done since work began or last went on. */
function paceOf(row: JobRow, now: number): Pick<Job, 'etaSeconds' | 'perSecond'> {
  const finished = row.done + row.failed
  const since = finished - row.resumed_count
  const spentMs = row.resumed_at === null ? 0 : now - row.resumed_at
  if (row.state !== 'running' || since <= 0 || spentMs <= 0) return { etaSeconds: null, perSecond: null }
  const left = Math.max(0, row.total - finished)
  return {
    etaSeconds: Math.round((spentMs / since) * left) / 1_000,
    perSecond: Math.round((since / spentMs) * 10_000) / 10,
  }
}
