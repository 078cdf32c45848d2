import { createHash, X509Certificate } from 'node:crypto'
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node'
import type { TenantFailure } from '../domain/failure.ts'
import type { Secret } from '../domain/secret.ts'
import { TenantError } from './failure.ts'

export type Credential =
  | { kind: 'secret'; secret: Secret }
  | { kind: 'certificate'; pem: string; privateKeyPem: Secret }

export type Tokens = {
  /** An access token for Graph; a fresh one when what we had was refused. Throws TenantError. */
  get(fresh?: boolean): Promise<string>
}

/** How long the sign-in service may take, in ms. */
const timeoutMs = 20_000

export function createTokens(options: {
  login: string
  graph: string
  tenantId: string
  clientId: string
  credential: Credential
}): Tokens {
  const { credential, login } = options
  const open = () =>
    new ConfidentialClientApplication({
      auth: {
        clientId: options.clientId,
        authority: `${login}/${options.tenantId}`,
        knownAuthorities: [new URL(login).host],
        ...(credential.kind === 'secret'
          ? { clientSecret: credential.secret.reveal() }
          : {
              clientCertificate: {
                thumbprintSha256: thumbprint(credential.pem),
                privateKey: credential.privateKeyPem.reveal(),
                x5c: credential.pem,
              },
            }),
      },
      system: { networkClient: network, loggerOptions: { piiLoggingEnabled: false } },
    })
  let application = open()
  return {
    async get(fresh = false) {
      // After one refusal MSAL answers from its memory of it for a minute; a new instance asks again.
      if (fresh) application = open()
      try {
        const result = await application.acquireTokenByClientCredential({
          scopes: [`${options.graph}/.default`],
          skipCache: fresh,
        })
        if (result === null) throw new Error('empty result')
        return result.accessToken
      } catch (error) {
        application = open()
        throw new TenantError(signInFailure(error))
      }
    },
  }
}

const thumbprint = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')

const network: INetworkModule = {
  sendGetRequestAsync: (url, options) => send('GET', url, options),
  sendPostRequestAsync: (url, options) => send('POST', url, options),
}

async function send<T>(method: string, url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
  const response = await fetch(url, {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: options?.headers ?? {},
    ...(options?.body !== undefined && { body: options.body }),
  })
  return { headers: Object.fromEntries(response.headers), body: (await response.json()) as T, status: response.status }
}

type Words = [detail: string, remedy: string]

/** "Microsoft Entra authentication and authorization error codes", read 2026-11-23. */
const words: Record<string, Words> = {
  '7000215': [
    'The client secret is wrong.',
    'Copy the value of the secret (not its id) from Certificates & secrets of the app registration.',
  ],
  '7000222': [
    'The client secret has expired.',
    'Make a new secret under Certificates & secrets of the app registration and enter it here.',
  ],
  '700027': [
    'The certificate is not known to the app registration, or has expired.',
    'Upload the certificate under Certificates & secrets of the app registration.',
  ],
  '700016': [
    'The application is not in this tenant.',
    'Check the application (client) id and the tenant id, and grant admin consent in that tenant.',
  ],
  '7000112': ['The application is disabled in this tenant.', 'Enable sign-in for the enterprise application in Entra.'],
  '90002': [
    'There is no tenant with this id.',
    'Copy the tenant id from the overview page of Entra, and check the cloud.',
  ],
  '900023': ['The tenant id is not valid.', 'Copy the tenant id from the overview page of Entra.'],
  '90038': ['The tenant lives in another national cloud.', 'Choose the cloud of the tenant.'],
  '500011': ['Microsoft Graph is not known at this cloud.', 'Choose the cloud of the tenant.'],
  '53003': [
    'A Conditional Access policy blocks the application.',
    'Exclude the enterprise application from the policy for workload identities.',
  ],
}
const aliases: Record<string, string> = { '70002': '7000215', '700011': '700016', '70001': '700016' }

function signInFailure(error: unknown): TenantFailure {
  const told = `${(error as { errorCode?: string }).errorCode ?? ''} ${(error as { errorMessage?: string }).errorMessage ?? String(error)}`
  const number = /AADSTS(\d+)/.exec(told)?.[1]
  const base = { requestId: null, retryAfterMs: null }
  if (number !== undefined) {
    const found = words[aliases[number] ?? number]
    const [detail, remedy] = found ?? [
      `The sign-in of the application was refused (AADSTS${number}).`,
      'Look the code up in the sign-in logs of the enterprise application.',
    ]
    if (/^(90006|90024|90033|90055|50196)$/.test(number))
      return { kind: 'unavailable', code: `AADSTS${number}`, detail, remedy, ...base }
    return { kind: 'signed_out', code: `AADSTS${number}`, detail, remedy, ...base }
  }
  if (/^(invalid_|unauthorized_)/.test((error as { errorCode?: string }).errorCode ?? '')) {
    return {
      kind: 'signed_out',
      code: (error as { errorCode: string }).errorCode,
      detail: 'The sign-in of the application was refused.',
      remedy: 'Check tenant id, application id and credential.',
      ...base,
    }
  }
  return {
    kind: 'unavailable',
    code: 'sign_in_unreachable',
    detail: `The sign-in service of Microsoft could not be reached${causeOf(error)}.`,
    remedy:
      'Check the network, proxy and certificates of this machine. A private certificate authority comes in by NODE_EXTRA_CA_CERTS.',
    ...base,
  }
}

function causeOf(error: unknown): string {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const code = (each as { code?: unknown }).code
    if (typeof code === 'string' && /^[A-Z_]+$/.test(code)) return ` (${code})`
  }
  return ''
}

/** What a token says about our own rights. Read for the preflight only: to us a token is opaque otherwise. */
export function rightsOf(token: string): { roles: string[]; directoryRoles: string[]; principalId: string | null } {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const claims = payload as { roles?: unknown; wids?: unknown; oid?: unknown }
    const list = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [])
    return {
      roles: list(claims.roles),
      directoryRoles: list(claims.wids),
      principalId: typeof claims.oid === 'string' ? claims.oid : null,
    }
  } catch {
    return { roles: [], directoryRoles: [], principalId: null }
  }
}
