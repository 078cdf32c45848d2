/** A clock that stands still as long as anybody can go on without it. */
export type Time = {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Lets everybody go on who waits for nothing but others. */
  calm(): Promise<void>
  /** Moves the clock to the next sleeper and wakes it; false when nobody sleeps until then. */
  wakeNext(until?: number): boolean
  /** The clock goes ahead at once, as of a machine that slept. Whoever is due by then wakes late. */
  jump(ms: number): void
  /** All who sleep are gone. */
  forget(): void
}

type Sleeper = { at: number; wake: () => void }

export function createTime(startsAt: number): Time {
  let now = startsAt
  let sleepers: Sleeper[] = []
  const remove = (sleeper: Sleeper) => {
    sleepers = sleepers.filter((each) => each !== sleeper)
  }
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true || ms <= 0) return resolve()
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          remove(sleeper)
          resolve()
        }
        const sleeper = { at: now + ms, wake }
        const place = sleepers.findIndex(({ at }) => at > sleeper.at)
        sleepers.splice(place < 0 ? sleepers.length : place, 0, sleeper)
        signal?.addEventListener('abort', wake)
      }),
    calm: () => new Promise((resolve) => setImmediate(resolve)),
    wakeNext(until = Number.POSITIVE_INFINITY) {
      const [next] = sleepers
      if (next === undefined || next.at > until) return false
      now = Math.max(now, next.at)
      next.wake()
      return true
    },
    jump(ms) {
      now += ms
    },
    forget() {
      sleepers = []
    },
  }
}
