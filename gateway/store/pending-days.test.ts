import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { type TestRuntime, testRuntime } from '../domain/testing.ts'
import { openPendingDays } from './pending-days.ts'
import { createVault, SealRejected } from './vault.ts'

const owner = { userId: 'u1', connectionId: 'c1', accountId: 'a1', tenantId: 't1', version: 3 }
const dayMs = 86_400_000
const tidyMs = 5 * 60_000
const startsAt = Date.UTC(2026, 0, 5, 9)
let folder: string
let file: string
let runtime: TestRuntime

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-days-'))
  file = join(folder, 'instance.key.days')
  runtime = testRuntime()
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A gateway on the state as it lies in a file; `live` lets time pass as for one that serves. */
function gateway(path = file, clock: TestRuntime = runtime) {
  const days = openPendingDays(path, clock)
  const vault = createVault(new Uint8Array(32).fill(7), clock, days)
  return {
    seal: () => vault.sealPending(new Secret('Purple-Kettle-42'), owner),
    opens(sealed: string): boolean {
      try {
        return vault.openPending(sealed, owner).reveal() === 'Purple-Kettle-42'
      } catch (error) {
        if (error instanceof SealRejected) return false
        throw error
      }
    },
    days,
    async live(ms: number) {
      for (const until = clock.now() + ms; clock.now() < until; ) {
        await clock.advance(tidyMs)
        days.moveOn()
      }
    },
  }
}

test('what a copy of the store held is beyond reach once the state has moved on, though the files are stolen later', async () => {
  const first = gateway()
  const sealed = first.seal()
  await first.live(3 * dayMs)
  expect(gateway().opens(sealed)).toBe(true)
  await first.live(2.5 * dayMs)
  expect(gateway().opens(sealed)).toBe(false)
  expect(first.opens(sealed)).toBe(false)
  expect(first.opens(first.seal())).toBe(true)
})

test('the former state is overwritten, not only replaced', async () => {
  const first = gateway()
  const before = readFileSync(file)
  await first.live(1.5 * dayMs)
  expect(readFileSync(file)).not.toEqual(before)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('two that share a state agree across midnight, whoever moves on first', async () => {
  const other = join(folder, 'other.days')
  const clock = testRuntime(2, startsAt)
  const first = gateway()
  copyFileSync(file, other)
  const second = gateway(other, clock)
  const evening = first.seal()
  await first.live(dayMs)
  expect(second.opens(first.seal())).toBe(true)
  await second.live(dayMs)
  expect(second.opens(evening) && second.opens(first.seal()) && first.opens(second.seal())).toBe(true)
})

test('a clock that jumps ahead costs nothing until it has stayed there for an hour', async () => {
  const first = gateway()
  await first.live(2 * 3_600_000)
  const sealed = first.seal()
  await runtime.advance(30 * dayMs)
  await first.live(50 * 60_000)
  expect(gateway(file, testRuntime(3, startsAt)).opens(sealed)).toBe(true)
  await first.live(20 * 60_000)
  expect(gateway(file, testRuntime(3, startsAt)).opens(sealed)).toBe(false)
})

test('a clock that went back seals with the oldest day that is left', async () => {
  await gateway().live(30 * dayMs)
  const back = gateway(file, testRuntime(4, startsAt))
  const sealed = back.seal()
  expect(back.opens(sealed)).toBe(true)
  expect(gateway().opens(sealed)).toBe(true)
})

test('a state that was lost or cut short costs what waits, and nothing more', () => {
  const sealed = gateway().seal()
  rmSync(file)
  const anew = gateway()
  expect(anew.opens(sealed)).toBe(false)
  expect(anew.opens(anew.seal())).toBe(true)
  writeFileSync(file, 'half')
  expect(() => gateway()).toThrow('Move it away')
})

test('a record of a day that has not come by far is refused at once', () => {
  const first = gateway()
  const bytes = Buffer.from(first.seal(), 'base64url')
  bytes.writeUInt32BE(0xffff_ffff, 1)
  expect(first.opens(bytes.toString('base64url'))).toBe(false)
})
