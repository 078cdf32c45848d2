import type { MessageKey } from '@lockstep/shared/messages/message'
import { wordsOf } from '../event-words.ts'
import { type Headline, headlineOf } from '../headline.ts'
import type { PageSettings, Status } from '../ports.ts'
import { Layout } from './layout.tsx'
import { News } from './news.tsx'
import { Connections, Notice, Sign, Time, type Tone, unbroken } from './parts.tsx'

type Face = { tone: Tone; title: MessageKey; detail?: MessageKey; confirm?: true }

const faces: Record<Headline, Face> = {
  blocked: { tone: 'failed', title: 'portal.home.blocked', detail: 'portal.home.blocked.detail' },
  expired: { tone: 'waiting', title: 'portal.home.expired' },
  in_sync: { tone: 'in-sync', title: 'portal.home.in_sync' },
  on_its_way: { tone: 'waiting', title: 'portal.home.waiting', detail: 'portal.home.on_its_way.detail' },
  two_passwords: {
    tone: 'failed',
    title: 'portal.home.two_passwords',
    detail: 'portal.home.two_passwords.detail',
    confirm: true,
  },
  awaiting: { tone: 'waiting', title: 'portal.home.awaiting', detail: 'portal.home.awaiting.detail', confirm: true },
  awaiting_change: { tone: 'waiting', title: 'portal.home.awaiting', detail: 'portal.home.awaiting.change' },
  refused: { tone: 'failed', title: 'portal.home.refused', detail: 'portal.home.refused.detail' },
  trouble: { tone: 'failed', title: 'portal.home.trouble', detail: 'portal.home.trouble.detail' },
  unbound: { tone: 'note', title: 'portal.home.unbound', detail: 'portal.home.unbound.detail' },
}

type HomeProps = { settings: PageSettings; status: Status; justUpdated: boolean }

export function HomePage({ settings, status, justUpdated }: HomeProps) {
  const { t, locale } = settings
  const headline = headlineOf(status)
  const { tone, title, detail, confirm } = faces[headline]
  const since = headline === 'in_sync' ? sinceWhen(status) : null
  return (
    <Layout settings={settings} title={t('portal.home.title')} signedInAs={status.user.email}>
      <News settings={settings} status={status} />
      {justUpdated && status.news.length === 0 && <Notice tone="in-sync">{t('portal.notice.updated')}</Notice>}
      <section class={`status ${tone}`} aria-labelledby="status-title">
        <Sign tone={tone} />
        <h1 id="status-title">
          {since === null ? (
            unbroken(t(title))
          ) : (
            <>
              {t('portal.home.in_sync.since')} <Time at={since} locale={locale} form="clock" />
            </>
          )}
        </h1>
      </section>
      {detail !== undefined && <p class="lead">{t(detail)}</p>}
      <Age settings={settings} password={status.password} />
      <Connections settings={settings} connections={status.connections} isStuck={headline === 'trouble'} />
      {confirm && (
        <a class="button primary" href="/portal/login?reason=same">
          {t('portal.home.confirm')}
        </a>
      )}
      <a
        class={`button ${confirm || status.news.length > 0 ? 'secondary' : 'primary'}`}
        href="/portal/password?reason=change"
      >
        {t('portal.home.change')}
      </a>
      <p class="away">
        <a href="/portal/security">{t('portal.security.title')}</a>
      </p>
      <Recent settings={settings} events={status.events} />
    </Layout>
  )
}

/** Until when the password is good, or what comes of it that it is not any more. */
function Age({ settings: { t, locale }, password }: { settings: PageSettings; password: Status['password'] }) {
  const { expiresAt, expiring, expired, blocksAt, blocked } = password
  if (blocked || expiresAt === null || !expiring) return null
  const day = (at: string) => ({
    at: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at)),
  })
  if (!expired) return <Notice tone="waiting">{t('portal.home.expiring', day(expiresAt))}</Notice>
  const sentence = blocksAt === null ? t('portal.home.expired.detail') : t('portal.home.expired.grace', day(blocksAt))
  return <p class="lead">{sentence}</p>
}

function Recent({ settings: { t, locale }, events }: { settings: PageSettings; events: Status['events'] }) {
  const told = events.flatMap((event) => {
    const words = wordsOf(event)
    return words === null ? [] : [{ words, at: event.at }]
  })
  if (told.length === 0) return null
  return (
    <section class="recent">
      <h2>{t('portal.home.recent')}</h2>
      <ul>
        {told.map(({ words, at }) => (
          <li>
            <span>{t(words)}</span>
            <Time at={at} locale={locale} form="ago" />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** When the last of the connections got the password. */
function sinceWhen(status: Status): string | null {
  const times = status.connections.flatMap(({ password }) => (password.syncedAt === null ? [] : [password.syncedAt]))
  return times.sort().at(-1) ?? null
}
