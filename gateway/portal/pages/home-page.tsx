import type { PageSettings, Status } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Connections, Notice, Sign, Time, type Tone } from './parts.tsx'

const tones: Record<Status['state'], Tone> = {
  in_sync: 'in-sync',
  waiting: 'waiting',
  failed: 'failed',
  unbound: 'note',
}

/** What a sign-in has done, or has not. */
export const notices = ['updated', 'pending', 'passkey'] as const

type HomeProps = { settings: PageSettings; status: Status; notice: (typeof notices)[number] | null }

export function HomePage({ settings, status, notice }: HomeProps) {
  const since = sinceWhen(status)
  return (
    <Layout settings={settings} title={settings.t('portal.home.title')} signedInAs={status.user.email}>
      {notice === 'updated' && <Notice tone="in-sync">{settings.t('portal.notice.updated')}</Notice>}
      {notice === 'pending' && status.state === 'waiting' && (
        <Notice tone="waiting">{settings.t('portal.notice.pending')}</Notice>
      )}
      {notice === 'passkey' && status.state !== 'in_sync' && (
        <Notice tone="waiting">{settings.t('portal.notice.passkey')}</Notice>
      )}
      <section class={`status ${tones[status.state]}`} aria-labelledby="status-title">
        <Sign tone={tones[status.state]} />
        <h1 id="status-title">
          {status.state === 'in_sync' && since !== null ? (
            <>
              {settings.t('portal.home.in_sync.since')} <Time at={since} form="clock" />
            </>
          ) : (
            settings.t(`portal.home.${status.state}`)
          )}
        </h1>
      </section>
      {status.state === 'unbound' && <p class="lead">{settings.t('portal.home.unbound.detail')}</p>}
      <Connections t={settings.t} connections={status.connections} />
      <a class="button primary" href="/portal/password?reason=change">
        {settings.t('portal.home.change')}
      </a>
      <p class="away">
        <a href="/portal/security">{settings.t('portal.security.title')}</a>
      </p>
      {status.events.length > 0 && (
        <section class="recent">
          <h2>{settings.t('portal.home.recent')}</h2>
          <ul>
            {status.events.map((event) => (
              <li>
                <span>{event.detail ?? event.type.replaceAll('_', ' ')}</span>
                <Time at={event.at} form="day" />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Layout>
  )
}

/** When the last of the connections got the password. */
function sinceWhen(status: Status): string | null {
  const times = status.connections.flatMap(({ password }) => (password.syncedAt === null ? [] : [password.syncedAt]))
  return times.sort().at(-1) ?? null
}
