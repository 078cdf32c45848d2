import type { Context, Hono } from 'hono'
import { addPasskey, addTotp, beginTotp } from '../directory/factors.ts'
import {
  countWrong,
  type FoundHalf,
  findHalfSignIn,
  finishHalf,
  finishWithCode,
  signInEnded,
} from '../directory/half-sign-in.ts'
import {
  AddedPasskey,
  askPasskey,
  offerPasskey,
  personOfPasskey,
  provedPasskey,
  UsedPasskey,
} from '../directory/passkeys.ts'
import { proofFor } from '../directory/step-up.ts'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from '../http/env.ts'
import { contentSecurityPolicy } from '../http/headers.ts'
import { languageOf } from '../http/language.ts'
import { startSession } from '../http/session.ts'
import { leadsTo } from './destinations.ts'
import { endStep, readKey, readStep, visitOf } from './entry.ts'
import { factorName } from './factor-name.ts'
import { readForm } from './form.ts'
import { CodePage } from './pages/code-page.tsx'
import { RecoveryCodesPage } from './pages/recovery-codes-page.tsx'
import { SetUpPage } from './pages/set-up-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'
import { readPasskey } from './passkey-response.ts'
import { type PortalOptions, pageSettings } from './ports.ts'
import { type Refused, refusedStep, statusOf, stepRefusal } from './refusal.ts'

/*
 * The second step of a sign-in: a code, a passkey, or setting one of them up. The browser holds two cookies from the
 * first step, one that finds the half sign-in and one that opens the password in it.
 */
export function secondStep(app: Hono<HttpEnv>, options: PortalOptions): void {
  const { settings, directory, formTargets } = options
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))

  async function halfOf(c: Context<HttpEnv>, step: FoundHalf['step']): Promise<FoundHalf> {
    const token = readStep(c)
    const half = token === null ? undefined : await findHalfSignIn(directory, token)
    if (half?.step !== step) throw signInEnded()
    // The form leads, by way of the provider, to where the extension waits.
    if (half.row.onward?.startsWith('/oauth/')) c.header('Content-Security-Policy', contentSecurityPolicy(formTargets))
    return half
  }

  /** Runs with the half sign-in of this browser; whoever has none any more begins again. */
  function withHalf(
    step: FoundHalf['step'],
    page: (c: Context<HttpEnv>, half: FoundHalf, refused?: Refused) => Promise<Response>,
    act?: (c: Context<HttpEnv>, half: FoundHalf) => Promise<Response>,
  ) {
    return async (c: Context<HttpEnv>) => {
      try {
        const half = await halfOf(c, step)
        if (act === undefined) return await page(c, half)
        try {
          return await act(c, half)
        } catch (error) {
          if (error instanceof Problem && error.code === 'sign_in_ended') throw error
          const refused = refusedStep(error, pageOf(c).t)
          c.status(statusOf(error))
          return await page(c, half, refused)
        }
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'sign_in_ended') throw error
        endStep(c)
        c.status(401)
        return c.html(
          <SignInPage
            settings={pageOf(c)}
            action="/portal/login"
            to="home"
            refusal={stepRefusal(error, pageOf(c).t)}
          />,
        )
      }
    }
  }

  const away = (c: Context<HttpEnv>) => ({ href: '/portal/login', words: pageOf(c).t('portal.step.away') })

  async function codePage(c: Context<HttpEnv>, half: FoundHalf, refused: Refused = {}) {
    const page = pageOf(c)
    const { totp, passkey } = await proofFor(directory, half.user.id)
    return c.html(
      <CodePage
        settings={page}
        title={page.t('portal.code.title')}
        lead={page.t('portal.code.lead', { email: half.user.email })}
        action="/portal/login/code"
        asked={{
          code: totp ? 'totp' : 'recovery',
          passkey: passkey ? await askPasskey(directory, half.row.id_hash, half.user) : null,
        }}
        {...refused}
        away={away(c)}
      />,
    )
  }

  async function finishCode(c: Context<HttpEnv>, half: FoundHalf) {
    const { code, response } = await readForm(c, 'code', 'response')
    const given = { key: readKey(c), visit: visitOf(c, options) }
    const signedIn =
      response === ''
        ? await finishWithCode(directory, half, { code, ...given })
        : await finishHalf(directory, await byPasskey(half, response), 'passkey', given)
    endStep(c)
    startSession(c, signedIn.session.token, signedIn.browser)
    return c.redirect(leadsTo(signedIn, half.row.onward), 303)
  }

  async function byPasskey(half: FoundHalf, response: string): Promise<FoundHalf> {
    try {
      const person = await personOfPasskey(directory, half.row.id_hash, readPasskey(UsedPasskey, response))
      if (person.id === half.user.id) return half
      throw new Problem('passkey_refused', 'This passkey is for another person.')
    } catch (error) {
      await countWrong(directory, half)
      throw error
    }
  }

  async function setUpPage(c: Context<HttpEnv>, half: FoundHalf, refused: Refused = {}) {
    const page = pageOf(c)
    const { user, row } = half
    return c.html(
      <SetUpPage
        settings={page}
        title={page.t('portal.setUp.title')}
        lead={page.t('portal.setUp.lead')}
        action="/portal/login/set-up"
        app={await beginTotp(directory, user, row.id_hash)}
        passkey={await offerPasskey(directory, user, row.id_hash)}
        {...refused}
        away={away(c)}
      />,
    )
  }

  async function finishSetUp(c: Context<HttpEnv>, half: FoundHalf) {
    const { code, name, response } = await readForm(c, 'code', 'name', 'response')
    const { user, row } = half
    const visit = visitOf(c, options)
    const isPasskey = response !== ''
    const factor = isPasskey ? 'passkey' : 'totp'
    const named = { name: factorName(pageOf(c).t, factor, name) }
    const { recoveryCodes } = isPasskey
      ? await addPasskey(
          directory,
          user,
          await provedPasskey(directory, row.id_hash, readPasskey(AddedPasskey, response)),
          named,
        )
      : await addTotp(directory, user, row.id_hash, { code, ...named, address: visit.address })
    const signedIn = await finishHalf(directory, half, factor, { key: readKey(c), visit })
    endStep(c)
    startSession(c, signedIn.session.token, signedIn.browser)
    const onward = leadsTo(signedIn, row.onward)
    if (recoveryCodes === null) return c.redirect(onward, 303)
    return c.html(<RecoveryCodesPage settings={pageOf(c)} email={user.email} codes={recoveryCodes} onward={onward} />)
  }

  app.get('/portal/login/code', withHalf('code', codePage))
  app.post('/portal/login/code', withHalf('code', codePage, finishCode))
  app.get('/portal/login/set-up', withHalf('set_up', setUpPage))
  app.post('/portal/login/set-up', withHalf('set_up', setUpPage, finishSetUp))
}
