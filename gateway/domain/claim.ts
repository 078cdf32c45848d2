/** Which gateway a tenant follows, as it stands in the tenant itself. The generation rises with each claim. */
export type Stamp = { instanceId: string; generation: number }

/** What a gateway remembers of its claim on a tenant. */
export type Claim = {
  groupId: string | null
  generation: number
  /** Stands in the tenant and is not ours: nothing is written before a person decides. */
  contested: Stamp | null
  /** A person has decided to go on although this stands there. */
  accepted: Stamp | null
}

export const unclaimed: Claim = { groupId: null, generation: 0, contested: null, accepted: null }

/** How long a claim is believed before the tenant is asked again, and before it is raised, in ms. */
export const believedForMs = 10 * 60_000
export const raisedEveryMs = 24 * 3_600_000

/**
 * The stamp that keeps us from writing; null when the tenant is ours. A newer generation under our own id says that this
 * gateway was restored from a backup or copied, and that the other copy has written since.
 */
export function contestedBy(instanceId: string, claim: Claim, found: readonly Stamp[]): Stamp | null {
  const isAccepted = (stamp: Stamp) =>
    stamp.instanceId === claim.accepted?.instanceId && stamp.generation <= claim.accepted.generation
  const isOurs = (stamp: Stamp) => stamp.instanceId === instanceId && stamp.generation <= claim.generation
  return found.find((stamp) => !isOurs(stamp) && !isAccepted(stamp)) ?? null
}

/** What a person who approves the first plan has decided. */
export const accept = (claim: Claim): Claim => ({
  ...claim,
  generation: Math.max(claim.generation, claim.contested?.generation ?? 0),
  contested: null,
  accepted: claim.contested,
})
