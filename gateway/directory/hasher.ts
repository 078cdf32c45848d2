import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'

/** argon2id. Memory in KiB. */
export type HashCost = { memoryCost: number; timeCost: number; parallelism: number }

/** About 30 ms and 46 MiB on a slow core (OWASP Password Storage). */
export const defaultCost: HashCost = { memoryCost: 47_104, timeCost: 1, parallelism: 1 }
export const floorCost: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export type Hasher = {
  /** A PHC string. Problem `busy` when too many wait. */
  hash(password: Secret): Promise<string>
  /** As much work for nobody (undefined) as for somebody, so that time does not tell who exists. */
  verify(phc: string | undefined, password: Secret): Promise<boolean>
  /** Whether a core is free beside the one that the caller is about to use. */
  hasFreeCore(): boolean
  /** Whether a hash was made with other parameters than today's. */
  isOutdated(phc: string): boolean
}

/** How many may wait for a core. */
const longestQueue = 64

/** Runs at most one hash per core at once, off the main thread. Throws for a cost below the floor. */
export function createHasher(cost: HashCost = defaultCost, cores = availableParallelism()): Hasher {
  assertStrong(cost)
  const slots = createSlots(cores)
  // argon2id is what the package does unless told otherwise.
  const options = { ...cost, outputLen: 32 }
  const decoy = hash('a password that nobody has', options)
  decoy.catch(() => {})
  return {
    hash: (password) => slots.run(() => hash(password.reveal(), options)),
    verify: (phc, password) =>
      slots.run(async () => {
        const matches = await verify(phc ?? (await decoy), password.reveal())
        return phc !== undefined && matches
      }),
    hasFreeCore: () => slots.free() > 1,
    isOutdated(phc) {
      return !phc.startsWith(`$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`)
    },
  }
}

/** The floor is two points of equal strength: less memory needs more passes. */
function assertStrong({ memoryCost, timeCost, parallelism }: HashCost): void {
  const enough = memoryCost >= defaultCost.memoryCost ? timeCost >= 1 : timeCost >= floorCost.timeCost
  if (memoryCost >= floorCost.memoryCost && enough && parallelism >= 1) return
  throw new Error(`Password hashing needs at least m=${floorCost.memoryCost}, t=${floorCost.timeCost}, p=1.`)
}

function createSlots(count: number) {
  let free = Math.max(1, count)
  const waiting: (() => void)[] = []
  return {
    free: () => free,
    async run<T>(task: () => Promise<T>): Promise<T> {
      if (free === 0) {
        if (waiting.length >= longestQueue)
          throw new Problem('busy', 'Many people sign in at the moment. Try again in a few seconds.', {
            retryAfterSeconds: 5,
          })
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else free -= 1
      try {
        return await task()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
