import type { Translate } from '@lockstep/shared/messages/message'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import type { Child } from 'hono/jsx'

export type PasskeyOptions = PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON

type PasskeyFormProps = {
  t: Translate
  act: 'add' | 'use'
  action: string
  hidden?: Readonly<Record<string, string>> | undefined
  options: PasskeyOptions
  words: string
  /** Nothing else on the page does as well, so it is the first button, and its absence is explained. */
  alone: boolean
  children?: Child
}

export const passkeyScript = (options: PasskeyOptions | null) => (options === null ? undefined : '/assets/passkeys.js')

/** A passkey needs a script that speaks to the authenticator; the form is shown by it. */
export function PasskeyForm({ t, act, action, hidden, options, words, alone, children }: PasskeyFormProps) {
  return (
    <>
      <form
        class="passkey"
        method="post"
        action={action}
        data-passkey={act}
        data-options={JSON.stringify(options)}
        data-stopped={t('portal.passkey.stopped')}
        hidden
      >
        {Object.entries(hidden ?? {}).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <input type="hidden" name="response" value="" />
        {children}
        <button class={alone ? 'primary' : 'secondary'} type="submit">
          {words}
        </button>
        <p class="field-error" role="alert" />
      </form>
      {alone && (
        <noscript>
          <p>{t('portal.passkey.scripts')}</p>
        </noscript>
      )}
    </>
  )
}
