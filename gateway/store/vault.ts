import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import type { Runtime } from '../domain/runtime.ts'
import { Secret } from '../domain/secret.ts'

/** The store was made with another instance key. */
export class KeyMismatch extends Error {
  override readonly name = 'KeyMismatch'
  constructor() {
    super('The instance key is not the one that this store was made with. Bring back the right key file.')
  }
}

/** A sealed value was changed, belongs to somebody else, or was sealed with another key. */
export class SealRejected extends Error {
  override readonly name = 'SealRejected'
  constructor() {
    super('A sealed value could not be opened.')
  }
}

/** Whose password it is and where it may go; sealed into the record, so that it opens nowhere else. */
export type PendingOwner = {
  userId: string
  connectionId: string
  /** Empty while the account does not exist yet. */
  accountId: string
  tenantId: string
  version: number
}

export type FactorOwner = { userId: string; factorId: string }

/** Seals what the database must not show. Format byte, 96-bit nonce, AES-256-GCM, additional data by use. */
export type Vault = {
  wrapHash(hash: string, owner: { userId: string; version: number }): string
  unwrapHash(wrapped: string, owner: { userId: string; version: number }): string
  sealSecret(secret: Secret, owner: { connectionId: string }): string
  openSecret(sealed: string, owner: { connectionId: string }): Secret
  /** The seed of an authenticator app. */
  sealSeed(seed: Uint8Array, owner: FactorOwner): string
  openSeed(sealed: string, owner: FactorOwner): Uint8Array
  /** With a key that the caller keeps elsewhere: a password between the steps of a sign-in. */
  sealWith(key: Uint8Array, password: Secret, owner: { userId: string; version: number }): string
  openWith(key: Uint8Array, sealed: string, owner: { userId: string; version: number }): Secret
  /** At most 318 bytes of UTF-8. */
  sealPending(password: Secret, owner: PendingOwner): string
  openPending(sealed: string, owner: PendingOwner): Secret
  /** Keyed hash in hex, a different key per use: throttle keys, fingerprints of requests. */
  mac(use: string, text: string): string
  /** A 32-byte key for another use, for example cookie or token signing. */
  key(use: string): Uint8Array
  keyCheck(): string
}

const version = 1
const nonceBytes = 12
const tagBytes = 16
const saltBytes = 32
/** All pending passwords are equally long, so that a record does not tell a password's length. */
const paddedBytes = 320

export function createVault(instanceKey: Uint8Array, runtime: Pick<Runtime, 'randomBytes'>): Vault {
  if (instanceKey.length !== 32) throw new Error('The instance key has to have 32 bytes.')
  const derive = (use: string, salt: Uint8Array = new Uint8Array(0)) =>
    new Uint8Array(hkdfSync('sha256', instanceKey, salt, `lockstep/v1/${use}`, 32))
  const hashKey = derive('wrap-hash')
  const secretKey = derive('wrap-secret')
  const seedKey = derive('wrap-totp')
  const mac = (use: string, text: string) =>
    createHmac('sha256', derive(`mac/${use}`))
      .update(text, 'utf8')
      .digest('hex')

  const seal = (key: Uint8Array, plain: Uint8Array, aad: string) => {
    const nonce = runtime.randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(aad))
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }
  const open = (key: Uint8Array, box: Uint8Array, aad: string): Buffer => {
    if (box.length < nonceBytes + tagBytes) throw new SealRejected()
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(aad))
    decipher.setAuthTag(box.subarray(box.length - tagBytes))
    try {
      return Buffer.concat([decipher.update(box.subarray(nonceBytes, box.length - tagBytes)), decipher.final()])
    } catch {
      throw new SealRejected()
    }
  }

  return {
    wrapHash: (hash, owner) => encode(seal(hashKey, Buffer.from(hash), aadOf(owner.userId, owner.version))),
    unwrapHash: (wrapped, owner) => open(hashKey, decode(wrapped), aadOf(owner.userId, owner.version)).toString('utf8'),
    sealSecret: (secret, owner) =>
      encode(seal(secretKey, Buffer.from(secret.reveal()), aadOf('connection', owner.connectionId))),
    openSecret: (sealed, owner) =>
      new Secret(open(secretKey, decode(sealed), aadOf('connection', owner.connectionId)).toString('utf8')),
    sealSeed: (seed, { userId, factorId }) => encode(seal(seedKey, seed, aadOf('totp', userId, factorId))),
    openSeed: (sealed, { userId, factorId }) =>
      new Uint8Array(open(seedKey, decode(sealed), aadOf('totp', userId, factorId))),
    sealWith: (key, password, owner) => encode(seal(key, pad(password), aadOf('step', owner.userId, owner.version))),
    openWith: (key, sealed, owner) => unpad(open(key, decode(sealed), aadOf('step', owner.userId, owner.version))),
    sealPending(password, owner) {
      const salt = runtime.randomBytes(saltBytes)
      return encode(Buffer.concat([salt, seal(derive('pending', salt), pad(password), pendingAad(owner))]))
    },
    openPending(sealed, owner) {
      const box = decode(sealed)
      const key = derive('pending', box.subarray(0, saltBytes))
      return unpad(open(key, box.subarray(saltBytes), pendingAad(owner)))
    },
    mac,
    key: (use) => derive(`key/${use}`),
    keyCheck: () => mac('key-check', 'lockstep'),
  }
}

function aadOf(...parts: readonly (string | number)[]): string {
  const texts = parts.map(String)
  if (texts.some((text) => text.includes('|'))) throw new Error('An id holds a character that ids do not have.')
  return ['v1', ...texts].join('|')
}

const pendingAad = (owner: PendingOwner) =>
  aadOf(owner.userId, owner.connectionId, owner.accountId, owner.tenantId, owner.version)

const encode = (box: Uint8Array) => Buffer.concat([Uint8Array.of(version), box]).toString('base64url')

function decode(sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  // Base64 ignores bits at its end: only the one spelling of a record is taken.
  if (bytes[0] !== version || bytes.toString('base64url') !== sealed) throw new SealRejected()
  return bytes.subarray(1)
}

function pad(password: Secret): Buffer {
  const bytes = Buffer.from(password.reveal(), 'utf8')
  const padded = Buffer.alloc(paddedBytes)
  if (bytes.length > paddedBytes - 2) throw new Error('The password is too long to be sealed.')
  padded.writeUInt16BE(bytes.length)
  bytes.copy(padded, 2)
  bytes.fill(0)
  return padded
}

function unpad(padded: Buffer): Secret {
  const secret = new Secret(padded.subarray(2, 2 + padded.readUInt16BE()).toString('utf8'))
  padded.fill(0)
  return secret
}
