import type { Group } from '@lockstep/shared/contract/group'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { GroupBindings } from './group-bindings.tsx'
import { GroupMembers } from './group-members.tsx'
import { Shown } from './parts.tsx'
import { go } from './route.ts'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'

export function GroupView({ id, mayWrite }: { id: string; mayWrite: boolean }) {
  const { answer, again } = useAnswer((signal) => api.call('GET /groups/{id}', { params: { id }, signal }), [id])
  return (
    <Shown answer={answer}>
      {(group) => (
        <section>
          <p class="crumb">
            <a href="/admin/groups">Groups</a>
          </p>
          <header class="head">
            <h1>{group.displayName}</h1>
          </header>
          {group.description !== null && <p>{group.description}</p>}
          <h2>Microsoft 365</h2>
          <GroupBindings group={group} mayWrite={mayWrite} />
          <h2>Members</h2>
          <GroupMembers group={group} mayWrite={mayWrite} changed={again} />
          {mayWrite && <DeleteGroup group={group} />}
        </section>
      )}
    </Shown>
  )
}

function DeleteGroup({ group }: { group: Group }) {
  const [asked, setAsked] = useState(false)
  const { busy, refusal, run } = useAction()
  const remove = () =>
    run(async () => {
      await api.call('DELETE /groups/{id}', { params: { id: group.id } })
      go('/admin/groups')
    })
  if (!asked)
    return (
      <p class="actions">
        <button type="button" class="danger" onClick={() => setAsked(true)}>
          Delete this group…
        </button>
      </p>
    )
  return (
    <Confirm label="Delete" danger busy={busy} refusal={refusal} go={remove} cancel={() => setAsked(false)}>
      <p>
        The group is deleted here. Groups at Microsoft 365 that followed it stay as they are, with everybody in them.
      </p>
    </Confirm>
  )
}
