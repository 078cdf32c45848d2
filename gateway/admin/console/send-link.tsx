import type { User } from '@lockstep/shared/contract/user'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { RefusalNotice } from './parts.tsx'
import { useAction } from './use-action.ts'

/** Whoever has no password yet gets the invitation again; whoever has one, a link to choose another. */
export function SendLink({ user, sent }: { user: User; sent: () => void }) {
  const { busy, refusal, run } = useAction()
  const [recipient, setRecipient] = useState<string | null>(null)
  const path = user.password.set ? 'POST /users/{id}/password-reset' : 'POST /users/{id}/activation'
  const send = () =>
    run(async () => {
      const answer = await api.call(path, { params: { id: user.id } })
      setRecipient(answer.recipient)
      sent()
    })
  return (
    <>
      <p class="actions">
        <button type="button" data-action="send_link" onClick={send} disabled={busy}>
          {user.password.set ? 'Send a reset link' : 'Send the activation mail again'}
        </button>
      </p>
      <p role="status">{recipient !== null && `A mail with a link is on its way to ${recipient}.`}</p>
      <RefusalNotice refusal={refusal} />
    </>
  )
}
