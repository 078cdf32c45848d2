import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ExpiryPolicy, type ExpiryStep, expiryStep, type PasswordAge } from './password-age.ts'

const dayMs = 86_400_000
const changedAt = Date.UTC(2026, 0, 1)
const strict: ExpiryPolicy = { afterDays: 90, graceDays: 14, block: true }
const mild: ExpiryPolicy = { ...strict, block: false }
const day = (count: number) => changedAt + count * dayMs

const fresh: PasswordAge = { changedAt, lookedAt: null, toldAt: null, isBlocked: false, isActive: true }
const looked = (on: number, more: Partial<PasswordAge> = {}): PasswordAge => ({ ...fresh, lookedAt: day(on), ...more })
const told = (on: number, more: Partial<PasswordAge> = {}) => looked(on, { toldAt: day(on), ...more })

const warn = (daysLeft: number): ExpiryStep => ({ step: 'warn', daysLeft })
const step = (name: 'tell' | 'block' | 'release'): ExpiryStep => ({ step: name })

test.each<[string, ExpiryPolicy | null, PasswordAge, number, ExpiryStep | null]>([
  ['no policy: nothing ever happens', null, fresh, 5_000, null],
  ['well before the end', strict, fresh, 75, null],
  ['14 days before', strict, looked(75), 76, warn(14)],
  ['the same day once more', strict, looked(76), 76.5, null],
  ['between the warnings', strict, looked(76), 82.9, null],
  ['7 days before', strict, looked(82.9), 83, warn(7)],
  ['3 days before', strict, looked(86), 87, warn(3)],
  ['a day before', strict, looked(88), 89, warn(1)],
  ['several were missed: one warning, of the days that are left', strict, looked(70), 88.5, warn(2)],
  ['the policy was turned on late', strict, fresh, 80, warn(10)],
  ['it has expired', strict, looked(89), 90, step('tell')],
  ['it had expired long before the policy was turned on', strict, fresh, 4_000, step('tell')],
  ['told, and within the grace', strict, told(90), 103.9, null],
  ['the grace is over', strict, told(90), 104, step('block')],
  ['told late: the grace begins then', strict, told(300), 313.9, null],
  ['told late, and the grace is over', strict, told(300), 314, step('block')],
  ['blocked already', strict, told(90, { isBlocked: true }), 200, null],
  ['the policy does not block', mild, told(90), 1_000, null],
  ['it does not block any more', mild, told(90, { isBlocked: true }), 200, step('release')],
  ['the policy was turned off', null, told(90, { isBlocked: true }), 200, step('release')],
  [
    'passwords are good for longer now',
    { ...strict, afterDays: 365 },
    told(90, { isBlocked: true }),
    200,
    step('release'),
  ],
  ['blocked, and the person is suspended since', strict, told(90, { isBlocked: true, isActive: false }), 200, null],
  ['whoever cannot sign in is not warned', strict, looked(75, { isActive: false }), 76, null],
  ['nor told', strict, looked(89, { isActive: false }), 95, null],
  ['nor blocked', strict, told(90, { isActive: false }), 200, null],
])('%s', (_, policy, age, on, expected) => {
  expect(expiryStep(policy, age, day(on))).toEqual(expected)
})

/** What a person lives through who never changes the password, looked at at these times. */
function live(policy: ExpiryPolicy, looks: readonly number[]) {
  let age = fresh
  const seen: { at: number; step: ExpiryStep['step'] }[] = []
  for (const at of looks) {
    const next = expiryStep(policy, age, at)
    if (next !== null) seen.push({ at, step: next.step })
    age = {
      ...age,
      lookedAt: at,
      toldAt: next?.step === 'tell' ? at : age.toldAt,
      isBlocked: next?.step === 'block' || (age.isBlocked && next?.step !== 'release'),
    }
  }
  return seen
}

const policies = fc.record({
  afterDays: fc.integer({ min: 30, max: 400 }),
  graceDays: fc.integer({ min: 1, max: 60 }),
  block: fc.boolean(),
})
/** Looks at any time, with standstills of any length. */
const times = fc.array(fc.integer({ min: 1, max: 60 * 24 }), { maxLength: 200 }).map((hours) => {
  let at = changedAt
  return hours.map((each) => {
    at += each * 3_600_000
    return at
  })
})

test('nobody is blocked who was not told for the whole grace before, and each rung comes once', () => {
  fc.assert(
    fc.property(policies, times, (policy, looks) => {
      const seen = live(policy, looks)
      const tells = seen.filter((each) => each.step === 'tell')
      const blocks = seen.filter((each) => each.step === 'block')
      expect(tells.length).toBeLessThanOrEqual(1)
      expect(blocks.length).toBeLessThanOrEqual(policy.block ? 1 : 0)
      expect(seen.filter((each) => each.step === 'warn').length).toBeLessThanOrEqual(4)
      expect(seen.some((each) => each.step === 'release')).toBe(false)
      for (const { at } of tells) expect(at).toBeGreaterThanOrEqual(changedAt + policy.afterDays * dayMs)
      for (const { at } of blocks)
        expect(at - (tells[0]?.at ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(policy.graceDays * dayMs)
    }),
  )
})

test('whoever is looked at often enough gets all four warnings', () => {
  const hourly = Array.from({ length: 92 * 24 }, (_, hour) => changedAt + hour * 3_600_000)
  expect(live(mild, hourly).map((each) => each.step)).toEqual(['warn', 'warn', 'warn', 'warn', 'tell'])
})
