import type { Change, Person, Properties, State, Version } from './state.ts'

/*
 * "Designing for eventual consistency for Microsoft Entra": a write is accepted on one replica and copied to the others
 * later, and an app-only read may reach any of them.
 */
const replicas = 3

/** What one replica, drawn by lot, shows of a user. Null: it knows no such user. */
export function view(state: State, person: Person, eventual = false): Properties | null {
  const current = person.deletedAt === null ? person.properties : null
  if (person.versions.length === 0) return current
  const now = state.now()
  // Advanced queries read an index of their own, which is the last to hear of anything.
  const replica = eventual ? replicas - 1 : Math.floor(state.random() * replicas)
  const known = person.versions.findLast(({ visibleAt }) => (visibleAt[replica] ?? 0) <= now)
  if (known === person.versions.at(-1) && known?.visibleAt.every((at) => at <= now)) person.versions = []
  return known === undefined ? null : known.properties
}

/** Notes a change of a user: what each replica shows from when on, and that the delta has something to tell. */
export function touch(state: State, person: Person, before: Properties | null, names: readonly string[] | null): void {
  let visibleAt = state.now()
  if (state.lagMs > 0) {
    if (person.versions.length === 0) person.versions.push({ properties: before, visibleAt: everywhere(0) })
    const version = { properties: person.deletedAt === null ? person.properties : null, visibleAt: delays(state) }
    person.versions.push(version)
    visibleAt = Math.max(...version.visibleAt)
  }
  note(state, 'users', { id: person.id, visibleAt, names })
}

export function note(state: State, kind: 'users' | 'groups', change: Omit<Change, 'seq'>): void {
  state.seq += 1
  state.changes[kind].push({ ...change, seq: state.seq })
}

const everywhere = (at: number): Version['visibleAt'] => Array.from({ length: replicas }, () => at)

/** The replica that took the write knows it at once; the slowest is between a fifth and the whole of the lag behind. */
function delays(state: State): Version['visibleAt'] {
  const now = state.now()
  const slowest = Math.round(state.lagMs * (0.2 + 0.8 * state.random()))
  return [now, now + Math.round(slowest * state.random()), now + slowest]
}
