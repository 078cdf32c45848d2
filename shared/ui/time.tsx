import { say } from '../messages/say.ts'

const steps: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago, or in how long, in words: "3 minutes ago". Both in ms since the epoch. */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1000
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) {
      return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(seconds / size), unit)
    }
  }
  return say('time.now')
}

/** A point in time: relative to read, exact on hover. */
export function Time({ at, now }: { at: string | null; now: number }) {
  if (at === null) return <span>{say('time.never')}</span>
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {relativeTime(Date.parse(at), now)}
    </time>
  )
}
