import type { PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field, Notice, Sign } from './parts.tsx'

type ForgotProps = { settings: PageSettings; email?: string | undefined; refusal?: string | undefined; error?: string }

export function ForgotPage({ settings, email, refusal, error }: ForgotProps) {
  const { t, organisation } = settings
  return (
    <Layout settings={settings} title={t('portal.forgot.title')}>
      <h1>{t('portal.forgot.title')}</h1>
      {settings.sendsMail ? (
        <>
          <p class="lead">{t('portal.forgot.lead', { organisation })}</p>
          {refusal !== undefined && <Notice tone="failed">{refusal}</Notice>}
          <form method="post" action="/portal/forgot">
            <Field
              name="email"
              label={t('portal.signIn.email')}
              type="email"
              autocomplete="username"
              value={email}
              error={error}
              autofocus
            />
            <button class="primary" type="submit">
              {t('portal.forgot.submit')}
            </button>
          </form>
        </>
      ) : (
        <p class="lead">{t('portal.forgot.by.others')}</p>
      )}
      <p class="aside">
        <a href="/portal/login">{t('portal.forgot.back')}</a>
      </p>
    </Layout>
  )
}

export function ForgotSentPage({ settings }: { settings: PageSettings }) {
  const { t } = settings
  return (
    <Layout settings={settings} title={t('portal.forgot.sent')}>
      <section class="status note">
        <Sign tone="note" />
        <h1>{t('portal.forgot.sent')}</h1>
      </section>
      <p class="lead">{t('portal.forgot.sent.detail')}</p>
      <p class="aside">
        <a href="/portal/login">{t('portal.forgot.back')}</a>
      </p>
    </Layout>
  )
}
