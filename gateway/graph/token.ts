import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node'
import { z } from 'zod'
import type { TenantFailure } from '../domain/failure.ts'
import type { Secret } from '../domain/secret.ts'
import { TenantError } from './failure.ts'

export type Credential =
  | { kind: 'secret'; secret: Secret }
  | { kind: 'certificate'; pem: string; privateKeyPem: Secret }

export type Tokens = {
  /** An access token for Graph. Throws TenantError. */
  get(): Promise<string>
  /** A fresh one, since `refused` was not accepted; null asks for one whatever we have. Those who come together share it. */
  renew(refused: string | null): Promise<string>
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
  const login = new URL(options.login).origin
  const open = () =>
    new ConfidentialClientApplication({
      auth: {
        clientId: options.clientId,
        authority: `${login}/${options.tenantId}`,
        knownAuthorities: [new URL(login).host],
        ...msalCredential(options.credential),
      },
      system: { networkClient: network, loggerOptions: { piiLoggingEnabled: false } },
    })
  let application: ConfidentialClientApplication | null = null
  return shareTokens(async (fresh) => {
    try {
      // After one refusal MSAL answers from its memory of it for a minute; a new instance asks again.
      if (application === null || fresh) application = open()
      const result = await application.acquireTokenByClientCredential({
        scopes: [`${new URL(options.graph).origin}/.default`],
        skipCache: fresh,
      })
      if (result === null) throw new Error('empty result')
      return result.accessToken
    } catch (error) {
      application = null
      throw error instanceof TenantError ? error : new TenantError(signInFailure(error))
    }
  })
}

/** Those who ask at the same time share one question. */
export function shareTokens(acquire: (fresh: boolean) => Promise<string>): Tokens {
  let current: string | null = null
  const underWay = new Map<boolean, Promise<string>>()
  const take = async (fresh: boolean): Promise<string> => {
    current = await acquire(fresh)
    return current
  }
  const share = (fresh: boolean): Promise<string> => {
    const shared = underWay.get(fresh) ?? take(fresh).finally(() => underWay.delete(fresh))
    underWay.set(fresh, shared)
    return shared
  }
  return {
    get: () => share(false),
    async renew(refused) {
      // Somebody else renewed it meanwhile.
      if (refused !== null && current !== null && current !== refused) return current
      return await share(true)
    },
  }
}

function msalCredential(credential: Credential) {
  if (credential.kind === 'secret') return { clientSecret: credential.secret.reveal() }
  const privateKey = credential.privateKeyPem.reveal()
  try {
    const certificate = new X509Certificate(credential.pem)
    if (!certificate.checkPrivateKey(createPrivateKey(privateKey))) throw new TenantError(wrongKey)
    return { clientCertificate: { thumbprintSha256: thumbprint(certificate), privateKey, x5c: credential.pem } }
  } catch (error) {
    // What the parser says may quote the key.
    throw error instanceof TenantError ? error : new TenantError(unreadableCertificate)
  }
}

const wrongKey = signedOut(
  'certificate_key_mismatch',
  'The private key does not belong to the certificate.',
  'Enter the certificate and the private key that were made together.',
)
const unreadableCertificate = signedOut(
  'certificate_unreadable',
  'The certificate or its private key cannot be read.',
  'Enter both in PEM form, the private key without a passphrase.',
)

function signedOut(code: string, detail: string, remedy: string): TenantFailure {
  return { kind: 'signed_out', code, detail, remedy, requestId: null, retryAfterMs: null }
}

const thumbprint = (certificate: X509Certificate) => createHash('sha256').update(certificate.raw).digest('hex')

/** How MSAL reaches the sign-in service. */
export const network: INetworkModule = {
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
  '70011': ['The cloud does not accept the scope of Microsoft Graph.', 'Choose the cloud of the tenant.'],
  '700025': [
    'The app registration is one for public clients.',
    'Switch off "Allow public client flows", or register another application.',
  ],
  '650056': [
    'The application is misconfigured: it lacks permissions for Microsoft Graph or consent.',
    'Add the application permissions in the app registration and grant admin consent.',
  ],
  '53003': [
    'A Conditional Access policy blocks the application.',
    'Exclude the enterprise application from the policy for workload identities.',
  ],
}
const aliases: Record<string, string> = {
  '70002': '7000215',
  '700011': '700016',
  '70001': '700016',
  '1002012': '70011',
  '650052': '650056',
  '65001': '650056',
  '530035': '53003',
}
/** Codes that say "later". */
const busy = new Set(['90006', '90024', '90033', '90055', '50196'])

/** Why no token came, from what MSAL threw. */
export function signInFailure(error: unknown): TenantFailure {
  const { errorCode = '', errorMessage = '' } = error as { errorCode?: string; errorMessage?: string }
  const number = /AADSTS(\d+)/.exec(`${errorCode} ${errorMessage} ${String(error)}`)?.[1]
  if (number !== undefined) {
    const [detail, remedy] = words[aliases[number] ?? number] ?? [
      `The sign-in of the application was refused (AADSTS${number}).`,
      'Look the code up in the sign-in logs of the enterprise application.',
    ]
    if (!busy.has(number)) return signedOut(`AADSTS${number}`, detail, remedy)
    return {
      ...signedOut(`AADSTS${number}`, 'The sign-in service of Microsoft is busy.', 'Lockstep tries again by itself.'),
      kind: 'unavailable',
    }
  }
  if (/^(invalid_|unauthorized_)/.test(errorCode)) {
    return signedOut(
      errorCode,
      'The sign-in of the application was refused.',
      'Check tenant id, application id and credential.',
    )
  }
  return {
    ...signedOut(
      'sign_in_unreachable',
      `The sign-in service of Microsoft could not be reached${causeOf(error)}.`,
      'Check the network, proxy and certificates of this machine. A private certificate authority comes in by NODE_EXTRA_CA_CERTS.',
    ),
    kind: 'unavailable',
  }
}

function causeOf(error: unknown): string {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const code = (each as { code?: unknown }).code
    if (typeof code === 'string' && /^[A-Z_]+$/.test(code)) return ` (${code})`
  }
  return ''
}

/** What a token says about our own rights; null where it does not say. `delegated`: they are those of an administrator. */
export type Rights = {
  roles: string[] | null
  directoryRoles: string[] | null
  principalId: string | null
  delegated?: true
}

const Claims = z.looseObject({
  roles: z.array(z.string()).optional(),
  scp: z.string().optional(),
  wids: z.array(z.string()).optional(),
  oid: z.guid().optional(),
})

/** Read for the preflight only: to us a token is opaque otherwise, and one that cannot be read says nothing. */
export function rightsOf(token: string): Rights {
  const claims = Claims.safeParse(payloadOf(token))
  if (!claims.success) return { roles: null, directoryRoles: null, principalId: null }
  // A token without any application permission has no `roles` at all.
  const { roles = [], scp, wids, oid } = claims.data
  const whose = { directoryRoles: wids ?? null, principalId: oid ?? null }
  return scp === undefined ? { roles, ...whose } : { roles: scp.split(' '), ...whose, delegated: true }
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
