import type { Connection } from '@lockstep/shared/contract/connection'
import type { Plan } from '@lockstep/shared/contract/plan'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { Empty, Shown } from './parts.tsx'
import { PlanGroups } from './plan-groups.tsx'
import { PlanList, planCount } from './plan-list.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'

type Props = { connection: Connection; mayApprove: boolean; changed: () => void }

/** What the next cycle would do, and the release of a plan that waits for approval. */
export function PlanView({ connection, mayApprove, changed }: Props) {
  const { answer, again } = useAnswer(
    (signal) => api.call('GET /connections/{id}/plan', { params: { id: connection.id }, query: {}, signal }),
    [connection.id],
  )
  return (
    <>
      <h2>Plan</h2>
      <p class="quiet">
        {connection.settings.mode === 'observe'
          ? 'What would be done. The connection only observes: nothing of it is sent to Microsoft 365.'
          : 'What the next cycle does, person by person.'}
      </p>
      <Shown answer={answer}>
        {(plan) => (
          <>
            {plan.brake && (
              <Approval
                connection={connection}
                plan={plan}
                mayApprove={mayApprove}
                approved={() => {
                  again()
                  changed()
                }}
              />
            )}
            {plan.operations.length + plan.groups.length === 0 ? (
              <Empty>Nothing to do: Microsoft 365 is as the directory wants it.</Empty>
            ) : (
              <>
                {plan.operations.length > 0 && <p>{planCount(plan.operations)}</p>}
                <PlanList operations={plan.operations} />
                <PlanGroups operations={plan.groups} />
              </>
            )}
          </>
        )}
      </Shown>
    </>
  )
}

type ApprovalProps = { connection: Connection; plan: Plan; mayApprove: boolean; approved: () => void }

function Approval({ connection, plan, mayApprove, approved }: ApprovalProps) {
  const [asked, setAsked] = useState(false)
  const { busy, refusal, run } = useAction()
  const { brake } = plan
  if (!brake) return null
  const approve = () =>
    run(async () => {
      await api.call('POST /connections/{id}/plan/{planId}/approve', {
        params: { id: connection.id, planId: brake.planId },
      })
      setAsked(false)
      approved()
    })
  return (
    <div class="notice waiting">
      <strong>This plan waits for approval</strong>
      <p>
        {brake.operations} of its changes create, block or empty accounts, or take people out of groups; from{' '}
        {brake.threshold} on that needs approval. Nothing of these is done before an administrator has released exactly
        this plan.
      </p>
      {mayApprove && !asked && (
        <button type="button" data-action="approve" onClick={() => setAsked(true)}>
          Release this plan…
        </button>
      )}
      {asked && (
        <Confirm
          label="Release this plan"
          busy={busy}
          refusal={refusal}
          go={approve}
          cancel={() => setAsked(false)}
          count={brake.operations}
        >
          <p>
            The changes listed below are made, and no others. A plan that has changed meanwhile is shown again first.
          </p>
        </Confirm>
      )}
    </div>
  )
}
