import { expect, test } from 'vitest'
import { isSteady, type Watch, watched } from './steady-clock.ts'

const minute = 60_000
const hour = 60 * minute

/** The clock as it is looked at every five minutes for as long; returns whether it is believed at the end. */
function after(spans: readonly { jump?: number; forMs: number }[]): boolean {
  let now = Date.UTC(2026, 0, 5, 22)
  let watch: Watch | null = null
  for (const { jump = 0, forMs } of spans) {
    now += jump
    for (const end = now + forMs; now <= end; now += 5 * minute) watch = watched(watch, now)
  }
  return watch !== null && isSteady(watch)
}

test.each([
  ['just begun', [{ forMs: 30 * minute }], false],
  ['an hour', [{ forMs: hour }], true],
  ['across midnight', [{ forMs: 4 * hour }], true],
  ['jumped ahead by days', [{ forMs: 5 * hour }, { jump: 10 * 24 * hour, forMs: 50 * minute }], false],
  ['jumped ahead and stayed there', [{ forMs: 5 * hour }, { jump: 10 * 24 * hour, forMs: hour }], true],
  [
    'jumped ahead and back',
    [{ forMs: 5 * hour }, { jump: 240 * hour, forMs: 0 }, { jump: -240 * hour, forMs: 0 }],
    false,
  ],
  ['jumped back by a minute', [{ forMs: 5 * hour }, { jump: -6 * minute, forMs: 0 }], false],
  [
    'jumped twice in an hour',
    [
      { jump: hour, forMs: 40 * minute },
      { jump: hour, forMs: 40 * minute },
    ],
    false,
  ],
] as const)('a clock that has %s', (_, spans, steady) => {
  expect(after(spans)).toBe(steady)
})
