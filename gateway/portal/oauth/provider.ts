import type { IncomingMessage } from 'node:http'
import type { Locale } from '@lockstep/shared/messages/locale'
import { type Adapter, type ClientMetadata, type Configuration, interactionPolicy, Provider } from 'oidc-provider'
import type { Person } from '../../http/caller.ts'
import { isExtensionOrigin } from '../../http/cors.ts'
import type { OauthKeys } from './keys.ts'

export type OauthOptions = {
  publicUrl: string
  extensionIds: readonly string[]
  keys: OauthKeys
  /** Where the provider keeps a model of its own. */
  adapter(model: string): Adapter
  /** The person as of now; null when gone or not active. */
  person(userId: string): Promise<Person | null>
  renderError(code: string, language: Locale | undefined): string | Promise<string>
}

/** A request as the provider gets it, with the language of its reader. */
export type Mounted = IncomingMessage & { language?: Locale | undefined }

const accessTokenSeconds = 600
const codeSeconds = 60
const interactionSeconds = 600
/** Longest that one sign-in lasts, however often its token is renewed. */
const signInSeconds = 12 * 3600

/** Where the browser hands the answer to an extension, by the form of its id: Chromium's, or Firefox's. */
export function redirectUriOf(extensionId: string): string {
  if (/^[a-p]{32}$/.test(extensionId)) return `https://${extensionId}.chromiumapp.org/cb`
  return `https://${extensionId}.extensions.allizom.org/cb`
}

/** The OpenID provider for the extension: authorization code with PKCE, tokens bound to the extension's key. */
export function createProvider(options: OauthOptions): Provider {
  const provider = new Provider(`${options.publicUrl}/oauth`, configuration(options))
  // Says whether links begin with https; set by us, never by the caller.
  provider.proxy = true
  return provider
}

function configuration(options: OauthOptions): Configuration {
  return {
    adapter: options.adapter,
    clients: clients(options.extensionIds),
    jwks: { keys: [options.keys.signing] },
    cookies: { keys: options.keys.cookies, long: { signed: true }, short: { signed: true } },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    interactions: { policy: policy(), url: (_, interaction) => `/oauth/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: codeSeconds,
      IdToken: accessTokenSeconds,
      Interaction: interactionSeconds,
      Session: signInSeconds,
      Grant: signInSeconds,
      RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? signInSeconds,
    },
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    expiresWithSession: () => false,
    extraTokenClaims(ctx) {
      const { AuthorizationCode: code, RefreshToken: refresh } = ctx.oidc.entities
      return { confirmedAt: code?.authTime ?? refresh?.authTime }
    },
    clientBasedCORS: (_, origin) => isExtensionOrigin(origin, options.extensionIds),
    async findAccount(_, userId) {
      const person = await options.person(userId)
      return person ? { accountId: person.id, claims: () => ({ sub: person.id }) } : undefined
    },
    async loadExistingGrant(ctx) {
      const { client, account, provider } = ctx.oidc
      if (!client || !account) return undefined
      // Our own clients ask nobody for consent.
      const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId })
      grant.addOIDCScope('openid offline_access')
      await grant.save()
      return grant
    },
    async renderError(ctx, out) {
      ctx.type = 'html'
      const { language } = ctx.req as Mounted
      ctx.body = await options.renderError(out.error, language)
    },
  }
}

function clients(extensionIds: readonly string[]): ClientMetadata[] {
  const open: Partial<ClientMetadata> = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }
  const extension = {
    ...open,
    client_id: 'extension',
    redirect_uris: extensionIds.map(redirectUriOf),
    dpop_bound_access_tokens: true,
  }
  const cli = { ...open, client_id: 'cli', application_type: 'native' as const, redirect_uris: ['http://127.0.0.1/cb'] }
  return extensionIds.length > 0 ? [extension, cli] : [cli]
}

/** Every request asks our sign-in, so that the portal's session alone decides who is signed in. */
function policy() {
  const prompts = interactionPolicy.base()
  const { Check } = interactionPolicy
  prompts
    .get('login')
    ?.checks.add(
      new Check('portal_decides', 'the portal decides who is signed in', (ctx) =>
        ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    )
  return prompts
}
