import preact from '@preact/preset-vite'
import { defineConfig } from 'wxt'
import { manifestFor } from './manifest.ts'

export default defineConfig({
  manifestVersion: 3,
  imports: false,
  manifest: ({ browser }) => manifestFor(browser === 'firefox' ? 'firefox' : 'chrome'),
  vite: () => ({
    plugins: [preact()],
    // Every browser that we support preloads modules by itself.
    build: { modulePreload: { polyfill: false } },
    resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  }),
})
