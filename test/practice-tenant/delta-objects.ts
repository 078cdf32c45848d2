import { parseGroupSelect } from './group-properties.ts'
import type { Change, Properties, State } from './state.ts'
import { parseSelect } from './user-properties.ts'

/** The kind of objects that a delta tells about. */
export type Tracked = {
  kind: 'users' | 'groups'
  rights: readonly string[]
  /** Refuses what cannot be selected. Null: the default properties. */
  select(value: string): string[] | null
  /** Keys of a full round after a key, in order; one object may have several. */
  keys(state: State, after: string, count: number): string[]
  fullItem(state: State, key: string, select: string[] | null): Properties
  /** What the changes of one object come to; null: nothing that was selected. */
  item(
    state: State,
    id: string,
    changes: readonly Change[],
    select: string[] | null,
    minimal: boolean,
  ): Properties | null
}

const usersByDefault =
  'businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
    ' ',
  )
const groupsByDefault =
  'displayName description mail mailEnabled mailNickname securityEnabled groupTypes visibility'.split(' ')

const removed = (id: string, reason: 'changed' | 'deleted'): Properties => ({ id, '@removed': { reason } })

/** A property that was never set is absent; one that was cleared is null ("user: delta"). */
function everSet(properties: Properties, names: readonly string[]): Properties {
  const out: Properties = {}
  for (const name of names) if (properties[name] !== undefined) out[name] = properties[name]
  return { ...out, id: properties['id'] }
}

/** Which selected names changed; null: the object itself came or went, so all of them count. */
function namesOf(changes: readonly Change[], select: readonly string[]): string[] | null {
  const names = new Set<string>()
  for (const change of changes) {
    if (change.names === null) return null
    for (const name of change.names) if (select.includes(name)) names.add(name)
  }
  return [...names]
}

/** Sorting ten thousand ids for each page would cost more than the page. */
const sorted = new WeakMap<object, { seq: number; ids: string[] }>()

function idsAfter(state: State, objects: ReadonlyMap<string, unknown>, after: string, count: number): string[] {
  let known = sorted.get(objects)
  if (known?.seq !== state.seq) {
    known = { seq: state.seq, ids: [...objects.keys()].sort() }
    sorted.set(objects, known)
  }
  let low = 0
  let high = known.ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((known.ids[middle] ?? '') <= after) low = middle + 1
    else high = middle
  }
  return known.ids.slice(low, low + count)
}

function userItem(state: State, id: string, names: readonly string[]): Properties {
  const person = state.people.get(id)
  if (person === undefined) return removed(id, 'deleted')
  if (person.deletedAt !== null) return removed(id, 'changed')
  const shown = everSet(person.properties, names)
  if (person.manager === null || !names.includes('manager')) return shown
  return { ...shown, 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: person.manager }] }
}

export const trackedUsers: Tracked = {
  kind: 'users',
  rights: ['User.Read.All'],
  select: (value) => parseSelect(value, ['manager']),
  keys: (state, after, count) => idsAfter(state, state.people, after, count),
  fullItem: (state, key, select) => userItem(state, key, select ?? usersByDefault),
  item(state, id, changes, select, minimal) {
    const names = select ?? usersByDefault
    const changed = namesOf(changes, names)
    if (changed?.length === 0) return null
    return userItem(state, id, minimal && changed !== null ? changed : names)
  },
}

/** How many members one item holds at most; a large group comes in several. */
const slice = 50

const memberItem = (state: State, id: string) => ({
  '@odata.type': state.groups.has(id) ? '#microsoft.graph.group' : '#microsoft.graph.user',
  id,
})

function groupItem(state: State, id: string, names: readonly string[]): Properties {
  const group = state.groups.get(id)
  if (group === undefined) return removed(id, 'deleted')
  return group.deletedAt === null ? everSet(group.properties, names) : removed(id, 'changed')
}

export const trackedGroups: Tracked = {
  kind: 'groups',
  rights: ['Group.Read.All', 'GroupMember.Read.All'],
  select: (value) => parseGroupSelect(value, ['members', 'owners']),
  keys(state, after, count) {
    const [id = '', part = '0'] = after.split('/')
    const rest = slicesOf(state, id).slice(Number(part) + 1)
    const following = idsAfter(state, state.groups, id, count).flatMap((each) => slicesOf(state, each))
    return [...rest, ...following].slice(0, count)
  },
  fullItem(state, key, select) {
    const [id = '', part = '0'] = key.split('/')
    const names = select ?? groupsByDefault
    const item = groupItem(state, id, names)
    const from = Number(part) * slice
    const members = [...(state.groups.get(id)?.members ?? [])].slice(from, from + slice)
    if (!names.includes('members') || members.length === 0 || item['@removed'] !== undefined) return item
    return { ...item, 'members@delta': members.map((member) => memberItem(state, member)) }
  },
  item(state, id, changes, select, minimal) {
    const names = select ?? groupsByDefault
    const changed = namesOf(changes, names)
    if (changed?.length === 0) return null
    const item = groupItem(state, id, minimal && changed !== null ? changed : names)
    const members = changes.flatMap((change) => change.members ?? [])
    if (!names.includes('members') || members.length === 0 || item['@removed'] !== undefined) return item
    const last = new Map(members.map((member) => [member.id, member.removed]))
    // Here "deleted" only means: no longer a member.
    const list = [...last].map(([member, gone]) => ({
      ...memberItem(state, member),
      ...(gone && { '@removed': { reason: 'deleted' } }),
    }))
    return { ...item, 'members@delta': list }
  },
}

function slicesOf(state: State, id: string): string[] {
  const count = Math.max(1, Math.ceil((state.groups.get(id)?.members.size ?? 0) / slice))
  return id === '' ? [] : Array.from({ length: count }, (_, part) => `${id}/${part}`)
}
