const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%*+-./:=?@'

/** A password of 64 characters that nobody will ever know; with every class of characters that Microsoft 365 asks for. */
export function randomPassword(randomBytes: (count: number) => Uint8Array): string {
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < 60) {
    for (const byte of randomBytes(64)) {
      if (byte < limit && text.length < 60) text += alphabet[byte % alphabet.length]
    }
  }
  return `${text}aA1!`
}
