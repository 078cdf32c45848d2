import { createHash, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto'
import type { Runtime } from '../domain/runtime.ts'
import { box, nonceBytes, SealRejected, unbox } from './box.ts'

/*
 * The recovery key is the private half of an X25519 pair. The instance keeps the public half, so that it can seal its key
 * anew after each rotation although nobody here has the recovery key.
 */

/** Without letters that look like digits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const keyBytes = 32
/** 256 bits in fives. */
const keyLetters = 52
const checkLetters = 4
/** RFC 8410, section 7: what stands before the 32 bytes in PKCS #8 and in SubjectPublicKeyInfo. */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex')

export function newRecoveryKey(runtime: Pick<Runtime, 'randomBytes'>): { text: string; recipient: Uint8Array } {
  const bytes = runtime.randomBytes(keyBytes)
  return { text: spell(bytes), recipient: publicBytes(privateKey(bytes)) }
}

/** The recipient of a recovery key as a person typed it; null when a letter is wrong or missing. */
export function recipientOf(text: string): Uint8Array | null {
  const bytes = read(text)
  return bytes === null ? null : publicBytes(privateKey(bytes))
}

export function sealFor(recipient: Uint8Array, content: Uint8Array, runtime: Pick<Runtime, 'randomBytes'>): string {
  const once = privateKey(runtime.randomBytes(keyBytes))
  const mark = publicBytes(once)
  const key = sharedKey(once, publicKey(recipient), mark, recipient)
  const boxed = box(key, runtime.randomBytes(nonceBytes), content, 'v1|instance key')
  return Buffer.concat([mark, boxed]).toString('base64url')
}

/** `SealRejected` when it was sealed for another recovery key, or changed. */
export function openSealedFor(text: string, sealed: string): Buffer {
  const bytes = read(text)
  const box = Buffer.from(sealed, 'base64url')
  if (bytes === null || box.length < keyBytes) throw new SealRejected()
  const own = privateKey(bytes)
  const mark = box.subarray(0, keyBytes)
  const key = sharedKey(own, publicKey(mark), mark, publicBytes(own))
  return unbox(key, box.subarray(keyBytes), 'v1|instance key')
}

function sharedKey(own: KeyObject, other: KeyObject, mark: Uint8Array, recipient: Uint8Array): Uint8Array {
  const shared = diffieHellman({ privateKey: own, publicKey: other })
  return new Uint8Array(hkdfSync('sha256', shared, Buffer.concat([mark, recipient]), 'lockstep/v1/recovery', 32))
}

const privateKey = (bytes: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, bytes]), format: 'der', type: 'pkcs8' })
const publicKey = (bytes: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' })
const publicBytes = (key: KeyObject) =>
  new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length))

/** In groups of four, the last of which tells a slip of the pen. */
function spell(bytes: Uint8Array): string {
  const letters = lettersOf(bytes, keyLetters) + checkOf(bytes)
  return (letters.match(/.{4}/g) ?? []).join('-')
}

function read(text: string): Uint8Array | null {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  if (letters.length !== keyLetters + checkLetters) return null
  let bits = 0n
  for (const letter of letters.slice(0, keyLetters)) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return null
    bits = bits * 32n + BigInt(value)
  }
  const hex = (bits >> 4n).toString(16).padStart(keyBytes * 2, '0')
  if (hex.length !== keyBytes * 2) return null
  const bytes = new Uint8Array(Buffer.from(hex, 'hex'))
  return spell(bytes).replaceAll('-', '') === letters ? bytes : null
}

const checkOf = (bytes: Uint8Array) => lettersOf(createHash('sha256').update(bytes).digest(), checkLetters)

/** The first bits in fives. */
function lettersOf(bytes: Uint8Array, count: number): string {
  const bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`) << 4n
  const total = bytes.length * 8 + 4
  return Array.from({ length: count }, (_, n) => alphabet[Number((bits >> BigInt(total - 5 * (n + 1))) & 31n)]).join('')
}
