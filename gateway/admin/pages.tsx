import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { Problem } from '../domain/problem.ts'
import type { Person } from '../http/caller.ts'
import type { HttpEnv } from '../http/env.ts'

type AdminOptions = {
  settings: { organisation: string }
  personOf(c: Context<HttpEnv>): Promise<Person | null>
}

/** The console: one page whose script draws the views. Whoever is nobody signs in first. */
export function admin(app: Hono<HttpEnv>, { settings, personOf }: AdminOptions): void {
  const page = async (c: Context<HttpEnv>) => {
    const person = await personOf(c)
    if (!person) return c.redirect('/portal/login?to=admin', 303)
    if (person.role === null) {
      throw new Problem(
        'forbidden',
        'The console is for administrators, helpdesk and auditors. Your own page is /portal.',
      )
    }
    return c.html(shell(settings.organisation, person))
  }
  app.get('/admin', page)
  app.get('/admin/*', page)
}

function shell(organisation: string, person: Person) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Console – ${organisation}</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/console-styles.css">
    <script src="/assets/console.js" type="module"></script>
  </head>
  <body>
    <div id="console" data-organisation="${organisation}" data-name="${person.name}" data-role="${person.role}"></div>
    <noscript><p>The console needs scripts. Your own page, <a href="/portal">/portal</a>, works without.</p></noscript>
  </body>
</html>`
}
