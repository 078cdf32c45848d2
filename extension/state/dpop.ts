/** A key pair that never leaves the browser: tokens bound to it are worth nothing elsewhere (RFC 9449). */
export type ProofKey = { privateKey: CryptoKey; publicJwk: PublicJwk }
export type PublicJwk = { crv: string; kty: string; x: string; y: string }

export type ProofInput = {
  method: string
  url: string
  /** s since the epoch */
  now: number
  proofId: string
  accessToken?: string
  nonce?: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** A new ES256 key pair whose private half cannot be exported. */
export async function newProofKey(): Promise<ProofKey> {
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  if (!crv || !kty || !x || !y) throw new Error('The browser made a key without its coordinates.')
  return { privateKey: pair.privateKey, publicJwk: { crv, kty, x, y } }
}

/** The value of the DPoP header for one request. */
export async function proofFor(key: ProofKey, input: ProofInput): Promise<string> {
  const url = new URL(input.url)
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk }
  const claims = {
    htm: input.method,
    htu: url.origin + url.pathname,
    iat: Math.floor(input.now),
    jti: input.proofId,
    ...(input.accessToken !== undefined && { ath: await sha256(input.accessToken) }),
    ...(input.nonce !== undefined && { nonce: input.nonce }),
  }
  const signed = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(JSON.stringify(claims)))}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, utf8(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

/** The thumbprint of the key (RFC 7638), by which the gateway knows it. */
export const thumbprint = ({ crv, kty, x, y }: PublicJwk) => sha256(JSON.stringify({ crv, kty, x, y }))

/** SHA-256 of a text, base64url. */
export async function sha256(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

const utf8 = (text: string) => new TextEncoder().encode(text)
