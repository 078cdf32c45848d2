import type { Translate } from '@lockstep/shared/messages/message'
import type { Factor, Factors } from '../../directory/factors.ts'
import type { MySession } from '../../directory/sessions.ts'
import { deviceOf } from '../../domain/device.ts'
import type { PageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Field, Notice, Time, type Tone } from './parts.tsx'

type SecurityProps = {
  settings: PageSettings
  email: string
  factors: Factors
  sessions: readonly MySession[]
  notice?: { tone: Tone; sentence: string } | undefined
}

/** How I sign in, and where I am signed in. */
export function SecurityPage({ settings, email, factors, sessions, notice }: SecurityProps) {
  const { t } = settings
  return (
    <Layout settings={settings} title={t('portal.security.title')} signedInAs={email}>
      <h1>{t('portal.security.title')}</h1>
      {notice && <Notice tone={notice.tone}>{notice.sentence}</Notice>}
      <section class="part">
        <h2>{t('portal.security.factors')}</h2>
        {factors.factors.length === 0 && <p class="quiet">{t('portal.security.none')}</p>}
        <ul class="things">
          {factors.factors.map((factor) => (
            <FactorItem
              settings={settings}
              factor={factor}
              isNeeded={factors.required && factors.factors.length === 1}
            />
          ))}
        </ul>
        <div class="row">
          <a class="button secondary" href="/portal/security/app">
            {t('portal.security.addApp')}
          </a>
          <a class="button secondary" href="/portal/security/passkey">
            {t('portal.security.addPasskey')}
          </a>
        </div>
      </section>
      {factors.factors.length > 0 && (
        <section class="part">
          <h2>{t('portal.security.recovery')}</h2>
          <form class="row" method="post" action="/portal/security/recovery-codes">
            <span>{t('portal.security.codesLeft', { count: String(factors.recoveryCodesLeft) })}</span>
            <button class="link" type="submit">
              {t('portal.security.renewCodes')}
            </button>
          </form>
        </section>
      )}
      <Sessions settings={settings} sessions={sessions} />
      <p class="away">
        <a href="/portal">{t('portal.password.done.home')}</a>
      </p>
    </Layout>
  )
}

const atOf = (at: number) => new Date(at).toISOString()

type FactorProps = { settings: PageSettings; factor: Factor; isNeeded: boolean }

function FactorItem({ settings: { t, locale }, factor, isNeeded }: FactorProps) {
  const path = `/portal/security/factors/${factor.id}`
  return (
    <li>
      <div>
        <strong>{factor.name}</strong>
        <span class="quiet">
          {t(`portal.factor.${factor.kind}`)}
          {' · '}
          {factor.usedAt === null ? (
            t('portal.factor.unused')
          ) : (
            <>
              {t('portal.factor.used')} <Time at={atOf(factor.usedAt)} locale={locale} form="ago" />
            </>
          )}
        </span>
      </div>
      <details>
        <summary>
          {t('portal.factor.change')}
          <span class="for-readers"> {factor.name}</span>
        </summary>
        <form method="post" action={`${path}/rename`}>
          <Field
            name="name"
            id={`name-${factor.id}`}
            label={t('portal.factor.newName')}
            type="text"
            autocomplete="off"
            value={factor.name}
          />
          <button class="secondary" type="submit">
            {t('portal.factor.rename')}
          </button>
        </form>
        {isNeeded ? (
          <p class="quiet">{t('portal.factor.needed')}</p>
        ) : (
          <form method="post" action={`${path}/remove`}>
            <button class="secondary danger" type="submit">
              {t('portal.factor.remove')}
            </button>
          </form>
        )}
      </details>
    </li>
  )
}

type SessionsProps = { settings: PageSettings; sessions: readonly MySession[] }

function Sessions({ settings: { t, locale }, sessions }: SessionsProps) {
  return (
    <section class="part">
      <h2>{t('portal.security.sessions')}</h2>
      <ul class="things">
        {sessions.map((session) => (
          <li>
            <div>
              <strong>{sessionWords(t, session)}</strong>
              <span class="quiet">
                {session.isThis ? (
                  t('portal.session.this')
                ) : (
                  <Time at={atOf(session.seenAt)} locale={locale} form="ago" />
                )}
                {session.address !== null && ` · ${session.address}`}
              </span>
            </div>
            {!session.isThis && (
              <form method="post" action={`/portal/security/sessions/${session.id}/end`}>
                <button class="link" type="submit">
                  {t('portal.session.end')}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      <form method="post" action="/portal/security/sessions/end-others">
        <button class="secondary" type="submit">
          {t('portal.session.endOthers')}
        </button>
        <p class="hint">{t('portal.session.endOthers.hint')}</p>
      </form>
    </section>
  )
}

function sessionWords(t: Translate, { kind, agent }: MySession): string {
  const { browser, system } = deviceOf(agent)
  if (kind !== 'browser') {
    const name = t(`portal.program.${kind}`)
    const device = [browser, system].filter((part) => part !== null).join(', ')
    return device === '' ? name : `${name} (${device})`
  }
  if (browser !== null && system !== null) return t('portal.session.device', { browser, system })
  return browser ?? system ?? t('portal.session.unknown')
}
