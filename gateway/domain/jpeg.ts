/*
 * A JPEG file is a row of segments up to the picture's data (ITU-T T.81, annex B). Those that say where, when and with what
 * a picture was taken, or hold a second picture, are left out; those without which it would look different stay.
 */

const startOfImage = 0xd8
const endOfImage = 0xd9
const startOfScan = 0xda
const colourProfile = 'ICC_PROFILE\0'

/** The picture without metadata; null when it is no JPEG that can be read to its end. */
export function stripJpeg(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) return null
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let seenPicture = false
  for (let at = 2; at + 1 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1] ?? 0
    // A segment may be filled up with 0xff in front.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === endOfImage) return seenPicture ? joined([...kept, bytes.subarray(at, at + 2)]) : null
    const end = endOfSegment(bytes, at)
    if (end === null) return null
    if (stays(marker, bytes.subarray(at + 4, end))) kept.push(bytes.subarray(at, end))
    at = end
    if (marker !== startOfScan) continue
    seenPicture = true
    const next = endOfScan(bytes, at)
    kept.push(bytes.subarray(at, next))
    at = next
  }
  return null
}

function endOfSegment(bytes: Uint8Array, at: number): number | null {
  const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  const end = at + 2 + length
  return length < 2 || end > bytes.length ? null : end
}

/** Where the next marker stands: in the data 0xff is followed by 0, or by one of the restart markers. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}

/** JFIF (APP0), the colour profile (APP2) and Adobe's colour transform (APP14), and all that is no APP and no comment. */
function stays(marker: number, content: Uint8Array): boolean {
  if (marker === 0xfe) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const begins = (text: string) => [...text].every((letter, index) => content[index] === letter.charCodeAt(0))
  if (marker === 0xe0) return begins('JFIF\0')
  if (marker === 0xe2) return begins(colourProfile)
  return marker === 0xee && begins('Adobe')
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
