import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'

/** An authenticator in software: it answers as it is told, also as none should. */
export type TestAuthenticator = {
  make(options: { challenge: string }, how?: Answering): RegistrationResponseJSON
  use(options: { challenge: string }, how?: Answering): AuthenticationResponseJSON
}

type Answering = { origin?: string; isVerified?: boolean; counter?: number }

const flags = { present: 0x01, verified: 0x04, attested: 0x40 }

export function testAuthenticator(party: { id: string; origin: string }): TestAuthenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = randomBytes(16)
  const cose = map([
    [uint(1), uint(2)],
    [uint(3), negative(-7)],
    [negative(-1), uint(1)],
    [negative(-2), bytes(Buffer.from(x, 'base64url'))],
    [negative(-3), bytes(Buffer.from(y, 'base64url'))],
  ])
  const authData = ({ isVerified = true, counter = 0 }: Answering, more: number, rest: Buffer) => {
    const flag = flags.present | (isVerified ? flags.verified : 0) | more
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([createHash('sha256').update(party.id).digest(), Buffer.of(flag), count, rest])
  }
  const clientData = (type: string, challenge: string, { origin = party.origin }: Answering) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const common = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' as const }
  return {
    make({ challenge }, how = {}) {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, id, cose])
      const attestation = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(authData(how, flags.attested, attested))],
      ])
      const response = {
        clientDataJSON: clientData('webauthn.create', challenge, how).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      }
      return { ...common, response, clientExtensionResults: {} }
    },
    use({ challenge }, how = {}) {
      const data = authData(how, 0, Buffer.alloc(0))
      const client = clientData('webauthn.get', challenge, how)
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
      }
      return { ...common, response, clientExtensionResults: {} }
    },
  }
}

/** As much of CBOR (RFC 8949) as an attestation needs. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value)
  if (value < 256) return Buffer.of((major << 5) | 24, value)
  return Buffer.of((major << 5) | 25, value >> 8, value & 0xff)
}
const uint = (value: number) => head(0, value)
const negative = (value: number) => head(1, -1 - value)
const bytes = (value: Buffer) => Buffer.concat([head(2, value.length), value])
const text = (value: string) => Buffer.concat([head(3, value.length), Buffer.from(value)])
const map = (entries: [Buffer, Buffer][]) => Buffer.concat([head(5, entries.length), ...entries.flat()])
