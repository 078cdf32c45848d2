import type { Context, Hono } from 'hono'
import { askPasskey, personOfPasskey, UsedPasskey } from '../directory/passkeys.ts'
import { type FoundSession, findSessionByToken } from '../directory/sessions.ts'
import { confirmed, confirmWith, proofFor } from '../directory/step-up.ts'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from '../http/env.ts'
import { contentSecurityPolicy } from '../http/headers.ts'
import { languageOf } from '../http/language.ts'
import { readSession, startSession } from '../http/session.ts'
import { destinations, type Onward, onwardPath } from './destinations.ts'
import { readForm } from './form.ts'
import { CodePage } from './pages/code-page.tsx'
import { readPasskey } from './passkey-response.ts'
import { type PortalOptions, pageSettings } from './ports.ts'
import { type Refused, refusedStep, statusOf } from './refusal.ts'

/** Asks somebody who is signed in to prove again to be the one: before what may do harm. */
export function confirmation(app: Hono<HttpEnv>, options: PortalOptions): void {
  const { settings, directory, formTargets } = options

  async function foundOf(c: Context<HttpEnv>): Promise<FoundSession | undefined> {
    const session = readSession(c)
    return session === null ? undefined : await findSessionByToken(directory, session)
  }

  async function page(c: Context<HttpEnv>, { user, session }: FoundSession, onward: Onward, refused: Refused = {}) {
    const shown = pageSettings(settings, languageOf(c))
    const { totp, passkey } = await proofFor(directory, user.id)
    const code = totp ? 'totp' : passkey ? 'recovery' : 'password'
    return c.html(
      <CodePage
        settings={shown}
        title={shown.t('portal.confirm.title')}
        lead={shown.t(code === 'password' ? 'portal.confirm.lead.password' : 'portal.confirm.lead')}
        action="/portal/confirm"
        hidden={onward}
        asked={{ code, passkey: passkey ? await askPasskey(directory, session.id_hash, user) : null }}
        {...refused}
        signedInAs={user.email}
      />,
    )
  }

  app.use('/portal/confirm', async (c, next) => {
    c.header('Content-Security-Policy', contentSecurityPolicy(formTargets))
    await next()
  })

  app.get('/portal/confirm', async (c) => {
    const found = await foundOf(c)
    const { to = 'security', reason = '', interaction = '' } = c.req.query()
    if (found === undefined) return c.redirect('/portal/login?to=security', 303)
    return await page(c, found, { to, reason, interaction })
  })

  app.post('/portal/confirm', async (c) => {
    const { code, response, ...onward } = await readForm(c, 'code', 'response', 'to', 'reason', 'interaction')
    const found = await foundOf(c)
    if (found === undefined) return c.redirect('/portal/login?to=security', 303)
    try {
      const renewed =
        response === ''
          ? await confirmWith(directory, found, { code, address: options.addressOf(c) })
          : await byPasskey(found, response)
      startSession(c, renewed.token)
      return c.redirect(onwardPath(onward) ?? destinations.home, 303)
    } catch (error) {
      const refused = refusedStep(error, pageSettings(settings, languageOf(c)).t)
      c.status(statusOf(error))
      return await page(c, found, onward, refused)
    }
  })

  async function byPasskey(found: FoundSession, response: string) {
    const person = await personOfPasskey(directory, found.session.id_hash, readPasskey(UsedPasskey, response))
    if (person.id !== found.user.id) throw new Problem('passkey_refused', 'This passkey is for another person.')
    return await confirmed(directory, found, 'passkey')
  }
}
