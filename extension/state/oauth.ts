import { base64url, type ProofKey, proofFor, sha256, thumbprint } from './dpop.ts'
import { isRecord } from './is-record.ts'

export const clientId = 'extension'
const scope = 'openid offline_access'

export type Tokens = {
  /** Where they are good; another gateway never sees them. */
  gatewayUrl: string
  accessToken: string
  refreshToken: string | null
  /** ms since the epoch */
  expiresAt: number
}

/** What the sign-in needs from the world. */
export type World = {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** ms since the epoch */
  now(): number
  newId(): string
  randomBytes(count: number): Uint8Array
}

type Endpoints = { issuer: string; authorize: string; token: string; revoke: string }

/** The sign-in ended without tokens; the message says what to do. `expired` means: sign in again. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly code: 'unreachable' | 'refused' | 'expired'
  constructor(code: SignInError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Authorization code with PKCE (RFC 7636), bound to our key from the first request on (RFC 9449). `anew`: the person has
 * to prove again to be the one, also when the portal knows the browser.
 */
export async function signIn(
  gatewayUrl: string,
  redirectUri: string,
  key: ProofKey,
  world: World,
  openWindow: (url: string) => Promise<string>,
  anew = false,
): Promise<Tokens> {
  const endpoints = await discover(gatewayUrl, world)
  const verifier = base64url(world.randomBytes(32))
  const state = base64url(world.randomBytes(16))
  const request = new URL(endpoints.authorize)
  request.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await sha256(verifier),
    code_challenge_method: 'S256',
    dpop_jkt: await thumbprint(key.publicJwk),
    ...(anew && { prompt: 'login' }),
  }).toString()
  const code = codeFrom(await openWindow(request.href), state, endpoints.issuer)
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  return requestTokens(gatewayUrl, endpoints.token, form, key, world)
}

/** New tokens for old ones; the refresh token is used up by it. */
export async function refresh(tokens: Tokens, key: ProofKey, world: World): Promise<Tokens> {
  if (tokens.refreshToken === null) throw new SignInError('expired', 'Sign in again.')
  const { token } = await discover(tokens.gatewayUrl, world)
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken }
  const renewed = await requestTokens(tokens.gatewayUrl, token, form, key, world)
  return { ...renewed, refreshToken: renewed.refreshToken ?? tokens.refreshToken }
}

/** Ends the sign-in at the gateway, too. Throws SignInError when it cannot be told. */
export async function revoke({ gatewayUrl, refreshToken, accessToken }: Tokens, world: World): Promise<void> {
  const { revoke: url } = await discover(gatewayUrl, world)
  await reach(world, url, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: clientId, token: refreshToken ?? accessToken }).toString(),
  })
}

/** The code in the answer of the window, when the answer is to our question and from our gateway (RFC 9207). */
export function codeFrom(answer: string, state: string, issuer: string): string {
  const given = new URL(answer).searchParams
  if (given.get('state') !== state) throw new SignInError('refused', 'The answer was not to this sign-in. Start again.')
  const from = given.get('iss')
  if (from !== null && from !== issuer) {
    throw new SignInError('refused', 'The answer came from somewhere else. Start again.')
  }
  const code = given.get('code')
  if (code !== null) return code
  throw new SignInError('refused', given.get('error_description') ?? 'The gateway did not sign you in. Start again.')
}

async function discover(gatewayUrl: string, world: World): Promise<Endpoints> {
  const answer = await reach(world, `${gatewayUrl}/oauth/.well-known/openid-configuration`, { credentials: 'omit' })
  const document: unknown = await answer.json().catch(() => null)
  const endpoint = (name: string): string => {
    const value = isRecord(document) ? document[name] : undefined
    if (typeof value === 'string' && URL.canParse(value) && new URL(value).origin === gatewayUrl) return value
    throw new SignInError('refused', 'What answers at the address of the gateway is not a Lockstep gateway.')
  }
  return {
    issuer: endpoint('issuer'),
    authorize: endpoint('authorization_endpoint'),
    token: endpoint('token_endpoint'),
    revoke: endpoint('revocation_endpoint'),
  }
}

async function requestTokens(
  gatewayUrl: string,
  url: string,
  form: Record<string, string>,
  key: ProofKey,
  world: World,
  nonce?: string,
): Promise<Tokens> {
  const proof = { method: 'POST', url, now: world.now() / 1000, proofId: world.newId(), ...(nonce && { nonce }) }
  const answer = await reach(world, url, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/x-www-form-urlencoded', dpop: await proofFor(key, proof) },
    body: new URLSearchParams({ client_id: clientId, ...form }).toString(),
  })
  const body: unknown = await answer.json().catch(() => null)
  const fresh = answer.headers.get('dpop-nonce')
  if (fresh !== null && nonce === undefined && isRecord(body) && body['error'] === 'use_dpop_nonce') {
    return requestTokens(gatewayUrl, url, form, key, world, fresh)
  }
  if (answer.status >= 500) throw new SignInError('unreachable', 'The gateway could not answer. Try again in a moment.')
  return tokensFrom(body, gatewayUrl, world.now())
}

function tokensFrom(body: unknown, gatewayUrl: string, now: number): Tokens {
  if (!isRecord(body) || typeof body['access_token'] !== 'string') {
    throw new SignInError('expired', 'The sign-in has ended. Sign in again.')
  }
  const seconds = typeof body['expires_in'] === 'number' ? body['expires_in'] : 60
  const refreshToken = typeof body['refresh_token'] === 'string' ? body['refresh_token'] : null
  return { gatewayUrl, accessToken: body['access_token'], refreshToken, expiresAt: now + seconds * 1000 }
}

async function reach(world: World, url: string, init: RequestInit): Promise<Response> {
  try {
    return await world.fetch(url, { ...init, signal: AbortSignal.timeout(15_000) })
  } catch {
    throw new SignInError('unreachable', 'The gateway cannot be reached. Try again in a moment.')
  }
}
