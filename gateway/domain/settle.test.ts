import { expect, test } from 'vitest'
import type { ObservedAccount } from './account.ts'
import { overwrite, settle, staleForMs } from './settle.ts'
import { noAttributes, testAccount } from './testing.ts'

const before = testAccount({ attributes: { ...noAttributes, city: 'Graz' } })
const city = (value: string): ObservedAccount => ({ ...before, attributes: { ...noAttributes, city: value } })
const wrote = overwrite(before, { attributes: { city: 'Linz' }, enabled: false }, {}, 1_000)

test('our accepted write stands at once', () => {
  expect(wrote.account).toMatchObject({ enabled: false, attributes: { city: 'Linz' } })
})
test('a late answer with the value from before does not undo our write', () => {
  expect(settle(before, wrote.written, 2_000).account).toEqual(wrote.account)
})
test('a late answer is in doubt until no answer can be late any more', () => {
  expect(settle(before, wrote.written, 2_000).doubtUntil).toBe(1_000 + staleForMs)
  expect(settle(wrote.account, wrote.written, 2_000).doubtUntil).toBeNull()
  expect(settle(before, wrote.written, 1_000 + staleForMs).doubtUntil).toBeNull()
})
test("a value that is neither ours nor the one before is somebody's change at once", () => {
  const seen = settle({ ...city('Wien'), enabled: false }, wrote.written, 2_000)
  expect(seen.account.attributes.city).toBe('Wien')
})
test('after five minutes the old value is a change too', () => {
  expect(settle(before, wrote.written, 1_000 + staleForMs).account).toEqual(before)
})
test('a late answer does not undo a block that was observed before it was recorded', () => {
  const observed = { ...before, enabled: false }
  const { account, written } = overwrite(observed, { attributes: {}, enabled: false }, {}, 1_000)
  expect(settle(before, written, 2_000).account).toEqual(account)
})
