import type { Binding } from '@lockstep/shared/contract/binding'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { useAction } from './use-action.ts'
import { sentenceOf } from './words.ts'

/** Ends the password from before the binding, once it is said what that does. */
export function OldPassword({ binding, changed }: { binding: Binding; changed: () => void }) {
  const [asked, setAsked] = useState(false)
  const { busy, refusal, run } = useAction()
  if (binding.password.old !== 'valid') return null
  const end = () =>
    run(async () => {
      const params = { id: binding.connectionId, userId: binding.userId }
      await api.call('POST /connections/{id}/bindings/{userId}/old-password/end', { params })
      setAsked(false)
      changed()
    })
  if (!asked)
    return (
      <p class="actions">
        <button type="button" data-action="end-old-password" onClick={() => setAsked(true)}>
          End the old password…
        </button>
      </p>
    )
  return (
    <Confirm label="End it" danger busy={busy} refusal={refusal} go={end} cancel={() => setAsked(false)}>
      <ul>
        <li>{sentenceOf({ kind: 'end_password', changes: [] }, binding.userPrincipalName)}</li>
        <li>Whoever knew it cannot sign in there until the person’s own password arrives.</li>
      </ul>
    </Confirm>
  )
}
