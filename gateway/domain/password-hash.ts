/*
 * Hashes that people bring along from another directory. Pure: says what a text is, or why it cannot be taken. What is
 * costly enough to keep a core busy for long, or too weak to be one, is refused here and never computed.
 */

export type Digest = 'sha1' | 'sha256' | 'sha384' | 'sha512'
export type PasswordHash =
  | { kind: 'argon2'; phc: string }
  | { kind: 'bcrypt'; phc: string }
  | { kind: 'scrypt'; cost: number; blockSize: number; parallelism: number; salt: Uint8Array; key: Uint8Array }
  | { kind: 'pbkdf2'; digest: Digest; rounds: number; salt: Uint8Array; key: Uint8Array }
  | { kind: 'salted'; digest: Digest; salt: Uint8Array; key: Uint8Array }

export type Refused = { refused: string }
type Read = PasswordHash | Refused

/** What one computation may take at most. */
const most = { memoryKib: 262_144, passes: 10, lanes: 16, bcryptCost: 14, rounds: 2_000_000 }
const digestBytes: Readonly<Record<Digest, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 }
export const longestHash = 1_024

const forms: readonly [form: RegExp, read: (groups: Record<string, string>) => Read][] = [
  [
    /^\$argon2(?<variant>id|i)\$v=19\$m=(?<memory>\d{1,9}),t=(?<passes>\d{1,9}),p=(?<lanes>\d{1,9})\$(?<salt>[\w+/-]+)\$(?<key>[\w+/-]+)$/,
    argon2,
  ],
  [/^\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/, bcrypt],
  [
    /^\$scrypt\$ln=(?<log>\d{1,2}),r=(?<block>\d{1,4}),p=(?<lanes>\d{1,4})\$(?<salt>[\w+/.=-]+)\$(?<key>[\w+/.=-]+)$/,
    scryptPhc,
  ],
  [/^\$7\$(?<log>[./\w])(?<block>[./\w]{5})(?<lanes>[./\w]{5})(?<salt>[^$]{1,128})\$(?<key>[./\w]{43})$/, scryptCrypt],
  [/^\$pbkdf2(?:-(?<digest>sha256|sha512))?\$(?<rounds>\d{1,9})\$(?<salt>[\w+/.=-]+)\$(?<key>[\w+/.=-]+)$/, pbkdf2],
  [
    /^\{PBKDF2(?:-(?<digest>SHA1|SHA256|SHA512))?\}(?<rounds>\d{1,9})\$(?<salt>[\w+/.=-]+)\$(?<key>[\w+/.=-]+)$/i,
    pbkdf2,
  ],
  [/^pbkdf2_(?<digest>sha1|sha256)\$(?<rounds>\d{1,9})\$(?<text>[^$]{1,128})\$(?<key>[\w+/=]+)$/, pbkdf2],
  [/^\{PBKDF2_(?<digest>SHA256|SHA512)\}(?<packed>[\w+/=]+)$/i, pbkdf2Packed],
  [/^\{SSHA(?<size>256|384|512)?\}(?<packed>[\w+/=]+)$/i, salted],
]

const unknown: Refused = {
  refused:
    'This is not a hash that can be taken over. Known are argon2id and argon2i, bcrypt, scrypt, PBKDF2 and SSHA, SSHA256, SSHA384, SSHA512.',
}

export function readPasswordHash(text: string): PasswordHash | Refused {
  if (text.length > longestHash) return { refused: `A hash has at most ${longestHash} characters.` }
  if (/^\{(SHA\d*|MD5|SMD5|CLEARTEXT|CRYPT)\}|^\$[156]\$|^[0-9a-f]{32,128}$/i.test(text))
    return { refused: 'This kind of hash is too weak to take over. Invite the person to choose a password instead.' }
  for (const [form, read] of forms) {
    const groups = form.exec(text)?.groups
    if (groups !== undefined) return read({ ...groups, text: groups['text'] ?? '', whole: text })
  }
  return unknown
}

const expensive: Refused = {
  refused: 'Checking this hash would take too much memory or time. Invite the person instead.',
}
const broken: Refused = { refused: 'The hash is cut off or damaged: its salt or its key has the wrong length.' }

