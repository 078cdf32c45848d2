import type { User } from '@lockstep/shared/contract/user'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { useAction } from './use-action.ts'

/** What somebody signs in with besides the password; an administrator can take it away from whoever lost it. */
export function FactorsOfPerson({ user, mayReset, changed }: { user: User; mayReset: boolean; changed: () => void }) {
  const [asked, setAsked] = useState(false)
  const { busy, refusal, run } = useAction()
  const { totp, passkeys } = user.mfa
  const reset = () =>
    run(async () => {
      await api.call('POST /users/{id}/factors/reset', { params: { id: user.id } })
      setAsked(false)
      changed()
    })
  if (!totp && passkeys === 0) return null
  return (
    <>
      <h2>Second factor</h2>
      <p>{[totp ? 'Authenticator app' : '', passkeyWords(passkeys)].filter((part) => part !== '').join(', ')}</p>
      {mayReset && !asked && (
        <p class="actions">
          <button type="button" class="danger" data-action="reset-factors" onClick={() => setAsked(true)}>
            Take away…
          </button>
        </p>
      )}
      {asked && (
        <Confirm label="Take away" busy={busy} refusal={refusal} go={reset} cancel={() => setAsked(false)} danger>
          <p>
            {user.displayName} loses the app, the passkeys and the recovery codes, is signed out everywhere, and is told
            by mail. Make sure who asks you for it.
          </p>
        </Confirm>
      )}
    </>
  )
}

function passkeyWords(count: number): string {
  if (count === 0) return ''
  return count === 1 ? '1 passkey' : `${count} passkeys`
}
