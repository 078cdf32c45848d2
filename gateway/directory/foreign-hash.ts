import { createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { verify as verifyArgon2 } from '@node-rs/argon2'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'
import type { PasswordHash } from '../domain/password-hash.ts'

const pbkdf2Of = promisify(pbkdf2)

/** Whether a password is the one of a hash that came from another directory. Off the main thread where it is costly. */
export async function verifyForeign(hash: PasswordHash, password: string): Promise<boolean> {
  switch (hash.kind) {
    case 'argon2':
      return await verifyArgon2(hash.phc, password)
    case 'bcrypt':
      return await verifyBcrypt(password, hash.phc)
    case 'pbkdf2':
      return timingSafeEqual(hash.key, await pbkdf2Of(password, hash.salt, hash.rounds, hash.key.length, hash.digest))
    case 'scrypt':
      return timingSafeEqual(hash.key, await scryptOf(hash, password))
    case 'salted':
      return timingSafeEqual(hash.key, createHash(hash.digest).update(password).update(hash.salt).digest())
  }
}

type Scrypt = Extract<PasswordHash, { kind: 'scrypt' }>

function scryptOf({ cost, blockSize, parallelism, salt, key }: Scrypt, password: string): Promise<Buffer> {
  const options = { N: cost, r: blockSize, p: parallelism, maxmem: 256 * blockSize * (cost + parallelism) }
  return new Promise((resolve, reject) =>
    scrypt(password, salt, key.length, options, (error, made) => (error === null ? resolve(made) : reject(error))),
  )
}
