import { expect, test } from 'vitest'
import { defaultBrake, engaged } from './brake.ts'

const calm = { hour: 0, day: 0 }
test.each([
  [2, 25, calm, false, 'fewer than three pass'],
  [3, 25, calm, true, 'three of twenty-five are more than a tenth'],
  [3, 100, calm, false, 'three of a hundred pass'],
  [10, 100, calm, true, 'a tenth engages'],
  [25, 1000, calm, false, 'twenty-five pass in a large directory'],
  [26, 1000, calm, true, 'more than twenty-five never pass by themselves'],
  [1, 1000, { hour: 2, day: 25 }, true, 'many small steps count together'],
  [0, 10, { hour: 9, day: 99 }, false, 'nothing to do engages nothing'],
])('%i of %i after %o: %s (%s)', (now, bound, recent, expected) => {
  expect(engaged(defaultBrake, bound, recent, now)).toBe(expected)
})
