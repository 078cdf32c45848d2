import { encode } from 'uqr'

/** A QR code as one path of modules, in a square of `size` with its quiet border. */
export function qrSquare(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return { path, size }
}
