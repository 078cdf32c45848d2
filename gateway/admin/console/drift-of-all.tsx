import type { DriftAction } from '@lockstep/shared/contract/drift'
import type { Job } from '@lockstep/shared/contract/job'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { words } from './drift-of-person.tsx'
import { JobEnd, JobProgress, type ResultWords } from './job-progress.tsx'
import { useAction } from './use-action.ts'
import { useJob } from './use-job.ts'
import { labelOf } from './words.ts'

type Props = {
  connectionId: string
  /** Empty for every attribute. */
  attribute: string
  asked: DriftAction | null
  total: number
  left: () => void
  resolved: () => void
}

const driftWords: ResultWords = {
  done: 'people resolved',
  results: { adopt: 'adopted', repair: 'repaired', failed: 'failed' },
}

/** Adopts or repairs one attribute, or all, of everybody, as a job. */
export function DriftOfAll({ connectionId, attribute, asked, total, left, resolved }: Props) {
  const { busy, refusal, run } = useAction()
  const [jobId, setJobId] = useState<string | null>(null)
  const [ended, setEnded] = useState<Job | null>(null)
  const job = useJob(jobId, (last) => {
    setJobId(null)
    setEnded(last)
    resolved()
  })
  const start = (action: DriftAction) =>
    run(async () => {
      setEnded(null)
      const { job: started } = await api.call('POST /connections/{id}/drift', {
        params: { id: connectionId },
        body: { action, ...(attribute !== '' && { attribute }) },
      })
      setJobId(started.id)
      left()
    })
  const what = attribute === '' ? `${total} values` : `${total} values of “${labelOf(attribute)}”`
  return (
    <>
      {asked && (
        <Confirm
          label={`${words[asked]} all`}
          busy={busy}
          refusal={refusal}
          go={() => start(asked)}
          cancel={left}
          count={total}
        >
          {asked === 'adopt' ? (
            <p>The directory takes over {what} from Microsoft 365. Nothing changes there.</p>
          ) : (
            <p>
              Microsoft 365 gets {what} from the directory again; what is there now is overwritten. What the brake
              counts waits for your approval under Plan.
            </p>
          )}
        </Confirm>
      )}
      {job && jobId !== null && <JobProgress job={job} />}
      {ended && <JobEnd job={ended} words={driftWords} />}
    </>
  )
}
