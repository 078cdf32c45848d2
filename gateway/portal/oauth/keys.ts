import { createECDH, createHash } from 'node:crypto'
import type { JWK } from 'oidc-provider'

export type OauthKeys = { signing: JWK; cookies: string[] }

/** Derives the provider's keys from two 32-byte secrets of this instance, so that nothing has to be stored. */
export function oauthKeys(signingSeed: Uint8Array, cookieKey: Uint8Array): OauthKeys {
  return { signing: p256Key(signingSeed), cookies: [Buffer.from(cookieKey).toString('base64url')] }
}

function p256Key(seed: Uint8Array): JWK {
  const ecdh = createECDH('prime256v1')
  // One seed in 2^32 is no valid scalar of the curve; then its hash is taken.
  try {
    ecdh.setPrivateKey(seed)
  } catch {
    return p256Key(createHash('sha256').update(seed).digest())
  }
  const point = ecdh.getPublicKey()
  return {
    kty: 'EC',
    crv: 'P-256',
    use: 'sig',
    alg: 'ES256',
    kid: createHash('sha256').update(point).digest('base64url').slice(0, 16),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
    d: Buffer.from(seed).toString('base64url'),
  }
}
