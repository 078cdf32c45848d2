import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stripJpeg } from './jpeg.ts'

const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0))
const segment = (marker: number, content: readonly number[]) => {
  const length = content.length + 2
  return [0xff, marker, length >> 8, length & 0xff, ...content]
}
const jfif = segment(0xe0, text('JFIF\0\u0001\u0001'))
const exif = segment(0xe1, text('Exif\0\0 taken at 47.07 north'))
const colours = segment(0xe2, text('ICC_PROFILE\0profile'))
const pictures = segment(0xe2, text('MPF\0 another picture'))
const photoshop = segment(0xed, text('Photoshop 3.0\0 by Ana'))
const adobe = segment(0xee, text('Adobe\0d'))
const comment = segment(0xfe, text('secret'))
const tables = segment(0xdb, [0, 1, 2, 3])
const frame = segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0])
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]
const start = [0xff, 0xd8]
const end = [0xff, 0xd9]
const of = (...parts: number[][]) => Uint8Array.from(parts.flat())

test('what tells of place, time, camera and author goes; what makes the picture stays', () => {
  const given = of(start, jfif, exif, colours, pictures, photoshop, adobe, comment, tables, frame, scan, end)
  expect(stripJpeg(given)).toEqual(of(start, jfif, colours, adobe, tables, frame, scan, end))
})

test('what is hidden between two scans and behind the end goes, too', () => {
  const given = of(start, frame, scan, comment, exif, scan, end, text('hidden'), exif)
  expect(stripJpeg(given)).toEqual(of(start, frame, scan, scan, end))
})

test.each([
  ['nothing', of()],
  ['a PNG', of([0x89, 0x50, 0x4e, 0x47])],
  ['a picture that is cut off', of(start, frame, scan)],
  ['a segment longer than the file', of(start, [0xff, 0xe1, 0xff, 0xff, 1])],
  ['a segment shorter than its length', of(start, [0xff, 0xe1, 0, 1], end)],
  ['no picture at all', of(start, exif, end)],
])('%s is no photo', (_, given) => {
  expect(stripJpeg(given)).toBeNull()
})

test('any bytes are taken without harm, and stripping twice gives the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, begins) => {
      const given = begins ? of(start, jfif, frame, [...segment(0xda, [0])], [...bytes], end) : bytes
      const once = stripJpeg(given)
      if (once !== null) expect(stripJpeg(once)).toEqual(once)
    }),
  )
})
