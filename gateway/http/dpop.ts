import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import { z } from 'zod'

/** s: how far the clock of the caller may be off; also how long a proof's id is remembered. */
export const proofWindowSeconds = 300
const rememberedProofsMax = 100_000

const Header = z.object({
  typ: z.literal('dpop+jwt'),
  alg: z.literal('ES256'),
  jwk: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    d: z.never().optional(),
  }),
})
const Payload = z.object({
  htm: z.string(),
  htu: z.string(),
  ath: z.string(),
  iat: z.number(),
  jti: z.string().min(1).max(256),
})

/** Checks a proof of possession (RFC 9449, section 4.3) for a request that brings an access token. */
export function proofIsGood(
  proof: string,
  request: {
    method: string /** Without query. */
    url: string
    accessToken: string /** s */
    now: number
    jkt: string
  },
  seenBefore: (jti: string, nowSeconds: number) => boolean,
): boolean {
  const parts = proof.split('.')
  const [header64, payload64, signature64] = parts
  if (parts.length !== 3 || !header64 || !payload64 || !signature64 || proof.length > 4096) return false
  const header = Header.safeParse(decode(header64))
  const payload = Payload.safeParse(decode(payload64))
  if (!header.success || !payload.success) return false
  const { jwk } = header.data
  const { htm, htu, ath, iat, jti } = payload.data
  if (!same(thumbprint(jwk), request.jkt)) return false
  if (htm !== request.method || withoutQuery(htu) !== withoutQuery(request.url)) return false
  if (!same(ath, hash(request.accessToken))) return false
  if (Math.abs(request.now - iat) > proofWindowSeconds) return false
  if (!isSigned(`${header64}.${payload64}`, signature64, jwk)) return false
  return !seenBefore(`${request.jkt} ${jti}`, request.now)
}

type Jwk = z.infer<typeof Header>['jwk']

/** RFC 7638. */
function thumbprint({ crv, kty, x, y }: Jwk): string {
  return hash(JSON.stringify({ crv, kty, x, y }))
}

function isSigned(data: string, signature: string, { kty, crv, x, y }: Jwk): boolean {
  try {
    const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
    return verify('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  } catch {
    // A point that is not on the curve.
    return false
  }
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function withoutQuery(url: string): string | null {
  try {
    const { origin, pathname } = new URL(url)
    return origin + pathname
  } catch {
    return null
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Remembers proofs for as long as they could be used again; when there are too many, all of the moment are refused. */
export function proofMemory(): (jti: string, nowSeconds: number) => boolean {
  const seen = new Map<string, number>()
  return (jti, now) => {
    for (const [old, until] of seen) {
      if (until > now) break
      seen.delete(old)
    }
    if (seen.has(jti) || seen.size >= rememberedProofsMax) return true
    seen.set(jti, now + 2 * proofWindowSeconds)
    return false
  }
}
