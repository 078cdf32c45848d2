import type { IncomingMessage } from 'node:http'
import type { Locale } from '@lockstep/shared/messages/locale'
import {
  type Adapter,
  type ClientMetadata,
  type Configuration,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import type { Issued } from '../../directory/programs.ts'
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
  programs: ProgramRecords
}

/** Which programs hold tokens, as a person sees and ends them. */
export type ProgramRecords = {
  seen(issued: Issued): Promise<void>
  ended(grantId: string, cause: 'signed_out' | 'token_reused'): Promise<void>
  /** The answer to a renewal again, where it may have been lost on its way. */
  repeated(asked: { token: string; client: string }): Promise<string | null>
  /** Somebody asks for a code to type. Problem `too_many_requests`. */
  codeAsked(address: string): Promise<void>
}

/** A request as the provider gets it, with the language and the address of its caller. */
export type Mounted = IncomingMessage & { language?: Locale | undefined; address?: string }

const accessTokenSeconds = 600
const codeSeconds = 60
const interactionSeconds = 600
/** Longest that one sign-in lasts, however often its token is renewed. */
const signInSeconds = 12 * 3600
const deviceCodeSeconds = 600
/** How often a program may ask whether somebody has said yes. */
const pollSeconds = 2
export const scope = 'openid offline_access'

/** Where the browser hands the answer to an extension, by the form of its id: Chromium's, or Firefox's. */
export function redirectUriOf(extensionId: string): string {
  if (/^[a-p]{32}$/.test(extensionId)) return `https://${extensionId}.chromiumapp.org/cb`
  return `https://${extensionId}.extensions.allizom.org/cb`
}

/**
 * The OpenID provider. For the extension: authorization code with PKCE, tokens bound to the extension's key. For the
 * command line: a code that a person confirms in the portal (RFC 8628), or the former.
 */
export function createProvider(options: OauthOptions): Provider {
  const provider = new Provider(`${options.publicUrl}/oauth`, configuration(options))
  // Says whether links begin with https; set by us, never by the caller.
  provider.proxy = true
  keepRecords(provider, options.programs)
  return provider
}

/** Nothing is answered before it is remembered who has got it. */
function keepRecords(provider: Provider, programs: ProgramRecords): void {
  const revoked = new WeakMap<object, string>()
  provider.on('grant.revoked', (ctx, grantId) => revoked.set(ctx, grantId))
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next()
    const ended = revoked.get(ctx)
    if (ended !== undefined)
      await programs.ended(ended, ctx.oidc.route === 'revocation' ? 'signed_out' : 'token_reused')
    if (ctx.oidc?.route === 'device_authorization' && ctx.status === 200)
      Object.assign(ctx.body as object, { interval: pollSeconds })
    const issued = ctx.oidc?.route === 'token' && ctx.status === 200 ? issuedBy(ctx) : null
    if (issued !== null) await programs.seen(issued)
  })
}

function issuedBy({ oidc, req, body }: KoaContextWithOIDC): Issued | null {
  const { RefreshToken: token, Client: client } = oidc.entities
  const renewed = oidc.params?.['refresh_token']
  if (token?.grantId === undefined || token.accountId === undefined || client === undefined) return null
  return {
    grantId: token.grantId,
    userId: token.accountId,
    client: client.clientId === 'extension' ? 'extension' : 'cli',
    agent: req.headers['user-agent'] ?? null,
    address: (req as Mounted).address ?? null,
    endsAt: Date.now() + token.remainingTTL * 1_000,
    renewal: typeof renewed === 'string' ? { token: renewed, answer: JSON.stringify(body) } : null,
  }
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
      // The pages are ours: device.tsx answers in the place of the provider's.
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: ({ req }) => ({ address: (req as Mounted).address, agent: req.headers['user-agent'] ?? null }),
      },
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
      DeviceCode: deviceCodeSeconds,
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
      const { AuthorizationCode: code, DeviceCode: device, RefreshToken: refresh } = ctx.oidc.entities
      return { confirmedAt: code?.authTime ?? device?.authTime ?? refresh?.authTime }
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
      grant.addOIDCScope(scope)
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

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

function clients(extensionIds: readonly string[]): ClientMetadata[] {
  const open = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  } satisfies Partial<ClientMetadata>
  const extension = {
    ...open,
    client_id: 'extension',
    redirect_uris: extensionIds.map(redirectUriOf),
    dpop_bound_access_tokens: true,
  }
  const cli = {
    ...open,
    client_id: 'cli',
    application_type: 'native' as const,
    redirect_uris: ['http://127.0.0.1/cb'],
    grant_types: [...open.grant_types, deviceGrant],
  }
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
