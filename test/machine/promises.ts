import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { playHistory } from './history.ts'
import { type History, history } from './steps.ts'
import { openStage, type Stage } from './world.ts'

/** How many histories both halves draw together, from which seed, and which one alone is to be played again. */
const histories = Number(process.env['HISTORIES'] ?? 2_000)
const seed = Number(process.env['SEED'] ?? 1)
const replay = process.env['REPLAY']

/** Half of the histories: two processes share them. The same seed draws the same histories. */
export function keepsEveryPromise(half: 0 | 1): void {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(async () => await stage.close())

  it.skipIf(replay !== undefined && half === 1)('every promise is kept after every step', { timeout: 0 }, async () => {
    const property = fc.asyncProperty(history, async (one) => await playHistory(stage, one))
    const details = await fc.check(property, {
      numRuns: Math.ceil(histories / 2),
      seed: replay === undefined ? seed + half : seed,
      ...(replay !== undefined && { path: replay }),
    })
    if (!details.failed) return
    const command = `SEED=${details.seed} REPLAY=${details.counterexamplePath} pnpm test:machine`
    expect.fail([command, String(details.errorInstance), ...shown(details.counterexample?.[0])].join('\n'))
  })
}

/** A history line by line, without what is not needed. */
function shown(one: History | undefined): string[] {
  if (one === undefined) return []
  const steps = one.steps.filter((step) => step.do !== 'nothing')
  return [one.opening, ...steps].map((line) => JSON.stringify(line))
}
