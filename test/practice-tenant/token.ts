import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { type Authorize, createAuthorize, isForPeople, resourceOf, rolesOf, type Sign } from './authorize.ts'
import type { Caller } from './call.ts'
import { failure, isKnown, isShared, type TokenAnswer, unknownTenant } from './sign-in-errors.ts'
import { hashOf, type State } from './state.ts'

/** The sign-in service: discovery, keys, tokens for the app itself ("OAuth 2.0 client credentials flow") and for people. */
export type TokenService = Pick<Authorize, 'page' | 'submit'> & {
  discovery(origin: string, tenant: string): TokenAnswer
  instanceDiscovery(origin: string, endpoint: string | null): TokenAnswer
  keys(origin: string): TokenAnswer
  issue(origin: string, tenant: string, form: URLSearchParams, basic: string | null): Promise<TokenAnswer>
  /** Who a token belongs to, or why it does not count. */
  check(authorization: string | null): Promise<{ ok: true; caller: Caller } | { ok: false; message: string }>
}

const audience = 'https://graph.microsoft.com'
const lifetimeS = 3_599
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export async function createTokenService(state: State, graphOrigin: () => string): Promise<TokenService> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, x5t: kid, use: 'sig' }
  const checked = new Map<string, { caller: Caller; until: number }>()

  const signed: Sign = async (claims, { audience, issuer }) => {
    const now = Math.floor(state.now() / 1000)
    return await new SignJWT({ uti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, x5t: kid })
      .setAudience(audience)
      .setIssuer(issuer)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetimeS)
      .sign(privateKey)
  }
  /** An access token for Graph, whoever it speaks for. */
  const access = (form: URLSearchParams, tid: string, claims: Record<string, unknown>) =>
    signed(
      {
        app_displayname: 'Lockstep',
        appid: state.app.clientId,
        appidacr: form.has('client_assertion') ? '2' : '1',
        idp: `https://sts.windows.net/${tid}/`,
        tenant_region_scope: 'EU',
        tid,
        ver: '1.0',
        ...claims,
      },
      { audience, issuer: `https://sts.windows.net/${tid}/` },
    )
  const people = createAuthorize(state, { access, signed, lifetimeS })

  return {
    page: people.page,
    submit: people.submit,
    discovery: (origin, tenant) => discovery(state, origin, tenant),
    instanceDiscovery: (origin, endpoint) => instanceDiscovery(state, origin, endpoint),
    keys: (origin) => ({ status: 200, body: { keys: [{ ...jwk, issuer: `${origin}/${state.tenantId}/v2.0` }] } }),
    async issue(origin, tenant, form, basic) {
      const refused =
        refuseRequest(state, tenant, form, basic, graphOrigin()) ?? (await refuseCredential(state, origin, form, basic))
      if (refused !== null) return refused
      if (isForPeople(form)) return await people.redeem(origin, form)
      const { app } = state
      const token = await access(form, state.tenantId, {
        idtyp: 'app',
        oid: app.objectId,
        sub: app.objectId,
        // Absent when nothing was granted.
        ...(app.permissions.size > 0 && { roles: [...app.permissions] }),
        wids: [...app.roles],
      })
      const body = { token_type: 'Bearer', expires_in: lifetimeS, ext_expires_in: lifetimeS, access_token: token }
      return { status: 200, body }
    },
    async check(authorization) {
      const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
      if (token === undefined) return { ok: false, message: 'Access token is empty.' }
      const known = checked.get(token)
      if (known !== undefined && known.until > state.now()) return { ok: true, caller: known.caller }
      try {
        const options = {
          audience,
          issuer: `https://sts.windows.net/${state.tenantId}/`,
          currentDate: new Date(state.now()),
        }
        const { payload } = await jwtVerify(token, publicKey, options)
        const caller = callerOf(state, payload)
        checked.set(token, { caller, until: (payload.exp ?? 0) * 1000 })
        return { ok: true, caller }
      } catch (error) {
        return { ok: false, message: whyRefused(error) }
      }
    },
  }
}

function callerOf(state: State, payload: JWTPayload): Caller {
  const appId = String(payload['appid'])
  const { scp } = payload
  if (typeof scp !== 'string') {
    const permissions = Array.isArray(payload['roles']) ? payload['roles'].map(String) : []
    return { appId, permissions: new Set(permissions), userId: null, roles: state.app.roles }
  }
  const userId = String(payload['oid'])
  return {
    appId,
    permissions: new Set(scp.split(' ')),
    userId,
    get roles() {
      return rolesOf(state, userId)
    },
  }
}

/** The sentences of InvalidAuthenticationToken. */
function whyRefused(error: unknown): string {
  const { code, claim } = error as { code?: string; claim?: string }
  if (code === 'ERR_JWT_EXPIRED') return 'Lifetime validation failed, the token is expired.'
  if (claim === 'aud') return 'Access token validation failure. Invalid audience.'
  if (code === 'ERR_JWS_INVALID') return 'CompactToken parsing failed with error code: 80049217'
  return 'Access token validation failure.'
}

