import { createPublicKey, randomUUID, X509Certificate } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose'
import { hashOf, type State } from './state.ts'

export type TokenAnswer = { status: number; body: unknown }

/** The sign-in service for applications: discovery, keys, tokens ("OAuth 2.0 client credentials flow"). */
export type TokenService = {
  discovery(origin: string): unknown
  keys(): unknown
  issue(origin: string, tenant: string, form: URLSearchParams, basic: string | null): Promise<TokenAnswer>
  /** What a token allows, or why not. */
  check(authorization: string | null): Promise<{ ok: true } | { ok: false; message: string }>
}

const audience = 'https://graph.microsoft.com'

export async function createTokenService(state: State, graphOrigin: () => string): Promise<TokenService> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, use: 'sig' }

  const failure = (status: number, error: string, code: number, text: string): TokenAnswer => {
    const timestamp = new Date(state.now())
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z/, 'Z')
    const [trace, correlation] = [randomUUID(), randomUUID()]
    return {
      status,
      body: {
        error,
        error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
        error_codes: [code],
        timestamp,
        trace_id: trace,
        correlation_id: correlation,
        error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      },
    }
  }

  const refuseCredential = async (
    origin: string,
    form: URLSearchParams,
    secret: string | null,
  ): Promise<TokenAnswer | null> => {
    const assertion = form.get('client_assertion')
    if (assertion !== null)
      return (await provenByCertificate(state, origin, assertion))
        ? null
        : failure(
            401,
            'invalid_client',
            700027,
            'The certificate with identifier used to sign the client assertion is not registered on application.',
          )
    if (secret === null)
      return failure(
        401,
        'invalid_client',
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      )
    const known = state.app.secrets.find((each) => each.hash === hashOf(secret))
    if (known === undefined)
      return failure(
        401,
        'invalid_client',
        7000215,
        `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${state.app.clientId}'.`,
      )
    if (known.endsAt <= state.now())
      return failure(401, 'invalid_client', 7000222, 'The provided client secret keys are expired.')
    return null
  }

  return {
    discovery: (origin) => ({
      token_endpoint: `${origin}/${state.tenantId}/oauth2/v2.0/token`,
      authorization_endpoint: `${origin}/${state.tenantId}/oauth2/v2.0/authorize`,
      issuer: `${origin}/${state.tenantId}/v2.0`,
      jwks_uri: `${origin}/${state.tenantId}/discovery/v2.0/keys`,
      end_session_endpoint: `${origin}/${state.tenantId}/oauth2/v2.0/logout`,
      device_authorization_endpoint: `${origin}/${state.tenantId}/oauth2/v2.0/devicecode`,
      userinfo_endpoint: `${graphOrigin()}/oidc/userinfo`,
      response_types_supported: ['code', 'id_token'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
    }),
    keys: () => ({ keys: [jwk] }),
    async issue(origin, tenant, form, basic) {
      const [basicId, basicSecret] =
        basic === null ? [null, null] : (Buffer.from(basic, 'base64').toString('utf8').split(':') as [string, string])
      const known = [state.tenantId, ...state.domains.keys()].includes(tenant.toLowerCase())
      if (!known)
        return failure(
          400,
          'invalid_request',
          90002,
          `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
        )
      const clientId = form.get('client_id') ?? basicId
      if (clientId === null)
        return failure(
          400,
          'invalid_request',
          900144,
          "The request body must contain the following parameter: 'client_id'.",
        )
      if (clientId.toLowerCase() !== state.app.clientId)
        return failure(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${clientId}' was not found in the directory '${state.displayName}'.`,
        )
      if (!state.app.enabled) return failure(401, 'unauthorized_client', 7000112, 'Application is disabled.')
      if (form.get('grant_type') !== 'client_credentials')
        return failure(400, 'unsupported_grant_type', 70003, 'The grant type is not supported.')
      const refused = await refuseCredential(origin, form, form.get('client_secret') ?? basicSecret)
      if (refused !== null) return refused
      const scope = form.get('scope') ?? ''
      if (!scope.endsWith('/.default'))
        return failure(
          400,
          'invalid_scope',
          1002012,
          `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
        )
      const resource = scope.slice(0, -'/.default'.length)
      if (resource !== graphOrigin() && resource !== audience)
        return failure(
          400,
          'invalid_resource',
          500011,
          `The resource principal named ${resource} was not found in the tenant.`,
        )
      const lifetime = 3_599
      const now = Math.floor(state.now() / 1000)
      const token = await new SignJWT({
        appid: state.app.clientId,
        app_displayname: 'Lockstep',
        appidacr: form.has('client_assertion') ? '2' : '1',
        idtyp: 'app',
        oid: state.app.objectId,
        ...(state.app.permissions.size > 0 && { roles: [...state.app.permissions] }),
        wids: [...state.app.roles],
        tid: state.tenantId,
        uti: randomUUID(),
        ver: '1.0',
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .setAudience(audience)
        .setIssuer(`https://sts.windows.net/${state.tenantId}/`)
        .setSubject(state.app.objectId)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetime)
        .sign(privateKey)
      return {
        status: 200,
        body: { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: token },
      }
    },
    async check(authorization) {
      if (authorization === null || !/^Bearer .+/i.test(authorization))
        return { ok: false, message: 'Access token is empty.' }
      const token = authorization.slice(7)
      const cached = checked.get(token)
      if (cached !== undefined && cached > state.now()) return { ok: true }
      try {
        const { payload } = await jwtVerify(token, publicKey, { audience, currentDate: new Date(state.now()) })
        checked.set(token, (payload.exp ?? 0) * 1000)
        return { ok: true }
      } catch {
        return { ok: false, message: 'Lifetime validation failed, the token is expired.' }
      }
    },
  }
}

const checked = new Map<string, number>()

async function provenByCertificate(state: State, origin: string, assertion: string): Promise<boolean> {
  for (const pem of state.app.certificates) {
    try {
      await jwtVerify(
        assertion,
        createPublicKey(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' })),
        {
          algorithms: ['PS256', 'RS256'],
          issuer: state.app.clientId,
          subject: state.app.clientId,
          audience: `${origin}/${state.tenantId}/oauth2/v2.0/token`,
          currentDate: new Date(state.now()),
          // Entra allows five minutes of skew.
          clockTolerance: 300,
        },
      )
      return true
    } catch {
      // Not this one.
    }
  }
  return false
}
