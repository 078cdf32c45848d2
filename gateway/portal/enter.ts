import type { Context } from 'hono'
import { keepBrowser, startSession } from '../http/session.ts'
import type { SignedIn } from './ports.ts'

/** The browser is signed in, and is known to the person from now on. */
export function enter(c: Context, { session, browser }: SignedIn): void {
  startSession(c, session)
  keepBrowser(c, browser)
}
