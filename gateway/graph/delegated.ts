import { createHash } from 'node:crypto'
import { ConfidentialClientApplication } from '@azure/msal-node'
import { z } from 'zod'
import type { TenantFailure } from '../domain/failure.ts'
import { Secret } from '../domain/secret.ts'
import { TenantError } from './failure.ts'
import { network, shareTokens, signInFailure, type Tokens } from './token.ts'

/** The operator's own app registration, at which administrators sign in. */
export type DelegatedApp = {
  clientId: string
  clientSecret: Secret
  /** Who may sign in: a tenant by id or domain, or `organizations`. */
  tenant: string
}

/** MSAL's memory of a sign-in; whoever holds it and the app's secret acts for the administrator. */
export type TokenCache = {
  /** As it was kept last. */
  kept: Secret
  keep(cache: Secret): Promise<void>
}

export type DelegatedCredential = {
  kind: 'delegated'
  homeAccountId: string
  /** Null: the gateway is not set up for this app (any more). */
  clientSecret: Secret | null
  cache: TokenCache
}

type Origins = { login: string; graph: string }

/** What one sign-in is recognised by when it comes back. */
export type SignInMarks = { redirectUri: string; nonce: string; verifier: string }

/** Who has signed in, and what was kept of it. */
export type SignedIn = { tenantId: string; accountId: string; name: string; homeAccountId: string; cache: Secret }

/** Everything that an administrator has consented to: the operator chooses it at the app registration. */
const scopesOf = (graph: string) => [`${new URL(graph).origin}/.default`]

function openApp(app: Pick<DelegatedApp, 'clientId' | 'clientSecret' | 'tenant'>, login: string) {
  const { origin, host } = new URL(login)
  return new ConfidentialClientApplication({
    auth: {
      clientId: app.clientId,
      authority: `${origin}/${app.tenant}`,
      knownAuthorities: [host],
      clientSecret: app.clientSecret.reveal(),
    },
    system: { networkClient: network, loggerOptions: { piiLoggingEnabled: false } },
  })
}

/** Where an administrator signs in (authorization code + PKCE). Throws TenantError when the cloud does not tell. */
export async function signInUrl(
  app: DelegatedApp,
  { login, graph }: Origins,
  { state, redirectUri, nonce, verifier, loginHint }: SignInMarks & { state: string; loginHint: string | null },
): Promise<string> {
  return await understood(() =>
    openApp(app, login).getAuthCodeUrl({
      scopes: scopesOf(graph),
      redirectUri,
      state,
      nonce,
      codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
      codeChallengeMethod: 'S256',
      responseMode: 'query',
      // Whoever works with two accounts must be able to choose.
      prompt: 'select_account',
      ...(loginHint !== null && { loginHint }),
    }),
  )
}

/** What names the person in an id token ("ID token claims reference", read 2026-11-23). */
const IdClaims = z.looseObject({
  tid: z.guid().toLowerCase(),
  oid: z.guid().toLowerCase(),
  preferred_username: z.string().max(320),
})

/** The code that came back, for tokens. Throws TenantError. */
export async function redeemCode(
  app: DelegatedApp,
  { login, graph }: Origins,
  { code, redirectUri, nonce, verifier }: SignInMarks & { code: string },
): Promise<SignedIn> {
  return await understood(async () => {
    const msal = openApp(app, login)
    const request = { code, redirectUri, nonce, codeVerifier: verifier, scopes: scopesOf(graph) }
    const { account, idTokenClaims } = await msal.acquireTokenByCode(request)
    const claims = IdClaims.safeParse(idTokenClaims)
    if (account === null || !claims.success) throw new TenantError(nobody)
    const { tid, oid, preferred_username } = claims.data
    const cache = new Secret(msal.getTokenCache().serialize())
    return { tenantId: tid, accountId: oid, name: preferred_username, homeAccountId: account.homeAccountId, cache }
  })
}