/** The least that RFC 9106 (section 3.1) has; others write such salts, too. */
const argon2SaltBytes = 8

function argon2({ whole = '', memory, passes, lanes, salt, key }: Record<string, string>): Read {
  const [m, t, p] = [Number(memory), Number(passes), Number(lanes)]
  if (m > most.memoryKib || t > most.passes || p > most.lanes) return expensive
  const sound = t >= 1 && p >= 1 && m >= 8 * p && bytes(salt).length >= argon2SaltBytes && bytes(key).length >= 16
  return sound ? { kind: 'argon2', phc: whole } : broken
}

function bcrypt({ whole = '', cost }: Record<string, string>): Read {
  const rounds = Number(cost)
  if (rounds > most.bcryptCost) return expensive
  return rounds < 4 ? broken : { kind: 'bcrypt', phc: whole }
}

function scryptPhc({ log, block, lanes, salt, key }: Record<string, string>): Read {
  return scrypt(Number(log), Number(block), Number(lanes), bytes(salt), bytes(key))
}

/** The form of crypt(3): numbers and key in its own alphabet, lowest bits first; the salt is the text itself. */
function scryptCrypt({ log = '', block = '', lanes = '', salt = '', key = '' }: Record<string, string>): Read {
  return scrypt(cryptNumber(log), cryptNumber(block), cryptNumber(lanes), Buffer.from(salt), cryptBytes(key))
}

function scrypt(log: number, blockSize: number, parallelism: number, salt: Uint8Array, key: Uint8Array): Read {
  if (log < 1 || blockSize < 1 || parallelism < 1 || salt.length < 1 || key.length < 16 || key.length > 128)
    return broken
  if (log > 20 || parallelism > most.lanes) return expensive
  const cost = 2 ** log
  if ((128 * blockSize * (cost + parallelism)) / 1_024 > most.memoryKib) return expensive
  return { kind: 'scrypt', cost, blockSize, parallelism, salt, key }
}

function pbkdf2({ digest, rounds, salt, text = '', key }: Record<string, string>): Read {
  return pbkdf2Of(digestOf(digest), Number(rounds), text === '' ? bytes(salt) : Buffer.from(text), bytes(key))
}

/** As 389 Directory Server packs it: 4 bytes of rounds, 64 of salt, 256 of key. */
function pbkdf2Packed({ digest, packed }: Record<string, string>): Read {
  const all = bytes(packed)
  if (all.length !== 4 + 64 + 256) return broken
  const rounds = new DataView(all.buffer, all.byteOffset).getUint32(0)
  return pbkdf2Of(digestOf(digest), rounds, all.subarray(4, 68), all.subarray(68))
}

function pbkdf2Of(digest: Digest, rounds: number, salt: Uint8Array, key: Uint8Array): Read {
  if (rounds > most.rounds) return expensive
  if (rounds < 1 || salt.length < 1 || key.length < 16 || key.length > 256) return broken
  return { kind: 'pbkdf2', digest, rounds, salt, key }
}

function salted({ size, packed }: Record<string, string>): Read {
  const digest = digestOf(size === undefined ? 'sha1' : `sha${size}`)
  const all = bytes(packed)
  const [key, salt] = [all.subarray(0, digestBytes[digest]), all.subarray(digestBytes[digest])]
  return salt.length >= 4 && salt.length <= 64 ? { kind: 'salted', digest, salt, key } : broken
}

function digestOf(name: string | undefined): Digest {
  const lower = (name ?? 'sha1').toLowerCase()
  return lower === 'sha256' || lower === 'sha384' || lower === 'sha512' ? lower : 'sha1'
}

/** Base64 in any dress: passlib writes a dot where others write a plus. */
const bytes = (text = ''): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64')

const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const cryptNumber = (text: string) => [...text].reduceRight((sum, sign) => sum * 64 + cryptAlphabet.indexOf(sign), 0)

function cryptBytes(text: string): Uint8Array {
  const groups = text.match(/.{1,4}/g) ?? []
  return Uint8Array.from(
    groups.flatMap((group) => {
      const value = cryptNumber(group)
      return [value & 255, (value >> 8) & 255, (value >> 16) & 255].slice(0, group.length - 1)
    }),
  )
}
