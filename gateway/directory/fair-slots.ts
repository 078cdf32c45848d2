import { Problem } from '../domain/problem.ts'

/** How many may wait for a core. */
const longestQueue = 64

type Waiting = { admit: () => void; refuse: (problem: Problem) => void }

/**
 * So many tasks at once; others wait, and addresses take turns. Once the queue is full, the last of the address with the
 * most waiting gives way to one that waits for less. Problem `busy` for whom there is no room.
 */
export function createSlots(count: number) {
  let free = Math.max(1, count)
  let queued = 0
  /** By address, in the order of their turns. */
  const lanes = new Map<string, Waiting[]>()

  function next(): Waiting | undefined {
    const turn = lanes.entries().next().value
    if (turn === undefined) return undefined
    const [address, lane] = turn
    const first = lane.shift()
    lanes.delete(address)
    if (lane.length > 0) lanes.set(address, lane)
    queued -= 1
    return first
  }

  function makeRoom(address: string): void {
    if (queued < longestQueue) return
    const [longest = [], mine] = [[...lanes.values()].sort((a, b) => b.length - a.length)[0], lanes.get(address) ?? []]
    if (longest.length <= mine.length + 1) throw tooMany()
    queued -= 1
    longest.pop()?.refuse(tooMany())
  }

  return {
    free: () => free,
    async run<T>(task: () => Promise<T>, address = ''): Promise<T> {
      if (free > 0) free -= 1
      else {
        makeRoom(address)
        await new Promise<void>((admit, refuse) => {
          lanes.set(address, [...(lanes.get(address) ?? []), { admit, refuse }])
          queued += 1
        })
      }
      try {
        return await task()
      } finally {
        const following = next()
        if (following === undefined) free += 1
        else following.admit()
      }
    },
  }
}

const tooMany = () =>
  new Problem('busy', 'Many people sign in at the moment. Try again in a few seconds.', { retryAfterSeconds: 5 })
