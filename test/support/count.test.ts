import { expect, test } from 'vitest'
import { countTests } from './count.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
})
const report = (...testResults: unknown[]) => JSON.stringify({ testResults })

test('tests are counted by what became of them', () => {
  expect(countTests(report(file('failed', 'passed', 'failed', 'skipped'), file('passed', 'passed')))).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
  })
})

test('a file that did not load counts as a failure', () => {
  expect(countTests(report(file('failed')))).toEqual({ passed: 0, failed: 1, skipped: 0 })
})