/** Tokens for Graph in the name of the administrator who signed in. */
export function createDelegatedTokens(
  options: Origins & { tenantId: string; clientId: string; credential: DelegatedCredential },
): Tokens {
  const { login, tenantId, clientId, credential } = options
  const { clientSecret, homeAccountId } = credential
  let { kept } = credential.cache
  const open = () => {
    if (clientSecret === null) throw new TenantError(appGone)
    const app = openApp({ clientId, clientSecret, tenant: tenantId }, login)
    app.getTokenCache().deserialize(kept.reveal())
    return app
  }
  let msal: ConfidentialClientApplication | null = null
  return shareTokens(async (fresh) => {
    const { token, changed } = await understood(async () => {
      // After one refusal MSAL answers from its memory of it for a minute; a new instance asks again.
      if (msal === null || fresh) msal = open()
      const account = await msal.getTokenCache().getAccountByHomeId(homeAccountId)
      if (account === null) throw new TenantError(nobody)
      const result = await msal.acquireTokenSilent({
        account,
        scopes: scopesOf(options.graph),
        forceRefresh: fresh,
      })
      return { token: result.accessToken, changed: result.fromCache ? null : msal.getTokenCache().serialize() }
    }).catch((error: unknown) => {
      msal = null
      throw error
    })
    if (changed !== null) {
      kept = new Secret(changed)
      await credential.cache.keep(kept)
    }
    return token
  })
}

async function understood<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw error instanceof TenantError ? error : new TenantError(delegatedFailure(error))
  }
}

const signInAgain = 'Sign in again: open the connection in the console and choose "Sign in again".'

const over = (code: string, detail: string, remedy = signInAgain): TenantFailure => ({
  kind: 'signed_out',
  code,
  detail,
  remedy,
  requestId: null,
  retryAfterMs: null,
})

const appGone = over(
  'delegated_app_gone',
  'The application at which the administrator signed in is not the one in lockstep.json (any more).',
  'Put it back as "delegatedApp" in lockstep.json and restart the gateway, or sign in again with the new one.',
)
const nobody = over('sign_in_without_person', 'The sign-in does not tell who signed in.')

const ended = 'The sign-in of the administrator has ended'
const demands = 'Microsoft asks the administrator to prove who it is once more'
const operator = 'Put a new secret into the file that "delegatedApp" in lockstep.json names, and restart the gateway.'

/** "Microsoft Entra authentication and authorization error codes", read 2026-11-23. */
const words: Record<string, [detail: string, remedy?: string]> = {
  '50173': [`${ended}: the password was changed, or the sessions were revoked.`],
  '50057': ['The administrator whose sign-in is used is blocked.', 'Unblock the account, or sign in as another one.'],
  '50034': ['The administrator whose sign-in is used is gone.', 'Sign in again, as another administrator.'],
  '50055': ['The password of the administrator whose sign-in is used has expired.'],
  '700082': [`${ended}: it was not used for too long.`],
  '700084': [`${ended}: its time was limited.`],
  '70043': [`${ended}: a Conditional Access policy asks for a new one in fixed intervals.`],
  '50076': [`${demands}.`],
  '50079': [`${demands}.`],
  '53003': [
    'A Conditional Access policy blocks the sign-in of the administrator.',
    'Exclude the gateway from that policy, then sign in again.',
  ],
  '65001': ['Nobody has consented to what the application may do.', 'Grant admin consent, then sign in again.'],
  '7000215': ['The secret of the application at which administrators sign in is wrong.', operator],
  '7000222': ['The secret of the application at which administrators sign in has expired.', operator],
}

/** Why a sign-in gives no token (any more), from what MSAL threw. */
export function delegatedFailure(error: unknown): TenantFailure {
  const { errorCode = '', errorMessage = '' } = error as { errorCode?: string; errorMessage?: string }
  const number = /AADSTS(\d+)/.exec(`${errorCode} ${errorMessage}`)?.[1]
  const known = number === undefined ? undefined : words[number]
  if (number !== undefined && known !== undefined) return over(`AADSTS${number}`, ...known)
  if (/^(invalid_grant|interaction_required|login_required|consent_required|no_tokens_found)$/.test(errorCode))
    return over(number === undefined ? errorCode : `AADSTS${number}`, `${ended}.`)
  return signInFailure(error)
}
