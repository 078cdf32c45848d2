import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Packages of the workspace are read from their source, not from what was built.
const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
}

const skipped = ['**/dist/**', '**/node_modules/**', '**/artifacts/**']

const secondHalf = 'machine/second-half.test.ts'

export default defineConfig({
  ...source,
  test: {
    // Most tests wait for programs of their own: one worker for each core, not one less.
    maxWorkers: availableParallelism(),
    projects: [
      '../shared',
      '../gateway',
      '../extension',
      {
        ...source,
        test: {
          name: 'test',
          include: ['**/*.test.ts'],
          exclude: [...skipped, 'e2e/**', secondHalf],
          testTimeout: 30_000,
        },
      },
      // By itself, so that it can be played with what the browser leaves of two cores.
      { ...source, test: { name: 'second-half', include: [secondHalf] } },
      {
        ...source,
        // One browser at a time: two cores do not carry more.
        test: {
          name: 'e2e',
          sequence: { groupOrder: 1 },
          include: ['e2e/**/*.test.ts'],
          exclude: skipped,
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
})
