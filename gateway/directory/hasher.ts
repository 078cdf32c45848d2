import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { defaultCost, floorCost, type HashCost, isStrong } from '../domain/hash-cost.ts'
import { readPasswordHash } from '../domain/password-hash.ts'
import type { Secret } from '../domain/secret.ts'
import { createSlots } from './fair-slots.ts'
import { verifyForeign } from './foreign-hash.ts'

export type Hasher = {
  /** A PHC string. Problem `busy` when too many wait; those of one address wait for each other first. */
  hash(password: Secret, address?: string): Promise<string>
  /**
   * As much work for nobody (undefined) as for somebody, so that time does not tell who exists. A hash that is not of
   * today's kind, as one from another directory, costs ours besides.
   */
  verify(hash: string | undefined, password: Secret, address?: string): Promise<boolean>
  /** Whether a core is free beside the one that the caller is about to use. */
  hasFreeCore(): boolean
  /** Whether a hash was made with other parameters than today's. */
  isOutdated(phc: string): boolean
}

/** Runs at most one hash per core at once, off the main thread. Throws for a cost below the floor. */
export function createHasher(cost: HashCost = defaultCost, cores = availableParallelism()): Hasher {
  assertStrong(cost)
  const slots = createSlots(cores)
  // argon2id is what the package does unless told otherwise.
  const options = { ...cost, outputLen: 32 }
  const decoy = hash('a password that nobody has', options)
  decoy.catch(() => {})
  const ours = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`
  const isOutdated = (phc: string) => !phc.startsWith(ours)
  return {
    hash: (password, address) => slots.run(() => hash(password.reveal(), options), address),
    verify: (stored, password, address) =>
      slots.run(async () => {
        if (stored !== undefined && !isOutdated(stored)) return await verify(stored, password.reveal())
        await verify(await decoy, password.reveal())
        const foreign = stored === undefined ? undefined : readPasswordHash(stored)
        return foreign !== undefined && 'kind' in foreign && (await verifyForeign(foreign, password.reveal()))
      }, address),
    hasFreeCore: () => slots.free() > 1,
    isOutdated,
  }
}

function assertStrong(cost: HashCost): void {
  if (isStrong(cost)) return
  throw new Error(`Password hashing needs at least m=${floorCost.memoryCost}, t=${floorCost.timeCost}, p=1.`)
}
