import { createHash } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { enterWithPasskey } from '../directory/passkey-sign-in.ts'
import { askPasskey, challengeMs, personOfPasskey, UsedPasskey } from '../directory/passkeys.ts'
import type { HttpEnv } from '../http/env.ts'
import { contentSecurityPolicy } from '../http/headers.ts'
import { languageOf } from '../http/language.ts'
import { clearFormCookie, readFormCookie, setFormCookie, startSession } from '../http/session.ts'
import { leadsTo, type Onward, onwardPath } from './destinations.ts'
import { visitOf } from './entry.ts'
import { readForm } from './form.ts'
import { CodePage } from './pages/code-page.tsx'
import { readPasskey } from './passkey-response.ts'
import { type PortalOptions, pageSettings } from './ports.ts'
import { statusOf, stepRefusal } from './refusal.ts'

const cookie = 'passkey'
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Signs in with a passkey alone: whose it is, it says itself. */
export function passkeySignIn(app: Hono<HttpEnv>, options: PortalOptions): void {
  const { settings, directory, formTargets } = options

  async function page(c: Context<HttpEnv>, onward: Onward, refusal?: string) {
    const token = Buffer.from(directory.runtime.randomBytes(32)).toString('base64url')
    setFormCookie(c, cookie, token, challengeMs / 1_000)
    const shown = pageSettings(settings, languageOf(c))
    return c.html(
      <CodePage
        settings={shown}
        title={shown.t('portal.passkey.title')}
        lead={shown.t('portal.passkey.lead')}
        action="/portal/login/passkey/use"
        hidden={onward}
        asked={{ code: null, passkey: await askPasskey(directory, hashOf(token), null) }}
        refusal={refusal}
        away={{ href: '/portal/login', words: shown.t('portal.passkey.away') }}
      />,
    )
  }

  app.use('/portal/login/passkey/*', async (c, next) => {
    c.header('Content-Security-Policy', contentSecurityPolicy(formTargets))
    await next()
  })

  // A page that was sent a form cannot be loaded again, as in another language.
  for (const path of ['/portal/login/passkey', '/portal/login/passkey/use'])
    app.get(path, (c) => c.redirect(`/portal/login${new URL(c.req.url).search}`, 303))

  app.post('/portal/login/passkey', async (c) => page(c, await readForm(c, 'to', 'reason', 'interaction')))

  app.post('/portal/login/passkey/use', async (c) => {
    const { response, ...onward } = await readForm(c, 'response', 'to', 'reason', 'interaction')
    const token = readFormCookie(c, cookie) ?? ''
    try {
      const person = await personOfPasskey(directory, hashOf(token), readPasskey(UsedPasskey, response))
      const signedIn = await enterWithPasskey(directory, person, visitOf(c, options))
      clearFormCookie(c, cookie)
      startSession(c, signedIn.session.token, signedIn.browser)
      return c.redirect(leadsTo(signedIn, onwardPath(onward)), 303)
    } catch (error) {
      const refusal = stepRefusal(error, pageSettings(settings, languageOf(c)).t)
      c.status(statusOf(error))
      return await page(c, onward, refusal)
    }
  })
}
