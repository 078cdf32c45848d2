import { Refusal } from './errors.ts'
import type { State } from './state.ts'

/** "Microsoft Graph service-specific throttling limits", identity and access: resource units per 10 s by tenant size. */
const units = { S: 3_500, M: 5_000, L: 8_000 }
const windowMs = { units: 10_000, writes: 150_000 }
const writeLimit = 3_000

type Bucket = { level: number; at: number }

/** Two token buckets per app and tenant. A refused request counts against the units all the same. */
export class Quota {
  readonly #state: State
  #units: Bucket
  #writes: Bucket
  constructor(state: State) {
    this.#state = state
    this.#units = { level: Number.POSITIVE_INFINITY, at: state.now() }
    this.#writes = { level: Number.POSITIVE_INFINITY, at: state.now() }
  }

  /** Charges a request; throws 429 when it is one too many. Returns the headers of the answer. */
  charge(cost: { units: number; write: boolean }): Record<string, string> {
    const headers: Record<string, string> = { 'x-ms-resource-unit': String(cost.units) }
    const { quota } = this.#state
    if (quota === 'off') return headers
    const capacity = units[quota]
    const unitsLeft = this.#refill(this.#units, capacity, windowMs.units)
    if (unitsLeft < cost.units)
      throw this.#refuse(
        'ResourceUnitLimitExceeded',
        'ReadWrite',
        (cost.units - unitsLeft) * (windowMs.units / capacity),
      )
    const writesLeft = this.#refill(this.#writes, writeLimit, windowMs.writes)
    if (cost.write && writesLeft < 1)
      throw this.#refuse('WriteLimitExceeded', 'Write', (1 - writesLeft) * (windowMs.writes / writeLimit))
    this.#units.level -= cost.units
    if (cost.write) this.#writes.level -= 1
    const used = 1 - Math.min(this.#units.level / capacity, this.#writes.level / writeLimit)
    if (used >= 0.8) headers['x-ms-throttle-limit-percentage'] = used.toFixed(2)
    return headers
  }

  #refill(bucket: Bucket, capacity: number, window: number): number {
    const now = this.#state.now()
    bucket.level = Math.min(capacity, bucket.level + ((now - bucket.at) * capacity) / window)
    bucket.at = now
    return bucket.level
  }

  #refuse(information: string, kind: string, waitMs: number): Refusal {
    // Fractional on purpose, as Microsoft sends it.
    const retryAfter = Math.max(0.1, waitMs / 1000).toFixed(3)
    return new Refusal(429, 'TooManyRequests', 'Please retry again later.', {
      headers: {
        'Retry-After': retryAfter,
        'x-ms-throttle-information': information,
        'x-ms-throttle-scope': `Tenant_Application/${kind}/${this.#state.app.clientId}/${this.#state.tenantId}`,
      },
    })
  }
}
