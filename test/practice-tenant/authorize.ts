import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { signIn } from './sign-in.ts'
import { failure, isKnown, isShared, type TokenAnswer } from './sign-in-errors.ts'
import { type Form, formPage, type Page, refusalPage } from './sign-in-pages.ts'
import { hashOf, type Person, type State } from './state.ts'

export type Sign = (claims: Record<string, unknown>, to: { audience: string; issuer: string }) => Promise<string>

/** Sign-in of people for the app ("Microsoft identity platform and OAuth 2.0 authorization code flow", read 2026-11-23). */
export type Authorize = {
  page(tenant: string, query: URLSearchParams): Page
  /** What the form of the page sends. */
  submit(tenant: string, form: URLSearchParams): Page
  /** A code, or a refresh token, for tokens. The app has proved itself already. */
  redeem(origin: string, form: URLSearchParams): Promise<TokenAnswer>
}

const codeMs = 10 * 60_000
/** "Refresh tokens in the Microsoft identity platform", lifetime: 90 days without use. */
const idleMs = 90 * 86_400_000
const oidc = ['openid', 'profile', 'email', 'offline_access']

type Code = {
  userId: string
  tenantId: string
  redirectUri: string
  scope: string
  nonce: string | null
  challenge: string | null
  endsAt: number
  used: boolean
}
/** As the person was when it was given: a new password or revoked sessions end it. */
type Refresh = {
  userId: string
  tenantId: string
  passwordHash: string
  validFrom: unknown
  scope: string
  usedAt: number
}

export const isForPeople = (form: URLSearchParams) =>
  ['authorization_code', 'refresh_token'].includes(form.get('grant_type') ?? '')

/** The resource of the first scope that names one. */
export function resourceOf(scope: string): string {
  const named = scope.split(' ').find((each) => !oidc.includes(each)) ?? ''
  return named.includes('://') ? named.slice(0, named.lastIndexOf('/')) : 'https://graph.microsoft.com'
}

export const rolesOf = (state: State, userId: string): ReadonlySet<string> =>
  new Set(
    state.roleAssignments
      .filter(({ principalId }) => principalId === userId)
      .map(({ roleDefinitionId }) => roleDefinitionId),
  )

