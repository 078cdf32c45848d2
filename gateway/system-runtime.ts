import { randomBytes, randomUUID } from 'node:crypto'
import type { Runtime } from './domain/runtime.ts'

/** The machine's own clock, randomness and timers. */
export const systemRuntime: Runtime = {
  now: () => Date.now(),
  newId: () => randomUUID(),
  randomBytes: (count) => randomBytes(count),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal?.addEventListener('abort', end)
    }),
}
