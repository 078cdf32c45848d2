import { message } from '@lockstep/shared/messages/message'
import type { PortalSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field } from './parts.tsx'
import { type Refusal, RefusalNotice } from './password-page.tsx'
import { Rules } from './rules.tsx'

type ActivateProps = {
  settings: PortalSettings
  invitation: { email: string; displayName: string }
  refusal?: Refusal | undefined
}

export function ActivatePage({ settings, invitation, refusal }: ActivateProps) {
  const { email, displayName } = invitation
  const lead = message('en', 'portal.activate.lead', { name: displayName, organisation: settings.organisation })
  return (
    <Layout settings={settings} title={message('en', 'portal.activate.title')}>
      <h1>{message('en', 'portal.activate.title')}</h1>
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
          <label for="email">{message('en', 'portal.signIn.email')}</label>
          <div class="control">
            <input id="email" type="email" name="email" autocomplete="username" value={email} readonly />
          </div>
        </div>
        <Field
          name="newPassword"
          label={message('en', 'portal.password.new')}
          type="password"
          autocomplete="new-password"
          error={refusal?.field === 'newPassword' ? refusal.sentence : undefined}
          describedBy="rules"
          autofocus
        />
        <Rules policy={settings.passwordPolicy} />
        <button class="primary" type="submit">
          {message('en', 'portal.activate.submit')}
        </button>
      </form>
    </Layout>
  )
}

export function ActivationGonePage({ settings }: { settings: PortalSettings }) {
  return (
    <Layout settings={settings} title={message('en', 'portal.activate.gone')}>
      <h1>{message('en', 'portal.activate.gone')}</h1>
      <p class="lead">{message('en', 'portal.activate.gone.detail')}</p>
      <a class="button primary" href="/portal">
        {message('en', 'portal.problem.home')}
      </a>
    </Layout>
  )
}
