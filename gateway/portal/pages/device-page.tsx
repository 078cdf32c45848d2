import { deviceOf } from '../../domain/device.ts'
import type { PageSettings } from '../ports.ts'
import { Hidden } from './code-page.tsx'
import { Layout } from './layout.tsx'
import { Field, Sign, Time } from './parts.tsx'

type Common = { settings: PageSettings; email: string }

/** Asks for the code that a program shows. */
export function DeviceCodePage(props: Common & { action: string; refusal?: string | undefined }) {
  const { settings, email, action, refusal } = props
  const { t } = settings
  return (
    <Layout settings={settings} title={t('portal.device.title')} signedInAs={email}>
      <h1>{t('portal.device.title')}</h1>
      <p class="lead">{t('portal.device.lead')}</p>
      <form method="post" action={action}>
        <Field
          name="code"
          label={t('portal.device.code')}
          type="text"
          autocomplete="off"
          describedBy="code-hint"
          error={refusal}
          autofocus
        />
        <p class="hint" id="code-hint">
          {t('portal.device.hint')}
        </p>
        <button class="primary" type="submit">
          {t('portal.device.next')}
        </button>
      </form>
    </Layout>
  )
}

export type AskedBy = { code: string; at: number; address: string | null; agent: string | null }

/** Says who asks to be let in, from where and when, and wants a yes. */
export function DeviceAskPage({ settings, email, action, asked }: Common & { action: string; asked: AskedBy }) {
  const { t, locale } = settings
  const { system } = deviceOf(asked.agent)
  return (
    <Layout settings={settings} title={t('portal.device.ask')} signedInAs={email}>
      <h1>{t('portal.device.ask')}</h1>
      <p class="lead">{t('portal.device.asLead', { email })}</p>
      <dl class="facts">
        <dt>{t('portal.device.program')}</dt>
        <dd>{system === null ? 'Lockstep CLI' : t('portal.session.device', { browser: 'Lockstep CLI', system })}</dd>
        {asked.address !== null && (
          <>
            <dt>{t('portal.device.place')}</dt>
            <dd>{asked.address}</dd>
          </>
        )}
        <dt>{t('portal.device.time')}</dt>
        <dd>
          <Time at={new Date(asked.at).toISOString()} locale={locale} form="ago" />
        </dd>
      </dl>
      <p>{t('portal.device.warning')}</p>
      <form class="row" method="post" action={action}>
        <Hidden fields={{ code: asked.code }} />
        <button class="primary" type="submit" name="answer" value="yes">
          {t('portal.device.yes')}
        </button>
        <button class="secondary" type="submit" name="answer" value="no">
          {t('portal.device.no')}
        </button>
      </form>
    </Layout>
  )
}

export function DeviceDonePage({ settings, email, isIn }: Common & { isIn: boolean }) {
  const { t } = settings
  const tone = isIn ? 'in-sync' : 'note'
  const title = t(isIn ? 'portal.device.done' : 'portal.device.refused')
  return (
    <Layout settings={settings} title={title} signedInAs={email}>
      <section class={`status ${tone}`}>
        <Sign tone={tone} />
        <h1>{title}</h1>
      </section>
      <p class="lead">{t(isIn ? 'portal.device.done.lead' : 'portal.device.refused.lead')}</p>
      <p class="away">
        <a href="/portal/security">{t('portal.device.security')}</a>
      </p>
    </Layout>
  )
}
