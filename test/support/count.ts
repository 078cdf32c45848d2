import { z } from 'zod'

const Report = z.object({
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
})

/** Counts the tests in vitest's JSON report. A file that failed without a failed test (it did not load) counts as one. */
export function countTests(json: string): { passed: number; failed: number; skipped: number } {
  const counted = { passed: 0, failed: 0, skipped: 0 }
  for (const file of Report.parse(JSON.parse(json)).testResults) {
    const failures = file.assertionResults.filter((test) => test.status === 'failed').length
    counted.passed += file.assertionResults.filter((test) => test.status === 'passed').length
    counted.failed += failures === 0 && file.status === 'failed' ? 1 : failures
    counted.skipped += file.assertionResults.filter((test) => !['passed', 'failed'].includes(test.status)).length
  }
  return counted
}
