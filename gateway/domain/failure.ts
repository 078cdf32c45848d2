import type { Instant } from './runtime.ts'

/** What a tenant said no with. Told apart by status, code and details, never by message text alone where a code exists. */
export type TenantFailure = {
  kind:
    | 'throttled'
    | 'unavailable'
    | 'refused'
    | 'password_refused'
    | 'forbidden'
    | 'conflict'
    | 'gone'
    | 'read_only'
    | 'signed_out'
    /** Of the licences: none left, or the tenant has not heard of the usage location yet. */
    | 'no_seat'
    | 'no_location'
  /** The tenant's own code. */
  code: string
  /** A sentence for a person. */
  detail: string
  /** The next step for a person. */
  remedy: string
  requestId: string | null
  retryAfterMs: number | null
  /** Id of the object that holds the value, where the tenant named it. */
  conflictsWith?: string
}

/**
 * What became of a write. `unknown` means that the answer was lost: it is looked at again, never repeated blindly.
 * `stepsDone`: how many of its requests had succeeded before. `tenantAt`: what the tenant's own clock said.
 */
export type Outcome<T = undefined> =
  | { kind: 'done'; requestId: string | null; value: T; tenantAt?: Instant }
  | { kind: 'unknown'; requestId: string | null; detail: string; stepsDone?: number }
  | { kind: 'failed'; failure: TenantFailure; stepsDone?: number }
