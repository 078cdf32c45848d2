import { createCipheriv, createDecipheriv } from 'node:crypto'

/** A sealed value was changed, belongs to somebody else, or was sealed with another key. */
export class SealRejected extends Error {
  override readonly name = 'SealRejected'
  constructor() {
    super('A sealed value could not be opened.')
  }
}

export const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM: nonce, ciphertext, tag. */
export function box(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, aad: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(aad))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

export function unbox(key: Uint8Array, boxed: Uint8Array, aad: string): Buffer {
  if (boxed.length < nonceBytes + tagBytes) throw new SealRejected()
  const decipher = createDecipheriv('aes-256-gcm', key, boxed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(boxed.subarray(boxed.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(boxed.subarray(nonceBytes, boxed.length - tagBytes)), decipher.final()])
  } catch {
    throw new SealRejected()
  }
}
