import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { JobEnd, JobProgress, type ResultWords } from './job-progress.tsx'
import { useAction } from './use-action.ts'
import { useJob } from './use-job.ts'

const backWords: ResultWords = {
  done: 'taken back',
  results: { removed: 'removed', released: 'as before', skipped: 'left as they are', failed: 'failed' },
  open: ['skipped'],
}

/** Takes an import back, within 48 hours. */
export function TakeBack({ jobId, takenBack }: { jobId: string; takenBack: () => void }) {
  const [asked, setAsked] = useState(false)
  const [undoId, setUndoId] = useState<string | null>(null)
  const { busy, refusal, run } = useAction()
  const job = useJob(undoId, (last) => {
    if (last.failed === 0 && last.state === 'done') takenBack()
  })
  const undo = () =>
    run(async () => {
      const { job: started } = await api.call('POST /imports/{jobId}/undo', { params: { jobId } })
      setAsked(false)
      setUndoId(started.id)
    })
  if (job !== null) {
    const ended = job.state !== 'queued' && job.state !== 'running'
    return ended ? <JobEnd job={job} words={backWords} /> : <JobProgress job={job} />
  }
  if (asked)
    return (
      <div class="card">
        <Confirm label="Take it back" danger busy={busy} refusal={refusal} go={undo} cancel={() => setAsked(false)}>
          <p>
            Whom this import made here is removed again, its bindings end, and what was written to the accounts since
            goes back. Who was changed here meanwhile or has a password stays.
          </p>
        </Confirm>
      </div>
    )
  return (
    <p class="actions">
      <button type="button" onClick={() => setAsked(true)}>
        Take this import back…
      </button>
      <span class="quiet">possible for 48 hours</span>
    </p>
  )
}
