import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, inflateSync } from 'node:zlib'

/** What a secret looks like when it has leaked, by the name of the encoding. */
export function disguisesOf(secret: string): [encoding: string, bytes: Buffer][] {
  const bytes = Buffer.from(secret)
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const escaped = [...secret].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  return [
    ['UTF-8', bytes],
    ['UTF-16LE', Buffer.from(secret, 'utf16le')],
    ['UTF-16BE', Buffer.from(secret, 'utf16le').swap16()],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['percent', Buffer.from(percent)],
    ['PERCENT', Buffer.from(percent.toUpperCase())],
    ['JSON', Buffer.from(escaped)],
    ...[0, 1, 2].flatMap((place): [string, Buffer][] => {
      const text = innerBase64(bytes, place)
      return [
        [`base64 at ${place}`, Buffer.from(text)],
        [`base64url at ${place}`, Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))],
      ]
    }),
  ]
}

/** Base64 of bytes that begin at this place of a group of three: the signs that they alone decide. */
function innerBase64(bytes: Buffer, place: number): string {
  const text = Buffer.concat([Buffer.alloc(place), bytes])
    .toString('base64')
    .replaceAll('=', '')
  const begin = Math.ceil((place * 4) / 3)
  const end = Math.floor(((place + bytes.length) * 4) / 3)
  return text.slice(begin, end)
}

/** In which of its disguises a secret is in these bytes, also inside what is compressed there. */
export function findSecret(content: Buffer, secret: string): string[] {
  const plain = disguisesOf(secret).flatMap(([encoding, bytes]) => (content.includes(bytes) ? [encoding] : []))
  return [...plain, ...unpacked(content).flatMap((inner) => findSecret(inner, secret).map((each) => `${each}, packed`))]
}

function unpacked(content: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (const [magic, unpack] of [
    [Buffer.from([0x1f, 0x8b, 0x08]), gunzipSync],
    [Buffer.from([0x78, 0x9c]), inflateSync],
  ] as const)
    for (let at = content.indexOf(magic); at >= 0; at = content.indexOf(magic, at + 1)) {
      try {
        found.push(unpack(content.subarray(at)))
      } catch {
        // It only looked like a stream.
      }
    }
  return found
}

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<[name: string, content: Buffer][]> {
  const files: [string, Buffer][] = []
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name)
    if ((await stat(path)).isFile()) files.push([name, await readFile(path)])
  }
  return files
}
