import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { proofIsGood, proofMemory, proofWindowSeconds } from './dpop.ts'

const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const url = 'https://lockstep.contoso.example/api/v1/me'
const now = 1_800_000_000
const hash = (text: string) => createHash('sha256').update(text).digest('base64url')
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function jwkOf(key: KeyObject) {
  const { kty, crv, x, y } = key.export({ format: 'jwk' })
  return { kty, crv, x, y }
}

function thumbprint(key: KeyObject): string {
  const { kty, crv, x, y } = jwkOf(key)
  return hash(JSON.stringify({ crv, kty, x, y }))
}

function proof(claims: object = {}, header: object = {}, key: KeyObject = ours.privateKey): string {
  const payload = { htm: 'GET', htu: url, ath: hash('token'), iat: now, jti: 'p1', ...claims }
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: jwkOf(ours.publicKey), ...header }
  const data = `${encode(head)}.${encode(payload)}`
  return `${data}.${sign('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

const good = (text: string, seen = proofMemory()) =>
  proofIsGood(text, { method: 'GET', url, accessToken: 'token', now, jkt: thumbprint(ours.publicKey) }, seen)

test('a proof passes once', () => {
  const memory = proofMemory()
  expect(good(proof(), memory)).toBe(true)
  expect(good(proof(), memory)).toBe(false)
  expect(good(proof({ jti: 'p2', htu: `${url}?limit=5` }), memory)).toBe(true)
})

test.each([
  ['another method', proof({ htm: 'POST' })],
  ['another address', proof({ htu: `${url}/password` })],
  ['another token', proof({ ath: hash('other') })],
  ['an old one', proof({ iat: now - proofWindowSeconds - 1 })],
  ['one from the future', proof({ iat: now + proofWindowSeconds + 1 })],
  ['another key', proof({}, { jwk: jwkOf(other.publicKey) }, other.privateKey)],
  ['a forged signature', proof({}, {}, other.privateKey)],
  ['no algorithm', proof({}, { alg: 'none' })],
  ['another type', proof({}, { typ: 'JWT' })],
  ['no proof', 'a.b'],
])('%s is refused', (_, text) => {
  expect(good(text)).toBe(false)
})
