import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { playHistory } from './history.ts'
import { history } from './steps.ts'
import { openStage, type Stage } from './world.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => await stage.close())

const histories = Number(process.env['HISTORIES'] ?? 1_000)
const seed = Number(process.env['SEED'] ?? 1)
const path = process.env['REPLAY']

it(`keeps every promise through ${histories} histories`, { timeout: 0 }, async () => {
  let played = 0
  const started = performance.now()
  const details = await fc.check(
    fc.asyncProperty(history, async (one) => {
      played += 1
      await playHistory(stage, one)
    }),
    { numRuns: histories, seed, ...(path !== undefined && { path }), endOnFailure: path !== undefined },
  )
  const ms = performance.now() - started
  console.log(`${played} histories, ${(ms / played).toFixed(0)} ms each`)
  if (!details.failed) return
  const [one] = details.counterexample ?? []
  const steps = one?.steps.filter((step) => step.do !== 'nothing').map((step) => JSON.stringify(step))
  const shown = [JSON.stringify(one?.opening), ...(steps ?? [])].join('\n')
  expect.fail(
    `SEED=${details.seed} REPLAY=${details.counterexamplePath} pnpm test:machine\n${String(details.errorInstance)}\n${shown}`,
  )
})
