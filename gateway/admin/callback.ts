import type { Hono } from 'hono'
import { Problem } from '../domain/problem.ts'
import { type Caller, hasRole } from '../http/caller.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Identify } from '../http/identify.ts'
import { readSession } from '../http/session.ts'

/** Where Microsoft leads an administrator back to after a sign-in. */
export const callbackPath = '/connections/callback'

export type CallbackOptions = {
  identify: Identify
  /** Ends the sign-in; the id of the connection. */
  finish(
    caller: Caller,
    session: string | null,
    answer: { state: string; code?: string | undefined; error?: string | undefined; detail?: string | undefined },
  ): Promise<{ id: string }>
}

/** Longest value that we look at: codes of Microsoft have about a thousand characters. */
const longest = 8_192

/**
 * A page of Microsoft's leads here, so the cookie comes along although the request crosses sites. What is asked is done only
 * for the session that began the sign-in, and once.
 */
export function callback(app: Hono<HttpEnv>, { identify, finish }: CallbackOptions): void {
  app.get(callbackPath, async (c) => {
    c.header('Referrer-Policy', 'no-referrer')
    const caller = await identify(c)
    if (caller === null)
      throw new Problem(
        'not_signed_in',
        'Sign in to Lockstep in this browser, then begin the sign-in at Microsoft again.',
      )
    if (!hasRole(caller, 'admin')) throw new Problem('forbidden', 'This needs the role "admin".')
    const value = (name: string) => c.req.query(name)?.slice(0, longest)
    const { id } = await finish(caller, readSession(c), {
      state: value('state') ?? '',
      code: value('code'),
      error: value('error'),
      detail: value('error_description'),
    })
    return c.redirect(`/admin/connections/${encodeURIComponent(id)}`, 303)
  })
}
