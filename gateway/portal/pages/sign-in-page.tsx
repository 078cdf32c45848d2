import type { PageSettings } from '../ports.ts'
import { Hidden } from './code-page.tsx'
import { Layout } from './layout.tsx'
import { Field, Notice } from './parts.tsx'

export type SignInProps = {
  settings: PageSettings
  /** Where the form goes. */
  action: string
  /** A path of ours by its name, to come back to. */
  to?: string | undefined
  reason?: string | undefined
  /** Why the person is here. */
  lead?: string | undefined
  email?: string | undefined
  refusal?: string | undefined
  /** What the provider began and waits for. */
  interaction?: string | undefined
}

export function SignInPage({ settings, action, to, reason, lead, email, refusal, interaction }: SignInProps) {
  return (
    <Layout settings={settings} title={settings.t('portal.signIn.title')}>
      <h1>{settings.t('portal.signIn.title')}</h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {refusal !== undefined && <Notice tone="failed">{refusal}</Notice>}
      <form method="post" action={action}>
        {to !== undefined && <input type="hidden" name="to" value={to} />}
        {reason !== undefined && <input type="hidden" name="reason" value={reason} />}
        <Field
          name="email"
          label={settings.t('portal.signIn.email')}
          type="email"
          autocomplete="username"
          value={email}
          autofocus={email === undefined}
        />
        <Field
          name="password"
          label={settings.t('portal.signIn.password')}
          type="password"
          autocomplete="current-password"
          autofocus={email !== undefined}
        />
        <button class="primary" type="submit">
          {settings.t('portal.signIn.submit')}
        </button>
      </form>
      <form class="or" method="post" action="/portal/login/passkey" data-needs-passkeys hidden>
        <Hidden fields={{ ...(to && { to }), ...(reason && { reason }), ...(interaction && { interaction }) }} />
        <button class="secondary" type="submit">
          {settings.t('portal.passkey.signIn')}
        </button>
      </form>
      <p class="aside">
        <a href="/portal/forgot">{settings.t('portal.signIn.forgot')}</a>
      </p>
    </Layout>
  )
}
