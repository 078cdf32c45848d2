export type Story = { step<T>(sentence: string, run: () => Promise<T>): Promise<T> }

/** Prints each step with how long it took; a step that fails is named and ends the story. */
export function tell(write: (text: string) => void = (text) => process.stdout.write(text)): Story {
  let count = 0
  return {
    async step(sentence, run) {
      count += 1
      const started = performance.now()
      const line = `${String(count).padStart(2)}. ${sentence}`
      try {
        const result = await run()
        write(`✓ ${line}  ${spent(started)}\n`)
        return result
      } catch (error) {
        write(`✗ ${line}  ${spent(started)}\n`)
        throw error
      }
    },
  }
}

function spent(started: number): string {
  const ms = performance.now() - started
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
