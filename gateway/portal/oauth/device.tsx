import type { Context, Hono } from 'hono'
import type { Provider } from 'oidc-provider'
import { codeAnswered, tryCode } from '../../directory/programs.ts'
import { type FoundSession, findSessionByToken } from '../../directory/sessions.ts'
import { Problem } from '../../domain/problem.ts'
import { isConfirmed } from '../../domain/second-factor.ts'
import type { HttpEnv } from '../../http/env.ts'
import { languageOf } from '../../http/language.ts'
import { readSession } from '../../http/session.ts'
import { readForm } from '../form.ts'
import { DeviceAskPage, DeviceCodePage, DeviceDonePage } from '../pages/device-page.tsx'
import { type PortalOptions, pageSettings } from '../ports.ts'
import { statusOf, waitRefusal } from '../refusal.ts'
import { scope } from './provider.ts'

const path = '/oauth/device'
type Code = NonNullable<Awaited<ReturnType<Provider['DeviceCode']['findByUserCode']>>>

/**
 * Where a person lets the command line in: signed in, lately confirmed, by typing the code that it shows and saying yes.
 * A link never carries the code, so that nobody can be led to a yes with one click (RFC 8628, section 5.4).
 */
export function devicePages(app: Hono<HttpEnv>, provider: Provider, options: PortalOptions): void {
  const { settings, directory } = options

  /** Whoever is nobody signs in first, and who was confirmed too long ago is asked again. */
  const mine =
    (work: (c: Context<HttpEnv>, found: FoundSession) => Promise<Response>) => async (c: Context<HttpEnv>) => {
      const session = readSession(c)
      const found = session === null ? undefined : await findSessionByToken(directory, session)
      if (found === undefined) return c.redirect('/portal/login?to=device', 303)
      if (!isConfirmed(found.session.confirmed_at, directory.runtime.now()))
        return c.redirect('/portal/confirm?to=device', 303)
      return await work(c, found)
    }
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))

  function codePage(c: Context<HttpEnv>, { user }: FoundSession, refusal?: string) {
    return c.html(<DeviceCodePage settings={pageOf(c)} action={path} email={user.email} refusal={refusal} />)
  }

  /** Undefined for a code that is unknown, too old or used. */
  async function find(typed: string): Promise<Code | undefined> {
    const code = await provider.DeviceCode.findByUserCode(typed.toUpperCase().replace(/[^A-Z]/g, ''))
    return code === undefined || code.accountId !== undefined || code.error !== undefined ? undefined : code
  }

  async function answer(c: Context<HttpEnv>, { user, session }: FoundSession, code: Code, says: 'yes' | 'no') {
    if (says === 'no') code.error = 'access_denied'
    else {
      const grant = new provider.Grant({ clientId: code.clientId, accountId: user.id })
      grant.addOIDCScope(scope)
      const authTime = Math.floor((session.confirmed_at ?? 0) / 1_000)
      Object.assign(code, { accountId: user.id, grantId: await grant.save(), scope, authTime })
    }
    await code.save()
    await codeAnswered(directory, user.id)
    return c.html(<DeviceDonePage settings={pageOf(c)} email={user.email} isIn={says === 'yes'} />)
  }

  app.get(
    path,
    mine(async (c, found) => codePage(c, found)),
  )

  app.post(
    path,
    mine(async (c, found) => {
      const { code: typed, answer: says } = await readForm(c, 'code', 'answer')
      const { t } = pageOf(c)
      try {
        const code = await tryCode(directory, found.user.id, () => find(typed))
        if (code === undefined) {
          c.status(422)
          return codePage(c, found, t('portal.device.wrong'))
        }
        if (says === 'yes' || says === 'no') return await answer(c, found, code, says)
        const { address, agent } = code.deviceInfo ?? {}
        const asked = { code: code.userCode, at: code.iat * 1_000, address: textOf(address), agent: textOf(agent) }
        return c.html(<DeviceAskPage settings={pageOf(c)} action={path} email={found.user.email} asked={asked} />)
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'too_many_requests') throw error
        c.status(statusOf(error))
        return codePage(c, found, waitRefusal(error, t))
      }
    }),
  )
  // The provider's own pages for it are not used.
  app.all(`${path}/:uid{(?!auth$).+}`, (c) => c.notFound())
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
