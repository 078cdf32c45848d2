import { X509Certificate } from 'node:crypto'
import { type Answer, type Call, context, ok } from './call.ts'
import { notFound } from './errors.ts'
import { filterOf, page } from './lists.ts'
import { guidFrom } from './random.ts'
import { demandRead } from './rights.ts'
import { hashOf, type Properties, type State } from './state.ts'

/** A year: what the page of an app registration gives unless asked otherwise. */
const usualMs = 365 * 86_400_000

export function addSecret(state: State, secret: string, endsAt = state.now() + usualMs): void {
  // "passwordCredential resource type", read 2026-11-23: the first three characters, to tell secrets apart.
  state.app.secrets.push({ hash: hashOf(secret), endsAt, hint: secret.slice(0, 3) })
}

/** "application resource type" and "keyCredential resource type", read 2026-11-23. A secret is never told. */
const application = ({ app }: State): Properties => ({
  id: guidFrom(`application ${app.clientId}`),
  appId: app.clientId,
  displayName: 'Lockstep',
  signInAudience: 'AzureADMyOrg',
  passwordCredentials: app.secrets.map(({ hash, endsAt, hint }) => ({
    keyId: guidFrom(hash),
    displayName: 'Lockstep',
    hint,
    secretText: null,
    customKeyIdentifier: null,
    startDateTime: new Date(endsAt - usualMs).toISOString(),
    endDateTime: new Date(endsAt).toISOString(),
  })),
  keyCredentials: app.certificates.map((pem) => keyCredential(new X509Certificate(pem))),
})

const keyCredential = (certificate: X509Certificate): Properties => ({
  keyId: guidFrom(certificate.fingerprint256),
  type: 'AsymmetricX509Cert',
  usage: 'Verify',
  displayName: certificate.subject,
  customKeyIdentifier: Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64'),
  startDateTime: new Date(certificate.validFrom).toISOString(),
  endDateTime: new Date(certificate.validTo).toISOString(),
  key: null,
})

/** "List applications", read 2026-11-23. */
export function listApplications(state: State, call: Call): Answer {
  demandRead(call, 'Application.Read.All')
  const filter = filterOf(call, 'other')
  const rows = [application(state)].filter((row) => filter === null || filter.test(row))
  return ok(page(state, call, 'applications', rows, (row) => row))
}

/** "Get application", read 2026-11-23: by object id, or by `(appId='…')`. */
export function getApplication(state: State, call: Call, [id = '']: string[]): Answer {
  demandRead(call, 'Application.Read.All')
  const own = application(state)
  if (id.toLowerCase() !== own['id']) throw notFound(id)
  return ok({ '@odata.context': context(call, 'applications/$entity'), ...own })
}

export function getApplicationByAppId(state: State, call: Call, [appId = '']: string[]): Answer {
  demandRead(call, 'Application.Read.All')
  if (appId.toLowerCase() !== state.app.clientId.toLowerCase()) throw notFound(appId)
  return ok({ '@odata.context': context(call, 'applications/$entity'), ...application(state) })
}
