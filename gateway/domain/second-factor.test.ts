import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviceOf } from './device.ts'
import {
  assertConfirmed,
  isConfirmed,
  isCounterSuspicious,
  mustHaveFactor,
  readCode,
  recoveryCodeOf,
  stepAfterPassword,
} from './second-factor.ts'

describe('who needs a second factor', () => {
  test.each([
    ['admins', 'admin', true],
    ['admins', 'helpdesk', true],
    ['admins', 'auditor', false],
    ['admins', null, false],
    ['everybody', null, true],
    ['nobody', 'admin', false],
  ] as const)('%s: %s needs one: %s', (policy, role, needed) => {
    expect(mustHaveFactor(policy, role)).toBe(needed)
    expect(stepAfterPassword(policy, role, 0)).toBe(needed ? 'set_up' : 'none')
  })

  test('whoever has one is asked for it, whatever the rule', () => {
    for (const policy of ['admins', 'everybody', 'nobody'] as const)
      for (const role of ['admin', 'helpdesk', 'auditor', null] as const)
        expect(stepAfterPassword(policy, role, 1)).toBe('code')
  })
})

test('a confirmation holds for five minutes, and a clock that jumps back does not lengthen it', () => {
  const now = 1_000_000_000
  expect(isConfirmed(now, now + 299_999)).toBe(true)
  expect(isConfirmed(now, now + 300_000)).toBe(false)
  expect(isConfirmed(now, now - 300_000)).toBe(false)
  expect(isConfirmed(null, now)).toBe(false)
  expect(() => assertConfirmed(null, now)).toThrow('/portal/confirm')
})

describe('what somebody types', () => {
  test.each([
    ['123456', { kind: 'totp', code: '123456' }],
    [' 123 456 ', { kind: 'totp', code: '123456' }],
    ['12345', null],
    ['1234567', null],
    ['', null],
    ['１２３４５６', null],
    ['abcd-efgh-jkmn-pqrs-tvwx-yz01', { kind: 'recovery', code: 'ABCDEFGHJKMNPQRSTVWXYZ01' }],
    ['OOOO-IIII-LLLL-0000-1111-2222', { kind: 'recovery', code: '000011111111000011112222' }],
    ['ABCD-EFGH-JKMN-PQRS-TVWX-YZU1', null],
  ])('%j', (text, read) => expect(readCode(text)).toEqual(read))

  test('every recovery code is read as itself, in any case and grouping', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 15, maxLength: 15 }), (bytes) => {
        const shown = recoveryCodeOf(bytes)
        const code = shown.replaceAll('-', '')
        expect(shown).toMatch(/^(\w{4}-){5}\w{4}$/)
        for (const typed of [shown, code, shown.toLowerCase(), shown.replaceAll('-', ' ')])
          expect(readCode(typed)).toEqual({ kind: 'recovery', code })
      }),
    )
  })

  test('different bits are different codes', () => {
    const bytes = fc.uint8Array({ minLength: 15, maxLength: 15 })
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const isSame = Buffer.compare(Buffer.from(one), Buffer.from(other)) === 0
        expect(recoveryCodeOf(one) === recoveryCodeOf(other)).toBe(isSame)
      }),
    )
  })
})

test.each([
  [0, 0, false],
  [0, 1, false],
  [5, 6, false],
  [5, 5, true],
  [5, 4, true],
  [5, 0, true],
])('an authenticator that counts %d and then %d is suspicious: %s', (before, after, suspicious) => {
  expect(isCounterSuspicious(before, after)).toBe(suspicious)
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox', 'Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari',
    'iOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome',
    'Android',
  ],
  ['curl/8.5.0', null, null],
  [null, null, null],
])('%s', (agent, browser, system) => expect(deviceOf(agent)).toEqual({ browser, system }))
