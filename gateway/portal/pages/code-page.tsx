import type { PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field, Notice } from './parts.tsx'
import { PasskeyForm, type PasskeyOptions, passkeyScript } from './passkey-form.tsx'

/** What a person can prove it with. */
export type Asked = { code: 'totp' | 'recovery' | 'password' | null; passkey: PasskeyOptions | null }

type CodeProps = {
  settings: PageSettings
  title: string
  lead: string
  /** Where the form goes, and what goes along with it. */
  action: string
  hidden?: Readonly<Record<string, string>>
  asked: Asked
  refusal?: string | undefined
  /** The refusal is about the code. */
  isWrong?: boolean
  signedInAs?: string | undefined
  /** A way out, as a link. */
  away?: { href: string; words: string }
}

/** Asks for the second factor, at a sign-in and when something has to be confirmed. */
export function CodePage(props: CodeProps) {
  const { settings, title, lead, action, hidden, asked, refusal, isWrong = false, signedInAs, away } = props
  const { t } = settings
  const error = isWrong ? refusal : undefined
  return (
    <Layout settings={settings} title={title} signedInAs={signedInAs} script={passkeyScript(asked.passkey)}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {refusal !== undefined && !isWrong && <Notice tone="failed">{refusal}</Notice>}
      {asked.passkey !== null && (
        <PasskeyForm
          t={t}
          act="use"
          action={action}
          hidden={hidden}
          options={asked.passkey}
          words={t('portal.passkey.use')}
          alone={asked.code === null || asked.code === 'recovery'}
        />
      )}
      {asked.code !== null && (
        <form method="post" action={action}>
          <Hidden fields={hidden} />
          {asked.code === 'password' ? (
            <Field
              name="code"
              label={t('portal.signIn.password')}
              type="password"
              autocomplete="current-password"
              error={error}
              autofocus
            />
          ) : (
            <Field
              name="code"
              label={t(asked.code === 'totp' ? 'portal.code.label' : 'portal.code.recovery')}
              type="text"
              autocomplete="one-time-code"
              describedBy={asked.code === 'totp' ? 'code-hint' : undefined}
              error={error}
              autofocus={asked.code === 'totp' || isWrong}
            />
          )}
          {asked.code === 'totp' && (
            <p class="hint" id="code-hint">
              {t('portal.code.hint')}
            </p>
          )}
          <button class={asked.code === 'recovery' ? 'secondary' : 'primary'} type="submit">
            {t('portal.code.submit')}
          </button>
        </form>
      )}
      {away && (
        <p class="away">
          <a href={away.href}>{away.words}</a>
        </p>
      )}
    </Layout>
  )
}

export function Hidden({ fields = {} }: { fields?: Readonly<Record<string, string>> | undefined }) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}
