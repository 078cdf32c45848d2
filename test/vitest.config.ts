import { defineConfig } from 'vitest/config'

// Packages of the workspace are read from their source, not from what was built.
const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
}

const skipped = ['**/dist/**', '**/node_modules/**', '**/artifacts/**']

export default defineConfig({
  ...source,
  test: {
    projects: [
      '../shared',
      '../gateway',
      '../extension',
      {
        ...source,
        test: {
          name: 'test',
          include: ['**/*.test.ts'],
          exclude: [...skipped, 'e2e/**', 'machine/*-half.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        ...source,
        // Drawn histories of what people and time can do, by `npm run test:machine` and `test:deep`. Two of them find
        // mistakes that are still open: once those are mended, these files belong to the test command again.
        test: { name: 'histories', include: ['machine/*.test.ts'], exclude: skipped, testTimeout: 30_000 },
      },
      {
        ...source,
        // One browser at a time: two cores do not carry more.
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: skipped,
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
})