/** "OpenID Connect on the Microsoft identity platform", the configuration document. */
function discovery(state: State, origin: string, tenant: string): TokenAnswer {
  if (!isShared(tenant) && !isKnown(state, tenant)) return unknownTenant(tenant, 'invalid_tenant')
  const own = isShared(tenant) ? tenant.toLowerCase() : state.tenantId
  const body = {
    token_endpoint: `${origin}/${own}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${origin}/${own}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${origin}/${isShared(tenant) ? '{tenantid}' : own}/v2.0`,
    userinfo_endpoint: `${origin}/oidc/userinfo`,
    authorization_endpoint: `${origin}/${own}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${origin}/${own}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${origin}/${own}/oauth2/v2.0/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'ver'],
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: new URL(origin).host,
    rbac_url: 'https://pas.windows.net',
  }
  return { status: 200, body }
}

/** What MSAL asks of a host that it does not know. */
function instanceDiscovery(state: State, origin: string, endpoint: string | null): TokenAnswer {
  const host = new URL(origin).host
  if (endpoint !== null && URL.canParse(endpoint) && new URL(endpoint).host !== host)
    return failure(400, 'invalid_instance', 50049, 'Unknown or invalid instance.')
  const body = {
    tenant_discovery_endpoint: `${origin}/${state.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }
  return { status: 200, body }
}

/** All that can be wrong before the credential is looked at ("Microsoft Entra authentication and authorization error codes"). */
function refuseRequest(
  state: State,
  tenant: string,
  form: URLSearchParams,
  basic: string | null,
  graphOrigin: string,
): TokenAnswer | null {
  const missing = (name: string) =>
    failure(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`)
  if (isShared(tenant) && !isForPeople(form))
    return failure(
      400,
      'invalid_request',
      9001023,
      'The grant type is not supported over the /common or /consumers endpoints.',
    )
  if (!isShared(tenant) && !/^[0-9a-f-]{36}$/i.test(tenant) && !tenant.includes('.'))
    return failure(
      400,
      'invalid_request',
      900023,
      `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
    )
  if (!isShared(tenant) && !isKnown(state, tenant)) return unknownTenant(tenant, 'invalid_request')
  const grant = form.get('grant_type')
  if (grant === null) return missing('grant_type')
  const clientId = form.get('client_id') ?? basicOf(basic)?.id
  if (clientId === undefined) return missing('client_id')
  if (clientId.toLowerCase() !== state.app.clientId.toLowerCase())
    return failure(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${state.displayName}'.`,
    )
  if (!state.app.enabled) return failure(401, 'unauthorized_client', 7000112, `Application '${clientId}' is disabled.`)
  if (grant !== 'client_credentials' && !isForPeople(form))
    return failure(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)
  const scope = form.get('scope')
  if (scope === null) return missing('scope')
  if (isForPeople(form)) return refuseResource(state, resourceOf(scope), graphOrigin)
  if (!scope.endsWith('/.default'))
    return failure(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    )
  return refuseResource(state, scope.slice(0, -'/.default'.length), graphOrigin)
}

function refuseResource(state: State, resource: string, graphOrigin: string): TokenAnswer | null {
  if (resource === graphOrigin || resource === audience) return null
  return failure(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${state.displayName}.`,
  )
}

function basicOf(basic: string | null): { id: string; secret: string } | undefined {
  if (basic === null) return undefined
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret.join(':')) }
}

async function refuseCredential(
  state: State,
  origin: string,
  form: URLSearchParams,
  basic: string | null,
): Promise<TokenAnswer | null> {
  const refuse = (code: number, text: string) => failure(401, 'invalid_client', code, text)
  const assertion = form.get('client_assertion')
  if (assertion !== null) {
    const proven = form.get('client_assertion_type') === assertionType && (await isProven(state, origin, assertion))
    return proven
      ? null
      : refuse(
          700027,
          'The certificate used to sign the client assertion is not registered on the application, or the assertion is not valid.',
        )
  }
  const secret = form.get('client_secret') ?? basicOf(basic)?.secret
  if (secret === undefined)
    return refuse(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
  const known = state.app.secrets.find((each) => each.hash === hashOf(secret))
  if (known === undefined)
    return refuse(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${state.app.clientId}'.`,
    )
  if (known.endsAt <= state.now())
    return refuse(7000222, `The provided client secret keys for app '${state.app.clientId}' are expired.`)
  return null
}

/** "Application authentication certificate credentials": the thumbprint names the certificate, ten minutes at most. */
async function isProven(state: State, origin: string, assertion: string): Promise<boolean> {
  try {
    const header = decodeProtectedHeader(assertion) as { x5t?: string; 'x5t#S256'?: string }
    const certificate = state.app.certificates
      .map((pem) => new X509Certificate(pem))
      .find(({ raw }) => thumbprint(raw, 'sha256') === header['x5t#S256'] || thumbprint(raw, 'sha1') === header.x5t)
    if (certificate === undefined || Date.parse(certificate.validTo) < state.now()) return false
    const { exp = 0, jti } = decodeJwt(assertion)
    if (jti === undefined || exp * 1000 > state.now() + 11 * 60_000) return false
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['PS256', 'RS256'],
      issuer: state.app.clientId,
      subject: state.app.clientId,
      audience: [...state.domains.keys(), state.tenantId].map((tenant) => `${origin}/${tenant}/oauth2/v2.0/token`),
      currentDate: new Date(state.now()),
      // Entra allows five minutes of skew.
      clockTolerance: 300,
    })
    return true
  } catch {
    return false
  }
}

const thumbprint = (raw: Buffer, hash: 'sha1' | 'sha256') => createHash(hash).update(raw).digest('base64url')