export function createAuthorize(
  state: State,
  tokens: {
    access(form: URLSearchParams, tid: string, claims: Record<string, unknown>): Promise<string>
    signed: Sign
    lifetimeS: number
  },
): Authorize {
  const codes = new Map<string, Code>()
  const refreshes = new Map<string, Refresh>()

  const comeBack = (asked: URLSearchParams, answer: Record<string, string>): Page => {
    const to = new URL(asked.get('redirect_uri') ?? '')
    const given = asked.get('state')
    for (const [name, value] of Object.entries({ ...answer, ...(given !== null && { state: given }) }))
      to.searchParams.set(name, value)
    return { status: 302, headers: { location: to.href }, body: '' }
  }
  const giveCode = (asked: URLSearchParams, person: Person, tenantId: string): Page => {
    const code = `0.${randomBytes(40).toString('base64url')}`
    codes.set(code, {
      userId: person.id,
      tenantId,
      redirectUri: asked.get('redirect_uri') ?? '',
      scope: asked.get('scope') ?? '',
      nonce: asked.get('nonce'),
      challenge: asked.get('code_challenge'),
      endsAt: state.now() + codeMs,
      used: false,
    })
    return comeBack(asked, { code, session_state: randomUUID() })
  }
  /** Wrong before anybody signs in: told on a page while nobody knows whether the address to return to is the app's. */
  const refuse = (tenant: string, asked: URLSearchParams): Page | null => {
    const wrong = wrongAddress(state, tenant, asked)
    if (wrong !== null) return refusalPage(...wrong)
    const error = wrongRequest(asked)
    return error === null ? null : comeBack(asked, { error: error[0], error_description: error[1] })
  }

  const answer = async (origin: string, form: URLSearchParams, person: Person, given: Code | Refresh) => {
    const resource = resourceOf(form.get('scope') ?? given.scope)
    const plain = [...state.app.delegated]
    const granted = [...plain.map((each) => `${resource}/${each}`), `${resource}/.default`]
    const name = String(person.properties['userPrincipalName'])
    const { tenantId: tid } = given
    const about = { name: person.properties['displayName'], oid: person.id, sub: subjectOf(person.id) }
    const scopes = (form.get('scope') ?? given.scope).split(' ')
    const idClaims = {
      ...about,
      tid,
      preferred_username: name,
      ver: '2.0',
      ...('nonce' in given && given.nonce !== null && { nonce: given.nonce }),
    }
    const body = {
      token_type: 'Bearer',
      scope: [...oidc.slice(0, 3), ...granted].join(' '),
      expires_in: tokens.lifetimeS,
      ext_expires_in: tokens.lifetimeS,
      access_token: await tokens.access(form, tid, {
        ...about,
        idtyp: 'user',
        scp: plain.join(' '),
        unique_name: name,
        upn: name,
        amr: ['pwd'],
        wids: [...rolesOf(state, person.id)],
      }),
      ...(scopes.includes('offline_access') && { refresh_token: giveRefresh(person, given) }),
      ...(scopes.includes('openid') && {
        id_token: await tokens.signed(idClaims, {
          audience: state.app.clientId,
          issuer: `${origin}/${tid}/v2.0`,
        }),
      }),
      ...(form.get('client_info') === '1' && { client_info: clientInfo(tid, person) }),
    }
    return { status: 200, body }
  }
  const giveRefresh = (person: Person, { tenantId, scope }: Code | Refresh): string => {
    const token = `1.${randomBytes(60).toString('base64url')}`
    const { passwordHash, properties } = person
    const validFrom = properties['signInSessionsValidFromDateTime']
    refreshes.set(token, { userId: person.id, tenantId, passwordHash, validFrom, scope, usedAt: state.now() })
    return token
  }

  return {
    page(tenant, query) {
      const refused = refuse(tenant, query)
      if (refused !== null) return refused
      const { userId = '', tenantId = '' } = state.signedIn ?? {}
      const person = state.people.get(userId)
      const here = person?.deletedAt === null && person.properties['accountEnabled'] === true
      if (here) return giveCode(query, person, tenantId)
      if (query.get('prompt') === 'none')
        return comeBack(query, {
          error: 'login_required',
          error_description: 'AADSTS50058: A silent sign-in request was sent but no user is signed in.',
        })
      return formPage(formOf(query))
    },
    submit(tenant, form) {
      const refused = refuse(tenant, form)
      if (refused !== null) return refused
      if (form.get('cancel') !== null)
        return comeBack(form, {
          error: 'access_denied',
          error_description: 'AADSTS65004: User declined to consent to access the app.',
        })
      const name = form.get('login') ?? ''
      const { ok, reason } = signIn(state, name, form.get('passwd') ?? '')
      const person = state.people.get(state.byName.get(name.toLowerCase()) ?? '')
      return ok && person !== undefined ? giveCode(form, person, state.tenantId) : formPage(formOf(form), reason)
    },
    async redeem(origin, form) {
      if (form.get('grant_type') === 'authorization_code') {
        const code = codes.get(form.get('code') ?? '')
        const refused = refuseCode(state, code, form)
        if (code === undefined || refused !== null) return refused ?? notValid
        code.used = true
        const person = state.people.get(code.userId)
        return refusePerson(person) ?? (await answer(origin, form, person as Person, code))
      }
      const token = refreshes.get(form.get('refresh_token') ?? '')
      const person = state.people.get(token?.userId ?? '')
      const refused = refuseRefresh(state, token, person)
      if (token === undefined || person === undefined || refused !== null) return refused ?? notValid
      token.usedAt = state.now()
      // The one that was used stays good: a lost answer costs nobody his session.
      return await answer(origin, form, person, token)
    },
  }
}

