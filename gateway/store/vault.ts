import { createHmac, hkdfSync } from 'node:crypto'
import type { Runtime } from '../domain/runtime.ts'
import { Secret } from '../domain/secret.ts'
import { box, nonceBytes, SealRejected, unbox } from './box.ts'
import type { PendingDays } from './pending-days.ts'
import { sealFor } from './recovery-key.ts'

/** The store was made with another instance key. */
export class KeyMismatch extends Error {
  override readonly name = 'KeyMismatch'
  constructor(
    message = 'The instance key is not the one that this store was made with. Bring back the right key, or run "lockstep key restore" with the recovery key.',
  ) {
    super(message)
  }
}

export { SealRejected }

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
export type CredentialOwner = { userId: string; version: number }

/** What a value is sealed for. It opens nowhere else. */
export type Place =
  | ({ use: 'hash' } & CredentialOwner)
  | { use: 'secret'; connectionId: string }
  | ({ use: 'totp' } & FactorOwner)
  | ({ use: 'pending' } & PendingOwner)
  | { use: 'mail'; mailId: string }

/** Seals what the database must not show. Format byte, 96-bit nonce, AES-256-GCM, additional data by use. */
export type Vault = {
  wrapHash(hash: string, owner: CredentialOwner): string
  unwrapHash(wrapped: string, owner: CredentialOwner): string
  sealSecret(secret: Secret, owner: { connectionId: string }): string
  openSecret(sealed: string, owner: { connectionId: string }): Secret
  /** The seed of an authenticator app. */
  sealSeed(seed: Uint8Array, owner: FactorOwner): string
  openSeed(sealed: string, owner: FactorOwner): Uint8Array
  /** The text of a mail, which may hold a link that chooses a password. */
  sealMail(content: string, owner: { mailId: string }): string
  openMail(sealed: string, owner: { mailId: string }): string
  /** With a key that the caller keeps elsewhere: a password between the steps of a sign-in. */
  sealWith(key: Uint8Array, password: Secret, owner: CredentialOwner): string
  openWith(key: Uint8Array, sealed: string, owner: CredentialOwner): Secret
  /** At most 318 bytes of UTF-8. Opens for as long as the day's key can be made. */
  sealPending(password: Secret, owner: PendingOwner): string
  openPending(sealed: string, owner: PendingOwner): Secret
  /** Keyed hash in hex, a different key per use: throttle keys, fingerprints of requests. */
  mac(use: string, text: string): string
  /** A 32-byte key for another use, for example cookie or token signing. */
  key(use: string): Uint8Array
  keyCheck(): string
  /**
   * Seals under another instance key from now on, and goes on opening what the former one has sealed, for what was read
   * before. Returns what takes it back.
   */
  rekey(instanceKey: Uint8Array): () => void
  /** The same value sealed under the present key; null when it cannot be opened. */
  reseal(sealed: string, place: Place): string | null
  /** The instance key itself, sealed so that only the holder of a recovery key opens it. */
  wrapKeyFor(recipient: Uint8Array): string
}

const saltBytes = 32
const dayBytes = 4
const headBytes = dayBytes + saltBytes
/** All pending passwords are equally long, so that a record does not tell a password's length. */
const paddedBytes = 320

type Keys = {
  instance: Uint8Array
  hash: Uint8Array
  secret: Uint8Array
  totp: Uint8Array
  mail: Uint8Array
  check: string
  derive(use: string): Uint8Array
}

