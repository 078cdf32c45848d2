import { createHash, randomBytes } from 'node:crypto'
import type { Visitor } from './visitor.ts'

const redirectUri = 'http://127.0.0.1/cb'

/** Begins the sign-in of a program in this browser; returns the answer to the first page. */
export async function beginOauth(browser: Visitor, more: Record<string, string> = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const asked = new URLSearchParams({
    client_id: 'cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })
  const { to } = await browser.get(`/oauth/auth?${asked}`)
  if (to === null) throw new Error('The provider asked nothing.')
  return { verifier, interaction: new URL(to, 'http://localhost').pathname }
}

/** Follows redirects to where the program waits; returns the address, or the page where it stopped. */
export async function followOauth(browser: Visitor, to: string): Promise<string> {
  for (let hops = 0, next = to; hops < 10; hops++) {
    if (next.startsWith(redirectUri)) return next
    const page = await browser.get(next)
    if (page.to === null) return next
    next = page.to
  }
  throw new Error('The redirects do not end.')
}

export async function exchange(url: string, answer: string, verifier: string): Promise<string> {
  const code = new URL(answer).searchParams.get('code') ?? ''
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'cli',
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`No token was given (${response.status}).`)
  return token
}
