import type { Connection } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import type { UndoPlan } from '@lockstep/shared/contract/undo'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { JobEnd, JobProgress, type ResultWords } from './job-progress.tsx'
import { Empty, Shown } from './parts.tsx'
import { PlanList, planCount } from './plan-list.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { useJob } from './use-job.ts'
import { labelOf } from './words.ts'

export type Selection = { user: string } | { job: string } | { cycle: string }

type Props = { connection: Connection; selection: Selection; mayUndo: boolean; changed: () => void }

const undoWords: ResultWords = {
  done: 'undone',
  results: { undone: 'undone', skipped: 'left as they are', held: 'held by the brake', failed: 'failed' },
  open: ['skipped', 'held'],
}

/** Undoing as a plan: what goes back, what stays and why; then, once a person has said so, how it went. */
export function UndoPlanView({ connection, selection, mayUndo, changed }: Props) {
  const params = { id: connection.id }
  const { answer, again } = useAnswer(
    (signal) => api.call('GET /connections/{id}/undo', { params, query: selection, signal }),
    [connection.id, ...Object.values(selection)],
  )
  const [asked, setAsked] = useState(false)
  const [jobId, setJobId] = useState<string | null>(null)
  const [ended, setEnded] = useState<Job | null>(null)
  const { busy, refusal, run } = useAction()
  const job = useJob(jobId, (last) => {
    setJobId(null)
    setEnded(last)
    again()
    changed()
  })
  const undo = (plan: UndoPlan) =>
    run(async () => {
      setEnded(null)
      const { job: started } = await api.call('POST /connections/{id}/undo', {
        params,
        body: { ...selection, plan: plan.id },
      })
      setAsked(false)
      setJobId(started.id)
    })
  const nothing = answer.state === 'refused' && answer.refusal.code === 'nothing_to_undo'
  const isRunning = jobId !== null
  return (
    <>
      <p class="crumb below">
        <a href={`/admin/connections/${encodeURIComponent(connection.id)}/undo`}>Undo</a>
      </p>
      <h2 class="first">{titleOf(selection)}</h2>
      {job && isRunning && <JobProgress job={job} />}
      {ended && <JobEnd job={ended} words={undoWords} />}
      {nothing ? (
        <Empty>Nothing is left to undo here: what was written in the last 30 days has been undone.</Empty>
      ) : (
        <Shown answer={answer}>
          {(plan) => (
            <>
              <p>
                {plan.operations.length === 0 ? 'Nothing goes back.' : `${planCount(plan.operations)} to put back.`}
              </p>
              {mayUndo && !asked && !isRunning && (
                <p class="actions">
                  <button type="button" class="primary" data-action="undo" onClick={() => setAsked(true)}>
                    Undo this…
                  </button>
                </p>
              )}
              {asked && (
                <Confirm
                  label="Undo"
                  busy={busy}
                  refusal={refusal}
                  go={() => undo(plan)}
                  cancel={() => setAsked(false)}
                  count={plan.brake?.operations}
                >
                  <ul>
                    <li>What is listed below is written to Microsoft 365, account by account.</li>
                    {plan.ends.length > 0 && (
                      <li>
                        {plan.ends.length === 1
                          ? 'One binding ends: it began with what is undone.'
                          : `${plan.ends.length} bindings end: they began with what is undone.`}
                      </li>
                    )}
                    {plan.skipped.length > 0 && <li>What somebody changed since stays as they left it.</li>}
                    {plan.brake && (
                      <li>
                        {plan.brake.operations} accounts are blocked or emptied; from {plan.brake.threshold} on that has
                        to be typed.
                      </li>
                    )}
                  </ul>
                </Confirm>
              )}
              <PlanList operations={plan.operations} noteOf={(userId) => notesOf(plan, userId)} />
              <Stays plan={plan} />
            </>
          )}
        </Shown>
      )}
    </>
  )
}

function titleOf(selection: Selection): string {
  if ('user' in selection) return 'Undo what was written to this person'
  return 'job' in selection ? 'Undo what this job wrote' : 'Undo what this cycle wrote'
}

function notesOf(plan: UndoPlan, userId: string): string[] {
  const stays = plan.skipped.filter((each) => each.userId === userId)
  return [
    ...stays.map(({ attribute, reason }) => `${labelOf(attribute)}: ${reason}`),
    ...(plan.ends.includes(userId) ? ['The binding ends: it began with what is undone.'] : []),
  ]
}

/** People of whom nothing goes back. */
function Stays({ plan }: { plan: UndoPlan }) {
  const changed = new Set(plan.operations.map(({ userId }) => userId))
  const rest = [...new Set([...plan.skipped.map(({ userId }) => userId), ...plan.ends])].filter(
    (id) => !changed.has(id),
  )
  if (rest.length === 0) return null
  return (
    <>
      <h3>What stays</h3>
      <ul>{rest.flatMap((userId) => notesOf(plan, userId).map((note) => <li key={userId + note}>{note}</li>))}</ul>
    </>
  )
}