export function createVault(instanceKey: Uint8Array, runtime: Pick<Runtime, 'randomBytes'>, days: PendingDays): Vault {
  let present = keysOf(instanceKey)
  let former: Keys | null = null

  /** `head`: the day, and 32 random bytes. */
  const recordKey = (keys: Keys, head: Buffer): Uint8Array => {
    const secret = days.secretOf(head.readUInt32BE())
    if (secret === null) throw new SealRejected()
    const dayKey = hkdf(Buffer.concat([secret, keys.instance]), 'lockstep/v1/pending')
    return hkdf(dayKey, 'lockstep/v1/pending-record', head)
  }
  const seal = (keys: Keys, plain: Uint8Array, place: Place): string => {
    const nonce = runtime.randomBytes(nonceBytes)
    if (place.use !== 'pending') return encode(place, box(keys[place.use], nonce, plain, aadOf(place)))
    const head = Buffer.concat([Buffer.alloc(dayBytes), runtime.randomBytes(saltBytes)])
    head.writeUInt32BE(days.today())
    return encode(place, Buffer.concat([head, box(recordKey(keys, head), nonce, plain, aadOf(place))]))
  }
  const openUnder = (keys: Keys, sealed: string, place: Place): Buffer => {
    const bytes = decode(place, sealed)
    if (place.use !== 'pending') return unbox(keys[place.use], bytes, aadOf(place))
    if (bytes.length < headBytes) throw new SealRejected()
    return unbox(recordKey(keys, bytes.subarray(0, headBytes)), bytes.subarray(headBytes), aadOf(place))
  }
  const open = (sealed: string, place: Place): Buffer => {
    if (former === null) return openUnder(present, sealed, place)
    try {
      return openUnder(present, sealed, place)
    } catch (error) {
      if (!(error instanceof SealRejected)) throw error
      return openUnder(former, sealed, place)
    }
  }

  return {
    wrapHash: (hash, owner) => seal(present, Buffer.from(hash), { use: 'hash', ...owner }),
    unwrapHash: (wrapped, owner) => open(wrapped, { use: 'hash', ...owner }).toString('utf8'),
    sealSecret: (secret, owner) => seal(present, Buffer.from(secret.reveal()), { use: 'secret', ...owner }),
    openSecret: (sealed, owner) => new Secret(open(sealed, { use: 'secret', ...owner }).toString('utf8')),
    sealSeed: (seed, owner) => seal(present, seed, { use: 'totp', ...owner }),
    openSeed: (sealed, owner) => new Uint8Array(open(sealed, { use: 'totp', ...owner })),
    sealMail: (content, owner) => seal(present, Buffer.from(content), { use: 'mail', ...owner }),
    openMail: (sealed, owner) => open(sealed, { use: 'mail', ...owner }).toString('utf8'),
    sealWith(key, password, owner) {
      const place = { use: 'step', ...owner } as const
      return encode(place, box(key, runtime.randomBytes(nonceBytes), pad(password), aadOf(place)))
    },
    openWith(key, sealed, owner) {
      const place = { use: 'step', ...owner } as const
      return unpad(unbox(key, decode(place, sealed), aadOf(place)))
    },
    sealPending: (password, owner) => seal(present, pad(password), { use: 'pending', ...owner }),
    openPending: (sealed, owner) => unpad(open(sealed, { use: 'pending', ...owner })),
    mac: (use, text) => macOf(present.derive, use, text),
    key: (use) => present.derive(`key/${use}`),
    keyCheck: () => present.check,
    rekey(instanceKey) {
      const before = { present, former }
      former = present
      present = keysOf(instanceKey)
      return () => {
        ;({ present, former } = before)
      }
    },
    reseal(sealed, place) {
      try {
        return seal(present, open(sealed, place), place)
      } catch (error) {
        if (error instanceof SealRejected) return null
        throw error
      }
    },
    wrapKeyFor: (recipient) => sealFor(recipient, present.instance, runtime),
  }
}

function keysOf(instance: Uint8Array): Keys {
  if (instance.length !== 32) throw new Error('The instance key has to have 32 bytes.')
  const derive = (use: string) => hkdf(instance, `lockstep/v1/${use}`)
  return {
    instance,
    hash: derive('wrap-hash'),
    secret: derive('wrap-secret'),
    totp: derive('wrap-totp'),
    mail: derive('wrap-mail'),
    check: macOf(derive, 'key-check', 'lockstep'),
    derive,
  }
}

const macOf = (derive: Keys['derive'], use: string, text: string) =>
  createHmac('sha256', derive(`mac/${use}`))
    .update(text, 'utf8')
    .digest('hex')

/** By this a store knows its key again. */
export const keyCheckOf = (instanceKey: Uint8Array): string => keysOf(instanceKey).check

const hkdf = (key: Uint8Array, info: string, salt: Uint8Array = new Uint8Array(0)) =>
  new Uint8Array(hkdfSync('sha256', key, salt, info, 32))

/** Under a key that is not of the instance. */
type Step = { use: 'step' } & CredentialOwner

function aadOf(place: Place | Step): string {
  const texts = partsOf(place).map(String)
  if (texts.some((text) => text.includes('|'))) throw new Error('An id holds a character that ids do not have.')
  return ['v1', ...texts].join('|')
}

function partsOf(place: Place | Step): (string | number)[] {
  switch (place.use) {
    case 'hash':
      return [place.userId, place.version]
    case 'secret':
      return ['connection', place.connectionId]
    case 'totp':
      return ['totp', place.userId, place.factorId]
    case 'mail':
      return ['mail', place.mailId]
    case 'step':
      return ['step', place.userId, place.version]
    case 'pending':
      return [place.userId, place.connectionId, place.accountId, place.tenantId, place.version]
  }
}

/** The first byte, so that what is sealed in another way one day can be told apart. */
const formats = { hash: 1, secret: 1, totp: 1, mail: 1, step: 1, pending: 2 } as const satisfies Record<Use, number>
type Use = (Place | Step)['use']

const encode = ({ use }: { use: Use }, box: Uint8Array) =>
  Buffer.concat([Uint8Array.of(formats[use]), box]).toString('base64url')

function decode({ use }: { use: Use }, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  // Base64 ignores bits at its end: only the one spelling of a record is taken.
  if (bytes[0] !== formats[use] || bytes.toString('base64url') !== sealed) throw new SealRejected()
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
