import type { Context } from 'hono'
import type { Visit } from '../directory/sessions.ts'
import type { HttpEnv } from '../http/env.ts'
import {
  clearFormCookie,
  readBrowser,
  readFormCookie,
  readSession,
  setFormCookie,
  startSession,
} from '../http/session.ts'
import { leadsTo } from './destinations.ts'
import type { Entry, PortalOptions } from './ports.ts'

const stepCookie = 'step'
/** Opens the password that is kept between the steps; gone after five minutes, whatever the step. */
const keyCookie = 'step-key'
const keySeconds = 300

export function visitOf(c: Context<HttpEnv>, { addressOf }: Pick<PortalOptions, 'addressOf'>): Visit {
  const agent = c.req.header('user-agent')
  return { address: addressOf(c), agent, replaces: readSession(c), browser: readBrowser(c) }
}

/** Whoever is through goes on; whoever is not is asked for the second factor. */
export function admit(c: Context<HttpEnv>, entry: Entry, onward: string | null): Response {
  if (entry.kind === 'signed_in') {
    startSession(c, entry.session, entry.browser)
    return c.redirect(leadsTo(entry, onward), 303)
  }
  setFormCookie(c, stepCookie, entry.token, Math.floor(entry.lifeMs / 1_000))
  setFormCookie(c, keyCookie, entry.key, keySeconds)
  return c.redirect(entry.step === 'code' ? '/portal/login/code' : '/portal/login/set-up', 303)
}

export const readStep = (c: Context<HttpEnv>) => readFormCookie(c, stepCookie)
export const readKey = (c: Context<HttpEnv>) => readFormCookie(c, keyCookie)

/** The second step is over: what it needed is forgotten. */
export function endStep(c: Context<HttpEnv>): void {
  clearFormCookie(c, stepCookie)
  clearFormCookie(c, keyCookie)
}
