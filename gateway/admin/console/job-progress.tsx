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
export function reasonsOf(job: Job): { reason: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { error, reason } of job.results ?? []) {
    const detail = typeof error === 'object' && error !== null && 'detail' in error ? error.detail : reason
    if (typeof detail === 'string') counts.set(detail, (counts.get(detail) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => ({ reason, count }))
}

/** How a job ended, in the words given for what was done. */
export function JobEnd({ job, done }: { job: Job; done: string }) {
  const failed = job.state === 'failed' || job.failed > 0
  return (
    <div role="status" class={`notice ${failed ? 'failed' : 'in-sync'}`} data-job={job.state}>
      <strong>
        {job.done} {done}
        {job.failed > 0 && `, ${job.failed} not`}
      </strong>
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
