/** Whom a ring takes: so many, the members of a group, or everybody who is left. */
export type Ring = { count: number } | { group: string } | { rest: true }

export type Candidate = { userId: string; groups: ReadonlySet<string> }

/** Everybody is in the first ring that takes them; who is in none is left out. */
export function ringsOf(rings: readonly Ring[], people: readonly Candidate[]): string[][] {
  let left = [...people]
  return rings.map((ring) => {
    const taken =
      'count' in ring
        ? left.slice(0, ring.count)
        : 'group' in ring
          ? left.filter(({ groups }) => groups.has(ring.group))
          : left
    const ids = new Set(taken.map(({ userId }) => userId))
    left = left.filter(({ userId }) => !ids.has(userId))
    return [...ids]
  })
}

/** What became of one person. */
export type RingResult = { kind: 'bound' } | { kind: 'held' } | { kind: 'failed'; code: string; detail: string }

/** So many equal failures are no accident. */
const equalAtMost = 1
const shareAtMost = 0.02

/** Why a ring of that size stops the roll-out, as a sentence; null while it may go on. */
export function haltOf(results: readonly RingResult[], size: number): string | null {
  const failures = results.filter((result) => result.kind === 'failed')
  const counts = new Map<string, number>()
  for (const { code } of failures) counts.set(code, (counts.get(code) ?? 0) + 1)
  const repeated = failures.find(({ code }) => (counts.get(code) ?? 0) > equalAtMost)
  if (repeated !== undefined) return `${counts.get(repeated.code)} failed in the same way: ${repeated.detail}`
  const limit = Math.ceil(size * shareAtMost)
  if (failures.length >= limit && failures[0] !== undefined)
    return `${failures.length} of ${size} failed, the first one so: ${failures[0].detail}`
  const held = results.filter(({ kind }) => kind === 'held').length
  return held === 0 ? null : `The brake holds ${held} back until an administrator approves the plan.`
}
