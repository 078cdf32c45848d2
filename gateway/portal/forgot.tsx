import type { Context, Hono } from 'hono'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { readForm } from './form.ts'
import { ForgotPage, ForgotSentPage } from './pages/forgot-page.tsx'
import { type PortalOptions, pageSettings } from './ports.ts'
import { waitRefusal } from './refusal.ts'

/** Have a link sent. What is answered does not depend on who was asked for. */
export function forgot(app: Hono<HttpEnv>, { settings, services, addressOf }: PortalOptions): void {
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))

  app.get('/portal/forgot', (c) => c.html(<ForgotPage settings={pageOf(c)} />))

  app.post('/portal/forgot', async (c) => {
    const email = (await readForm(c, 'email')).email.trim()
    if (!settings.sendsMail) return c.html(<ForgotPage settings={pageOf(c)} />)
    if (email === '') return c.html(<ForgotPage settings={pageOf(c)} error={pageOf(c).t('portal.forgot.empty')} />, 422)
    try {
      await services.forgot({ email: email.slice(0, 254), address: addressOf(c) })
      return c.html(<ForgotSentPage settings={pageOf(c)} />, 202)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'too_many_requests') throw error
      c.header('Retry-After', String(error.retryAfterSeconds ?? 60))
      return c.html(<ForgotPage settings={pageOf(c)} email={email} refusal={waitRefusal(error, pageOf(c).t)} />, 429)
    }
  })
}
