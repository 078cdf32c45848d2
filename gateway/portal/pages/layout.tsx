import { message } from '@lockstep/shared/messages/message'
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { PortalSettings } from '../ports.ts'

export type LayoutProps = {
  settings: PortalSettings
  title: string
  /** Who is signed in, to be shown beside "Sign out". */
  signedInAs?: string | undefined
  children: Child
}

/** One column, the organisation's name on top, the one thing to do below. */
export function Layout({ settings, title, signedInAs, children }: LayoutProps) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – ${settings.organisation}`}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/portal-styles.css" />
        <script src="/assets/portal.js" type="module" />
      </head>
      <body>
        <header class="top">
          <a class="organisation" href="/portal">
            <img src="/assets/icon.svg" alt="" width="24" height="24" />
            {settings.organisation}
          </a>
          {signedInAs !== undefined && (
            <form class="sign-out" method="post" action="/portal/logout">
              <span class="who">{signedInAs}</span>
              <button class="link" type="submit">
                {message('en', 'portal.signOut')}
              </button>
            </form>
          )}
        </header>
        <main>{children}</main>
        {settings.supportContact !== null && (
          <footer>{message('en', 'portal.support', { contact: settings.supportContact })}</footer>
        )}
      </body>
    </html>
  )}`
}
