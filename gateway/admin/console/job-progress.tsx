import type { Job } from '@lockstep/shared/contract/job'

/** How far a job is. */
export function JobProgress({ job }: { job: Job }) {
  const told = job.done + job.failed
  return (
    <p role="status" class="progress">
      <progress aria-label="Progress" max={Math.max(1, job.total)} value={told} />
      {told} of {job.total}
      {job.etaSeconds !== null && <span class="quiet">about {spanText(job.etaSeconds)} left</span>}
    </p>
  )
}

const spanText = (seconds: number) =>
  seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`

/** Why single items did not succeed, a reason at a time. */
function reasonsOf(job: Job): { reason: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { error, reason } of job.results ?? []) {
    const detail = typeof error === 'object' && error !== null && 'detail' in error ? error.detail : reason
    if (typeof detail === 'string') counts.set(detail, (counts.get(detail) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => ({ reason, count }))
}

/** What the results of a job are called; those that a person has to look at are named in `open`. */
export type ResultWords = { done: string; results: Readonly<Record<string, string>>; open?: readonly string[] }

/** How a job ended: how many of each result, and the reasons. */
export function JobEnd({ job, words }: { job: Job; words: ResultWords }) {
  const counts = countsOf(job)
  const isOpen = words.open?.some((result) => counts.has(result)) ?? false
  const tone = job.state === 'failed' || job.failed > 0 ? 'failed' : isOpen ? 'waiting' : 'in-sync'
  return (
    <div role="status" class={`notice ${tone}`} data-job={job.state}>
      <strong>{counted(job, counts, words)}</strong>
      {job.detail !== null && <p>{job.detail}</p>}
      <ul>
        {reasonsOf(job).map(({ reason, count }) => (
          <li key={reason}>
            {count > 1 && `${count} times: `}
            {reason}
          </li>
        ))}
      </ul>
    </div>
  )
}

function countsOf({ results }: Job): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { result } of results ?? [])
    if (typeof result === 'string') counts.set(result, (counts.get(result) ?? 0) + 1)
  return counts
}

/** A job shows its results up to a limit; beyond it only the totals are right. */
function counted(job: Job, counts: ReadonlyMap<string, number>, words: ResultWords): string {
  const shown = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (shown === job.done + job.failed && shown > 0)
    return [...counts].map(([result, count]) => `${count} ${words.results[result] ?? result}`).join(', ')
  return `${job.done} ${words.done}${job.failed > 0 ? `, ${job.failed} failed` : ''}`
}

export const importWords: ResultWords = {
  done: 'imported',
  results: {
    imported: 'imported',
    linked: 'linked',
    conflict: 'still in conflict',
    skipped: 'left out',
    failed: 'failed',
  },
  open: ['conflict'],
}
