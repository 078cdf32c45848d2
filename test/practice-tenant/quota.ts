import { Refusal } from './errors.ts'
import type { State } from './state.ts'

/** What a request costs: resource units, a write, a look at the reports. */
export type Cost = { units: number; write: boolean; report: boolean }

/** "Microsoft Graph service-specific throttling limits", identity and access: resource units per 10 s by tenant size. */
const unitLimits = { S: 3_500, M: 5_000, L: 8_000 }

type Bucket = {
  scope: string
  kind: string
  information: string
  capacity: number
  windowMs: number
  level: number
  at: number
}

/**
 * Leaky buckets by the tenant's clock: resource units and writes of the app in this tenant, writes of the tenant and of
 * the app over all tenants, and the reports. A refused request counts as well, so asking on and on keeps it refused.
 */
export class Quota {
  readonly #state: State
  readonly #units: Bucket
  readonly #writes: Bucket[]
  readonly #reports: Bucket
  constructor(state: State) {
    this.#state = state
    const bucket = (scope: string, kind: string, information: string, capacity: number, windowMs: number): Bucket => {
      return { scope, kind, information, capacity, windowMs, level: Number.POSITIVE_INFINITY, at: state.now() }
    }
    this.#units = bucket('Tenant_Application', 'ReadWrite', 'ResourceUnitLimitExceeded', unitLimits.L, 10_000)
    this.#writes = [
      bucket('Tenant_Application', 'Write', 'WriteLimitExceeded', 3_000, 150_000),
      bucket('Tenant', 'Write', 'WriteLimitExceeded', 18_000, 300_000),
      bucket('Application', 'Write', 'WriteLimitExceeded', 35_000, 300_000),
    ]
    this.#reports = bucket('Tenant_Application', 'Read', 'CPULimitExceeded', 5, 10_000)
  }

  /** Charges a request; throws 429 when it is one too many. Returns the headers of the answer. */
  charge(cost: Cost): Record<string, string> {
    const headers: Record<string, string> = { 'x-ms-resource-unit': String(cost.units) }
    const { quota } = this.#state
    if (quota === 'off') return headers
    this.#units.capacity = unitLimits[quota]
    const charged = [
      { bucket: this.#units, amount: cost.units },
      ...(cost.write ? this.#writes.map((bucket) => ({ bucket, amount: 1 })) : []),
      ...(cost.report ? [{ bucket: this.#reports, amount: 1 }] : []),
    ]
    let refused: { bucket: Bucket; missing: number } | null = null
    let used = 0
    for (const { bucket, amount } of charged) {
      this.#refill(bucket)
      const short = bucket.level < amount
      bucket.level = Math.max(-0.8 * bucket.capacity, bucket.level - amount)
      if (refused === null && short) refused = { bucket, missing: amount - bucket.level }
      used = Math.max(used, 1 - bucket.level / bucket.capacity)
    }
    if (used > 0.8) headers['x-ms-throttle-limit-percentage'] = Math.min(1.8, used).toFixed(2)
    if (refused !== null) throw this.#refusal(refused.bucket, refused.missing, headers)
    return headers
  }

  #refill(bucket: Bucket): void {
    const now = this.#state.now()
    const back = ((now - bucket.at) * bucket.capacity) / bucket.windowMs
    bucket.level = Math.min(bucket.capacity, bucket.level + back)
    bucket.at = now
  }

  #refusal(bucket: Bucket, missing: number, headers: Record<string, string>): Refusal {
    // A fraction of a second, as Microsoft sends it.
    const retryAfter = Math.max(0.1, (missing * bucket.windowMs) / bucket.capacity / 1000).toFixed(3)
    return new Refusal(429, 'TooManyRequests', 'Please retry again later.', {
      inner: { code: '429', message: 'Please retry after', status: '429' },
      headers: {
        ...headers,
        ...(this.#state.switches.retryAfter && { 'Retry-After': retryAfter }),
        'x-ms-throttle-information': bucket.information,
        'x-ms-throttle-scope': `${bucket.scope}/${bucket.kind}/${this.#state.app.clientId}/${this.#state.tenantId}`,
      },
    })
  }
}
