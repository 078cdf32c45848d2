import type { PageSettings, Status } from '../ports.ts'
import { Account, Sign, Time } from './parts.tsx'

/**
 * Said once, at the first sign-in after an account was bound: which password it has now, and what that changes. It
 * stands above the page and locks nothing behind it, so that it is the same with scripts and without.
 */
export function News({ settings: { t, locale }, status }: { settings: PageSettings; status: Status }) {
  if (status.news.length === 0) return null
  const accountOf = (id: string) => status.connections.find((each) => each.id === id)?.account
  return (
    <dialog class="news" open aria-labelledby="news-title">
      <h2 id="news-title">{t('portal.news.title')}</h2>
      <p>{t('portal.news.lead')}</p>
      <ul class="connections">
        {status.news.map(({ connection, name, at }) => (
          <li>
            <Sign tone="in-sync" />
            <div>
              <strong>{name}</strong>
              <Account address={accountOf(connection)} />
              <span>
                {t('portal.news.updated')} <Time at={at} locale={locale} form="clock" />
              </span>
            </div>
          </li>
        ))}
      </ul>
      <p>{t('portal.news.phones')}</p>
      <form method="post" action="/portal/seen">
        <button class="primary" type="submit">
          {t('portal.news.seen')}
        </button>
      </form>
    </dialog>
  )
}
