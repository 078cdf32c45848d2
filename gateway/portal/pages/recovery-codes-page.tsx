import type { PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Notice } from './parts.tsx'

type RecoveryCodesProps = {
  settings: PageSettings
  email: string
  codes: readonly string[]
  /** Where it goes on. */
  onward: string
}

/** Shown once: only their hashes are kept. */
export function RecoveryCodesPage({ settings, email, codes, onward }: RecoveryCodesProps) {
  const { t } = settings
  return (
    <Layout settings={settings} title={t('portal.recovery.title')} signedInAs={email} isOnce>
      <h1>{t('portal.recovery.title')}</h1>
      <p class="lead">{t('portal.recovery.lead', { organisation: settings.organisation, email })}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Notice tone="waiting">{t('portal.recovery.once')}</Notice>
      <button class="secondary" type="button" data-print hidden>
        {t('portal.recovery.print')}
      </button>
      <a class="button primary" href={onward}>
        {t('portal.recovery.kept')}
      </a>
    </Layout>
  )
}
