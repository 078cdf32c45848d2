import type { Translate } from '@lockstep/shared/messages/message'
import { qrSquare } from '../../domain/qr-square.ts'
import type { PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field, Notice } from './parts.tsx'
import { PasskeyForm, type PasskeyOptions, passkeyScript } from './passkey-form.tsx'

export type AppSetUp = { uri: string; key: string }

type SetUpProps = {
  settings: PageSettings
  title: string
  lead: string
  action: string
  app: AppSetUp | null
  passkey: PasskeyOptions | null
  refusal?: string | undefined
  /** The refusal is about the code. */
  isWrong?: boolean
  signedInAs?: string | undefined
  away?: { href: string; words: string }
}

/** Sets up a second factor: an authenticator app, a passkey, or either. */
export function SetUpPage(props: SetUpProps) {
  const { settings, title, lead, action, app, passkey, refusal, isWrong = false, signedInAs, away } = props
  const { t } = settings
  return (
    <Layout settings={settings} title={title} signedInAs={signedInAs} script={passkeyScript(passkey)}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {refusal !== undefined && !isWrong && <Notice tone="failed">{refusal}</Notice>}
      {passkey !== null && (
        <PasskeyForm
          t={t}
          act="add"
          action={action}
          options={passkey}
          words={t('portal.passkey.add')}
          alone={app === null}
        >
          {app === null && <NameField t={t} />}
        </PasskeyForm>
      )}
      {app !== null && (
        <AppForm t={t} action={action} app={app} isFirst={passkey === null} error={isWrong ? refusal : undefined} />
      )}
      {away && (
        <p class="away">
          <a href={away.href}>{away.words}</a>
        </p>
      )}
    </Layout>
  )
}

type AppFormProps = { t: Translate; action: string; app: AppSetUp; isFirst: boolean; error: string | undefined }

function AppForm({ t, action, app, isFirst, error }: AppFormProps) {
  return (
    <section class="set-up">
      {!isFirst && <h2>{t('portal.app.title')}</h2>}
      <ol>
        <li>
          <p>{t('portal.app.scan')}</p>
          <Square text={app.uri} label={t('portal.app.square')} />
          <details>
            <summary>{t('portal.app.type')}</summary>
            <p>
              <code class="key">{app.key.replace(/(.{4})(?=.)/g, '$1 ')}</code>
            </p>
          </details>
        </li>
        <li>
          <form method="post" action={action}>
            <Field
              name="code"
              label={t('portal.app.code')}
              type="text"
              autocomplete="one-time-code"
              inputmode="numeric"
              error={error}
              autofocus={isFirst || error !== undefined}
            />
            <NameField t={t} />
            <button class="primary" type="submit">
              {t('portal.app.submit')}
            </button>
          </form>
        </li>
      </ol>
    </section>
  )
}

function NameField({ t }: { t: Translate }) {
  return <Field name="name" label={t('portal.factor.name')} type="text" autocomplete="off" optional />
}

/** A QR code as one path, dark on light in every scheme, so that every camera reads it. */
function Square({ text, label }: { text: string; label: string }) {
  const { path, size } = qrSquare(text)
  return (
    <svg class="square" viewBox={`0 0 ${size} ${size}`} width="200" height="200" role="img" aria-label={label}>
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" shape-rendering="crispEdges" />
    </svg>
  )
}
