import type { PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field } from './parts.tsx'
import { type Refusal, RefusalNotice } from './password-page.tsx'
import { Rules } from './rules.tsx'

type ActivateProps = {
  settings: PageSettings
  invitation: { email: string; displayName: string }
  refusal?: Refusal | undefined
}

export function ActivatePage({ settings, invitation, refusal }: ActivateProps) {
  const { email, displayName } = invitation
  const lead = settings.t('portal.activate.lead', { name: displayName, organisation: settings.organisation })
  return (
    <Layout settings={settings} title={settings.t('portal.activate.title')}>
      <h1>{settings.t('portal.activate.title')}</h1>
      <p class="lead">{lead}</p>
      {refusal && <RefusalNotice refusal={refusal} />}
      <form
        method="post"
        action="/portal/activate"
        data-email={email}
        data-name={displayName}
        data-policy={JSON.stringify(settings.passwordPolicy)}
      >
        <div class="field">
          <label for="email">{settings.t('portal.signIn.email')}</label>
          <div class="control">
            <input id="email" type="email" name="email" autocomplete="username" value={email} readonly />
          </div>
        </div>
        <Field
          name="newPassword"
          label={settings.t('portal.password.new')}
          type="password"
          autocomplete="new-password"
          error={refusal?.field === 'newPassword' ? refusal.sentence : undefined}
          describedBy="rules"
          autofocus
        />
        <Rules t={settings.t} policy={settings.passwordPolicy} />
        <button class="primary" type="submit">
          {settings.t('portal.activate.submit')}
        </button>
      </form>
    </Layout>
  )
}

export function ActivationGonePage({ settings }: { settings: PageSettings }) {
  return (
    <Layout settings={settings} title={settings.t('portal.activate.gone')}>
      <h1>{settings.t('portal.activate.gone')}</h1>
      <p class="lead">{settings.t('portal.activate.gone.detail')}</p>
      <a class="button primary" href="/portal">
        {settings.t('portal.problem.home')}
      </a>
    </Layout>
  )
}
