import type { LinkPurpose } from '../../domain/link.ts'
import type { Invitation, PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field } from './parts.tsx'
import { type Refusal, RefusalNotice } from './password-page.tsx'
import { Rules } from './rules.tsx'

const words = { activation: 'activate', reset: 'reset' } as const satisfies Record<LinkPurpose, string>

type ChooseProps = {
  settings: PageSettings
  purpose: LinkPurpose
  /** Where the form goes. */
  action: string
  invitation: Invitation
  refusal?: Refusal | undefined
}

/** The form behind a link: one new password. */
export function ChoosePage({ settings, purpose, action, invitation, refusal }: ChooseProps) {
  const { t, organisation } = settings
  const { email, displayName, ground } = invitation
  const word = words[purpose]
  return (
    <Layout settings={settings} title={t(`portal.${word}.title`)}>
      <h1>{t(`portal.${word}.title`)}</h1>
      <p class="lead">{t(`portal.${word}.lead`, { name: displayName, organisation })}</p>
      {refusal && <RefusalNotice refusal={refusal} />}
      <form method="post" action={action} data-ground={JSON.stringify(ground)}>
        <div class="field">
          <label for="email">{t('portal.signIn.email')}</label>
          <div class="control">
            <input id="email" type="email" name="email" autocomplete="username" value={email} readonly />
          </div>
        </div>
        <Field
          name="newPassword"
          label={t('portal.password.new')}
          type="password"
          autocomplete="new-password"
          error={refusal?.field === 'newPassword' ? refusal.sentence : undefined}
          describedBy="rules"
          autofocus
        />
        <Rules t={t} ground={ground} broken={refusal?.more} />
        <button class="primary" type="submit">
          {t(`portal.${word}.submit`)}
        </button>
      </form>
    </Layout>
  )
}

export function LinkGonePage({ settings, purpose }: { settings: PageSettings; purpose: LinkPurpose }) {
  const { t } = settings
  const word = words[purpose]
  return (
    <Layout settings={settings} title={t('portal.activate.gone')}>
      <h1>{t('portal.activate.gone')}</h1>
      <p class="lead">{t(`portal.${word}.gone.detail`)}</p>
      {purpose === 'reset' && (
        <a class="button primary" href="/portal/forgot">
          {t('portal.reset.again')}
        </a>
      )}
      {purpose === 'activation' && (
        <a class="button primary" href="/portal">
          {t('portal.problem.home')}
        </a>
      )}
    </Layout>
  )
}

type OtherProps = { settings: PageSettings; invitation: Invitation; signedInAs: string }

/** A link of one person in the browser of another: nobody is signed in as somebody else by opening a mail. */
export function OtherPersonPage({ settings, invitation, signedInAs }: OtherProps) {
  const { t } = settings
  return (
    <Layout settings={settings} title={t('portal.link.other')}>
      <h1>{t('portal.link.other')}</h1>
      <p class="lead">{t('portal.link.other.detail', { other: invitation.displayName, name: signedInAs })}</p>
      <form method="post" action="/portal/logout">
        <button class="primary" type="submit">
          {t('portal.signOut')}
        </button>
      </form>
    </Layout>
  )
}
