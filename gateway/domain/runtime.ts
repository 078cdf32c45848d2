/** A point in time in ms since 1970, UTC. */
export type Instant = number

/** Everything that differs from run to run comes in through here, so that a failure replays from its seed. */
export type Runtime = {
  now(): Instant
  newId(): string
  randomBytes(count: number): Uint8Array
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
