import { defineConfig } from 'vitest/config'

// Packages of the workspace are read from their source, not from what was built.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { testTimeout: 30_000, include: ['**/*.test.{ts,tsx}'], exclude: ['dist/**', 'node_modules/**'] },
})
