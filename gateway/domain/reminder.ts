import type { Instant } from './runtime.ts'

const dayMs = 86_400_000

/** When somebody is reminded that a first sign-in is awaited, in days after it began to be. */
export const defaultReminders: readonly number[] = [3, 7, 14]

/** Which reminder has become due since anybody last looked; one for those that were missed together. */
export function dueReminder(
  days: readonly number[],
  awaiting: { since: Instant; lookedAt: Instant },
  now: Instant,
): { days: number; last: boolean } | null {
  const due = days.filter((count) => {
    const at = awaiting.since + count * dayMs
    return at > awaiting.lookedAt && at <= now
  })
  const latest = Math.max(...due)
  return due.length === 0 ? null : { days: latest, last: latest === Math.max(...days) }
}
