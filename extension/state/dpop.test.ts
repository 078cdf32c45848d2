import { describe, expect, it } from 'vitest'
import { newProofKey, proofFor, sha256, thumbprint } from './dpop.ts'

const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))

describe('the proof of possession', () => {
  it('names method, address without query, time and token, and is signed by the key that it carries', async () => {
    const key = await newProofKey()
    const proof = await proofFor(key, {
      method: 'GET',
      url: 'https://lockstep.contoso.example/api/v1/users?account=1#x',
      now: 1_700_000_000.9,
      proofId: 'one',
      accessToken: 'token',
    })
    const [header, claims, signature] = proof.split('.')
    expect(decode(header)).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk })
    expect(decode(claims)).toEqual({
      htm: 'GET',
      htu: 'https://lockstep.contoso.example/api/v1/users',
      iat: 1_700_000_000,
      jti: 'one',
      ath: await sha256('token'),
    })
    const publicKey = await crypto.subtle.importKey(
      'jwk',
      key.publicJwk,
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['verify'],
    )
    const signed = new TextEncoder().encode(`${header}.${claims}`)
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    expect(await crypto.subtle.verify(algorithm, publicKey, Buffer.from(signature ?? '', 'base64url'), signed)).toBe(
      true,
    )
  })

  it('the private key cannot be taken out, and the public one has no private part', async () => {
    const key = await newProofKey()
    await expect(crypto.subtle.exportKey('jwk', key.privateKey)).rejects.toThrow()
    expect(Object.keys(key.publicJwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })

  it('the thumbprint is that of RFC 7638', async () => {
    // The members in the order and form of RFC 7638, section 3.2, for a P-256 key.
    const jwk = { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }
    expect(await thumbprint(jwk)).toBe(await sha256('{"crv":"P-256","kty":"EC","x":"a","y":"b"}'))
  })
})
