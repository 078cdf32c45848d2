import { setMaxListeners } from 'node:events'
import type { Runtime } from '../domain/runtime.ts'
import { closed, TenantError } from './failure.ts'

export type Lane = 'interactive' | 'bulk'
export type Cost = { writes: number; units: number }

export type Governor = {
  /** Waits until this many writes and resource units may go; bulk work leaves a reserve for passwords. Throws once closed. */
  admit(lane: Lane, cost: Cost): Promise<void>
  /** The tenant asked to wait: nothing goes before, and the quota that it named counts as used up. */
  slowDown(ms: number, exhausted: keyof Cost | null): void
  /** Sleeps, or until closed. */
  rest(ms: number): Promise<void>
  /** People in the tenant, which decides its size. */
  learn(people: number): void
  close(): void
}

/** Quotas of an application in a tenant ("Microsoft Graph service-specific throttling limits", read 2026-11-23). */
const writesPerWindow = 3_000
const writeWindowMs = 150_000
const unitWindowMs = 10_000
const unitsOf = (people: number) => (people < 50 ? 3_500 : people <= 500 ? 5_000 : 8_000)
/** Writes, and units, that bulk work leaves in the bucket. */
const reserve = 40
/** The longest sleep before looking again, in ms: the tenant's word may have changed meanwhile. */
const longestSleepMs = 5_000

/** A bucket that refills evenly. */
class Bucket {
  #level: number
  #at: number
  capacity: number
  readonly windowMs: number
  constructor(capacity: number, windowMs: number, now: number) {
    this.capacity = capacity
    this.windowMs = windowMs
    this.#level = capacity
    this.#at = now
  }
  /** How long until the amount may be taken and the floor still stands, in ms; 0 when now. */
  waitMs(amount: number, floor: number, now: number): number {
    this.#refill(now)
    const short = amount + floor - this.#level
    return amount === 0 || short <= 0 ? 0 : Math.max(5, Math.ceil((short * this.windowMs) / this.capacity))
  }
  take(amount: number): void {
    this.#level -= amount
  }
  drain(now: number): void {
    this.#refill(now)
    this.#level = Math.min(this.#level, 0)
  }
  #refill(now: number): void {
    this.#level = Math.min(this.capacity, this.#level + (Math.max(0, now - this.#at) * this.capacity) / this.windowMs)
    this.#at = now
  }
}

/**
 * Keeps one connection under its tenant's quota, and at it. The model is ours alone; the tenant's own word (Retry-After)
 * stands above it.
 */
export function createGovernor(runtime: Runtime): Governor {
  const writes = new Bucket(writesPerWindow, writeWindowMs, runtime.now())
  const units = new Bucket(unitsOf(1_000), unitWindowMs, runtime.now())
  const end = new AbortController()
  // Many may wait at a time.
  setMaxListeners(0, end.signal)
  let notBefore = 0
  return {
    async admit(lane, cost) {
      for (;;) {
        if (end.signal.aborted) throw new TenantError(closed)
        const now = runtime.now()
        const floor = lane === 'bulk' ? reserve : 0
        const waitMs = Math.max(
          notBefore - now,
          units.waitMs(cost.units, floor, now),
          writes.waitMs(cost.writes, floor, now),
        )
        if (waitMs <= 0) {
          units.take(cost.units)
          writes.take(cost.writes)
          return
        }
        await runtime.sleep(Math.min(waitMs, longestSleepMs), end.signal)
      }
    },
    slowDown(ms, exhausted) {
      const now = runtime.now()
      notBefore = Math.max(notBefore, now + ms)
      if (exhausted === 'writes') writes.drain(now)
      if (exhausted === 'units') units.drain(now)
    },
    rest: (ms) => runtime.sleep(ms, end.signal),
    learn(people) {
      units.capacity = unitsOf(people)
    },
    close: () => end.abort(),
  }
}
