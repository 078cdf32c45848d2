import { X509Certificate } from 'node:crypto'
import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import { daysLeft, endSentence, renewRemedy, warnedDays } from '../domain/credential-expiry.ts'
import type { DelegatedCredential } from './delegated.ts'
import { attempt, check, grantRemedy } from './preflight-check.ts'
import { parsed, type Reader } from './reader.ts'
import type { Credential } from './token.ts'

const end = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const PasswordCredential = z.looseObject({ hint: z.string().nullish(), endDateTime: end })
const KeyCredential = z.looseObject({ customKeyIdentifier: z.string().nullish(), endDateTime: end })
const Application = z.looseObject({
  passwordCredentials: z.array(PasswordCredential).nullish(),
  keyCredentials: z.array(KeyCredential).nullish(),
})

/**
 * When our own secret or certificate ends ("Get application", read 2026-11-23): as its registration says where we may read
 * it, else as the certificate itself says. Null: nobody tells.
 */
export async function readCredentialEnd(
  reader: Reader,
  { clientId, credential, now }: { clientId: string; credential: Credential | DelegatedCredential; now: () => number },
): Promise<number | null> {
  // The sign-in of an administrator has no day on which it ends.
  if (credential.kind === 'delegated') return null
  const url = `/applications(appId='${clientId}')?$select=id,passwordCredentials,keyCredentials`
  const read = await attempt(async () => parsed(Application, await reader.read(url, 2), url))
  // Refused, or registered in another tenant.
  const application = read.value
  return credential.kind === 'secret'
    ? endOfSecret(application?.passwordCredentials ?? [], credential.secret.reveal(), now())
    : endOfCertificate(application?.keyCredentials ?? [], credential.pem)
}

/** A secret is told by its first three characters; of several that fit, one that has ended cannot be ours, since ours signs in. */
function endOfSecret(
  listed: readonly z.infer<typeof PasswordCredential>[],
  secret: string,
  now: number,
): number | null {
  const fits = listed.filter(({ hint }) => hint === secret.slice(0, 3))
  const candidates = fits.length > 0 ? fits : listed.filter(({ hint }) => hint == null)
  const ends = candidates.map(({ endDateTime }) => endDateTime).sort((a, b) => a - b)
  return ends.find((each) => each > now) ?? ends.at(-1) ?? null
}

function endOfCertificate(listed: readonly z.infer<typeof KeyCredential>[], pem: string): number {
  const certificate = new X509Certificate(pem)
  const thumbprint = certificate.fingerprint.replaceAll(':', '')
  const forms = [thumbprint, Buffer.from(thumbprint, 'hex').toString('base64')]
  const told = listed.filter(({ customKeyIdentifier: id }) => id != null && forms.includes(id))
  return Math.min(Date.parse(certificate.validTo), ...told.map(({ endDateTime }) => endDateTime))
}

export function credentialChecks(
  kind: (Credential | DelegatedCredential)['kind'],
  endsAt: number | null,
  now: number,
): PreflightCheck[] {
  if (kind === 'delegated') return []
  const what = kind === 'secret' ? 'client secret' : 'certificate'
  if (endsAt === null) {
    const remedy = `${grantRemedy('Application.Read.All')} Or use a certificate, which tells it itself.`
    return [check('credential_expiry', 'warning', false, `Nobody tells when the ${what} ends.`, remedy)]
  }
  const far = daysLeft(endsAt, now) > warnedDays[0]
  return [check('credential_expiry', 'warning', far, endSentence(what, endsAt, now), renewRemedy)]
}
