import { expect, test } from 'vitest'
import { type Attempts, afterFailure, isOff, justOff, networkOf, waitMs } from './throttle.ts'

const fail = (rule: 'account' | 'address' | 'all', times: number, everyMs = 0) => {
  let attempts: Attempts | undefined
  let now = 1_000_000
  for (let n = 0; n < times; n++) {
    now += everyMs
    attempts = afterFailure(rule, attempts, now)
  }
  return { attempts, wait: waitMs(attempts, now) / 1_000 }
}

test.each([
  [5, 0],
  [6, 2],
  [7, 4],
  [10, 32],
  [15, 900],
  [60, 900],
])('after %i failures in a row an account waits %i s', (times, seconds) => {
  expect(fail('account', times).wait).toBe(seconds)
})

test('the hundredth failure in a row, and no other, ends the attempts', () => {
  expect([99, 100, 101].map((n) => isOff(fail('account', n).attempts))).toEqual([false, true, true])
  expect([99, 100, 101].map((n) => justOff(fail('account', n).attempts))).toEqual([false, true, false])
})

test('an address has 10 at once, then one every 6 s; one that fails more slowly never waits', () => {
  expect(fail('address', 9).wait).toBe(0)
  expect(fail('address', 10).wait).toBe(6)
  expect(fail('address', 500, 6_000).wait).toBe(0)
})

test('everybody together has 1,000 at once', () => {
  expect(fail('all', 999).wait).toBe(0)
  expect(fail('all', 1_000).wait).toBeGreaterThan(0)
  expect(fail('all', 5_000, 20).wait).toBe(0)
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
