import { localeNames, locales } from '@lockstep/shared/messages/locale'
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { PageSettings } from '../ports.ts'

export type LayoutProps = {
  settings: PageSettings
  title: string
  /** Who is signed in, to be shown beside "Sign out". */
  signedInAs?: string | undefined
  /** A script that this page needs besides the common one. */
  script?: string | undefined
  /** What it shows is shown once: another language would be another page. */
  isOnce?: boolean
  children: Child
}

/** One column, the organisation's name on top, the one thing to do below. */
export function Layout({ settings, title, signedInAs, script, isOnce, children }: LayoutProps) {
  return html`<!doctype html>${(
    <html lang={settings.locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – ${settings.organisation}`}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/portal-styles.css" />
        <script src="/assets/portal.js" type="module" />
        {script !== undefined && <script src={script} type="module" />}
      </head>
      <body data-show={settings.t('portal.password.show')} data-hide={settings.t('portal.password.hide')}>
        <header class="top">
          <a class="organisation" href="/portal">
            <img src="/assets/icon.svg" alt="" width="24" height="24" />
            {settings.organisation}
          </a>
          {signedInAs !== undefined && (
            <form class="sign-out" method="post" action="/portal/logout">
              <span class="who">{signedInAs}</span>
              <button class="link" type="submit">
                {settings.t('portal.signOut')}
              </button>
            </form>
          )}
        </header>
        <main>{children}</main>
        <footer>
          {settings.supportContact !== null && (
            <p>{settings.t('portal.support', { contact: settings.supportContact })}</p>
          )}
          {!isOnce && (
            <nav class="languages" aria-label={settings.t('portal.language')}>
              {locales.map((locale) => (
                <a
                  href={`?lang=${locale}`}
                  lang={locale}
                  hreflang={locale}
                  aria-current={locale === settings.locale ? 'true' : undefined}
                >
                  {localeNames[locale]}
                </a>
              ))}
            </nav>
          )}
        </footer>
      </body>
    </html>
  )}`
}
