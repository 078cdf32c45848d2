import type { Context } from 'hono'
import { Problem } from '../domain/problem.ts'
import type { Caller, Gatekeeper } from './caller.ts'
import { proofIsGood, proofMemory } from './dpop.ts'
import type { HttpEnv } from './env.ts'
import { readSession } from './session.ts'

/** `again`: not for a new request, but to see whether the caller of a stream still stands; it keeps no session alive. */
export type Identify = (c: Context<HttpEnv>, again?: 'again') => Promise<Caller | null>

/** Finds the caller: by `Authorization` when it is there (cookies are ignored then), else by the session cookie. */
export function identifier(options: { gatekeeper: Gatekeeper; publicUrl: string; now(): number }): Identify {
  const { gatekeeper, now } = options
  const { protocol } = new URL(options.publicUrl)
  const seenBefore = proofMemory()

  async function byAuthorization(c: Context<HttpEnv>, value: string, again: boolean): Promise<Caller | null> {
    const [scheme = '', token = '', ...rest] = value.split(' ')
    if (token === '' || token.length > 512 || rest.length > 0) return null
    if (scheme.toLowerCase() === 'bearer') {
      if (token.startsWith('lks_')) return gatekeeper.apiToken(token)
      const found = await gatekeeper.accessToken(token)
      // A token that is bound to a key is worth nothing without it.
      return found && found.jkt === null ? found.person : null
    }
    if (scheme.toLowerCase() !== 'dpop') return null
    const found = await gatekeeper.accessToken(token)
    const proof = c.req.header('dpop')
    if (!found || found.jkt === null || proof === undefined) return null
    // The proof was good for the request that opened the stream, and is good once.
    if (again) return found.person
    const url = `${protocol}//${c.req.header('host') ?? new URL(c.req.url).host}${c.req.path}`
    const request = { method: c.req.method, url, accessToken: token, now: now() / 1000, jkt: found.jkt }
    return proofIsGood(proof, request, seenBefore) ? found.person : null
  }

  return async (c, again) => {
    const authorization = c.req.header('authorization')
    const session = readSession(c)
    const caller =
      authorization !== undefined
        ? await byAuthorization(c, authorization, again !== undefined)
        : session !== null
          ? await gatekeeper.session(session, again === undefined)
          : null
    if (caller) c.set('caller', caller)
    return caller
  }
}

export function notSignedIn(): Problem {
  return new Problem('not_signed_in', 'Sign in, or send a valid token.')
}
