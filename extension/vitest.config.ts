import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 30_000,
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules', '.output', '.wxt'],
  },
})
