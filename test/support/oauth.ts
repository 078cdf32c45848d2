import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
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

export type Tokens = { access_token: string; refresh_token: string; token_type: string; error?: string }

/** Asks the provider for tokens as the command line does; `more` may be anything that an attacker sends. */
export async function askTokens(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ client_id: 'cli', ...fields })
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body })
  return { status: response.status, ...((await response.json()) as Tokens) }
}

export const renewTokens = (url: string, refreshToken: string) =>
  askTokens(url, { grant_type: 'refresh_token', refresh_token: refreshToken })

/** What the command line is told to show, and what it asks with. */
export type Device = { deviceCode: string; userCode: string; address: string }

export async function askDevice(url: string, headers: Record<string, string> = {}): Promise<Device> {
  const body = new URLSearchParams({ client_id: 'cli', scope: 'openid offline_access' })
  const response = await fetch(`${url}/oauth/device/auth`, { method: 'POST', headers, body })
  const told = (await response.json()) as Record<string, string>
  if (response.status !== 200) throw new Error(`No code was given (${response.status}).`)
  const { device_code: deviceCode = '', user_code: userCode = '', verification_uri: address = '' } = told
  return { deviceCode, userCode, address }
}

export const askDeviceTokens = (url: string, deviceCode: string) =>
  askTokens(url, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode })

/** Somebody who is signed in lets the command line in. */
export async function letIn(browser: Visitor, url: string) {
  const device = await askDevice(url)
  await browser.post('/oauth/device', { code: device.userCode, answer: 'yes' })
  return await askDeviceTokens(url, device.deviceCode)
}

/** A key as the extension has one, with the proofs that it makes (RFC 9449). */
export async function proofKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const ath = (token: string) => createHash('sha256').update(token).digest('base64url')
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    proof: (method: string, url: string, token?: string) =>
      new SignJWT({ htm: method, htu: url, jti: randomUUID(), ...(token !== undefined && { ath: ath(token) }) })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .setIssuedAt()
        .sign(privateKey),
  }
}
export type Key = Awaited<ReturnType<typeof proofKey>>
