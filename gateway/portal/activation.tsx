import type { Context, Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { clearFormCookie, readFormCookie, setFormCookie } from '../http/session.ts'
import { admit, visitOf } from './entry.ts'
import { readForm } from './form.ts'
import { ActivatePage, ActivationGonePage } from './pages/activate-page.tsx'
import { type PortalOptions, pageSettings } from './ports.ts'
import { checkNew, passwordRefusal, statusOf } from './refusal.ts'

const cookie = 'activate'
const formMaxAgeSeconds = 600

/*
 * The link of a mail: opening it uses nothing up, since mail scanners open links too. The token moves from the address
 * bar into a cookie for ten minutes; sending the form uses it.
 */
export function activation(app: Hono<HttpEnv>, options: PortalOptions): void {
  const { settings, services } = options
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))

  app.get('/portal/activate/:token', (c) => {
    setFormCookie(c, cookie, c.req.param('token').slice(0, 256), formMaxAgeSeconds)
    c.header('Referrer-Policy', 'no-referrer')
    return c.redirect('/portal/activate', 303)
  })

  app.get('/portal/activate', async (c) => {
    const token = readFormCookie(c, cookie)
    const invitation = token === null ? null : await services.invitation(token)
    if (!invitation) return gone(c)
    return c.html(<ActivatePage settings={pageOf(c)} invitation={invitation} />)
  })

  app.post('/portal/activate', (c) => activate(c, readFormCookie(c, cookie)))
  app.post('/portal/activate/:token', (c) => activate(c, c.req.param('token')))

  async function activate(c: Context<HttpEnv>, token: string | null) {
    const form = await readForm(c, 'newPassword')
    const invitation = token === null ? null : await services.invitation(token)
    if (token === null || !invitation) return gone(c)
    try {
      const newPassword = checkNew(form.newPassword)
      const entry = await services.activate({ token, newPassword, visit: visitOf(c, options) })
      clearFormCookie(c, cookie)
      return entry === null ? gone(c) : admit(c, entry, null)
    } catch (error) {
      const refusal = passwordRefusal(error, pageOf(c).t)
      c.status(statusOf(error))
      return c.html(<ActivatePage settings={pageOf(c)} invitation={invitation} refusal={refusal} />)
    }
  }

  function gone(c: Context<HttpEnv>) {
    return c.html(<ActivationGonePage settings={pageOf(c)} />, 410)
  }
}
