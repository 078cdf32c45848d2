/** argon2id. Memory in KiB. */
export type HashCost = { memoryCost: number; timeCost: number; parallelism: number }

/** About 30 ms and 46 MiB on a slow core (OWASP Password Storage). */
export const defaultCost: HashCost = { memoryCost: 47_104, timeCost: 1, parallelism: 1 }
export const floorCost: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The floor is two points of equal strength: less memory needs more passes. */
export function isStrong({ memoryCost, timeCost, parallelism }: HashCost): boolean {
  const enough = memoryCost >= defaultCost.memoryCost ? timeCost >= 1 : timeCost >= floorCost.timeCost
  return memoryCost >= floorCost.memoryCost && enough && parallelism >= 1
}
