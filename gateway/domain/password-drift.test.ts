import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccountTimes, type PasswordStanding, passwordDrifted } from './password-drift.ts'

const minute = 60_000
const at = 1_000_000_000
const account = (some: Partial<AccountTimes> = {}): AccountTimes => ({
  passwordChangedAt: null,
  createdAt: at,
  ours: false,
  ...some,
})

const cases: [string, PasswordStanding, AccountTimes, boolean][] = [
  ['nothing is known of a change', { state: 'in_sync', syncedAt: at }, account(), false],
  ['our own write', { state: 'in_sync', syncedAt: at }, account({ passwordChangedAt: at }), false],
  [
    'a change minutes after ours',
    { state: 'in_sync', syncedAt: at },
    account({ passwordChangedAt: at + 3 * minute }),
    true,
  ],
  [
    'a change long before ours',
    { state: 'in_sync', syncedAt: at },
    account({ passwordChangedAt: at - 60 * minute }),
    false,
  ],
  [
    'one of ours that is still on its way',
    { state: 'pending', syncedAt: at },
    account({ passwordChangedAt: at + 9 * minute }),
    false,
  ],
  [
    'a change before the first sign-in to an account that we made',
    { state: 'awaiting_login', syncedAt: null },
    account({ ours: true, passwordChangedAt: at + 9 * minute }),
    true,
  ],
  [
    'the old password of an account that was taken over',
    { state: 'awaiting_login', syncedAt: null },
    account({ passwordChangedAt: at + 9 * minute }),
    false,
  ],
]

test.each(cases)('%s', (_, standing, times, drifted) => {
  expect(passwordDrifted(standing, times)).toBe(drifted)
})

test('clocks that differ by up to two minutes make no drift of our own write', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2 * minute, max: 2 * minute }), (skew) => {
      expect(passwordDrifted({ state: 'in_sync', syncedAt: at }, account({ passwordChangedAt: at + skew }))).toBe(false)
    }),
  )
})