const formOf = (asked: URLSearchParams): Form => [...asked].filter(([name]) => name !== 'login' && name !== 'passwd')

/** Pairwise: another one for each app. */
const subjectOf = (userId: string) => hashOf(`subject ${userId}`).slice(0, 43)

const clientInfo = (tid: string, person: Person) =>
  Buffer.from(JSON.stringify({ uid: person.id, utid: tid })).toString('base64url')

function wrongAddress(state: State, tenant: string, asked: URLSearchParams): [code: number, text: string] | null {
  if (!isShared(tenant) && !isKnown(state, tenant))
    return [90002, `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`]
  const clientId = asked.get('client_id') ?? ''
  if (clientId.toLowerCase() !== state.app.clientId.toLowerCase())
    return [700016, `Application with identifier '${clientId}' was not found in the directory '${state.displayName}'.`]
  const redirectUri = asked.get('redirect_uri') ?? ''
  if (!state.app.redirectUris.has(redirectUri))
    return [
      50011,
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
    ]
  return null
}

function wrongRequest(asked: URLSearchParams): [error: string, text: string] | null {
  const missing = ['response_type', 'scope'].find((name) => (asked.get(name) ?? '') === '')
  if (missing !== undefined)
    return ['invalid_request', `AADSTS900144: The request body must contain the following parameter: '${missing}'.`]
  if (asked.get('response_type') !== 'code')
    return ['unsupported_response_type', 'AADSTS700054: response_type is not enabled for the application.']
  const method = asked.get('code_challenge_method')
  if (asked.has('code_challenge') && method !== 'S256')
    return ['invalid_request', `AADSTS501491: The code challenge method '${method ?? 'plain'}' is not taken here.`]
  return null
}

const refuse = (code: number, text: string, error = 'invalid_grant', status = 400) => failure(status, error, code, text)
const notValid = refuse(70000, 'The provided value for the code or the refresh token is not valid.')

function refuseCode(state: State, code: Code | undefined, form: URLSearchParams): TokenAnswer | null {
  const missing = ['code', 'redirect_uri'].find((name) => !form.has(name))
  if (missing !== undefined)
    return refuse(900144, `The request body must contain the following parameter: '${missing}'.`, 'invalid_request')
  if (code === undefined) return notValid
  if (code.used)
    return refuse(
      54005,
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    )
  if (code.endsAt <= state.now()) return refuse(70008, 'The provided authorization code has expired.')
  if (code.redirectUri !== form.get('redirect_uri'))
    return refuse(
      500112,
      'The reply address does not match the one provided when requesting the code.',
      'invalid_client',
    )
  const verifier = form.get('code_verifier')
  if (
    code.challenge !== null &&
    createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url') !== code.challenge
  )
    return refuse(
      verifier === null ? 50148 : 501481,
      'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
    )
  return null
}

function refusePerson(person: Person | undefined): TokenAnswer | null {
  if (person === undefined || person.deletedAt !== null)
    return refuse(50034, 'The user account does not exist in the directory.')
  if (person.properties['accountEnabled'] !== true) return refuse(50057, 'The user account is disabled.')
  return null
}

/** "Revoke user access in Microsoft Entra ID" and "Refresh tokens in the Microsoft identity platform", read 2026-11-23. */
function refuseRefresh(state: State, token: Refresh | undefined, person: Person | undefined): TokenAnswer | null {
  if (token === undefined) return notValid
  const refused = refusePerson(person)
  if (refused !== null) return refused
  const revoked = person?.properties['signInSessionsValidFromDateTime'] !== token.validFrom
  if (revoked || person?.passwordHash !== token.passwordHash)
    return refuse(50173, 'The provided grant has expired due to it being revoked, a fresh auth token is needed.')
  if (token.usedAt + idleMs <= state.now()) return refuse(700082, 'The refresh token has expired due to inactivity.')
  return null
}
