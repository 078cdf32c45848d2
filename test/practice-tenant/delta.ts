import { type Answer, type Call, context, ok, option } from './call.ts'
import { type Tracked, trackedGroups, trackedUsers } from './delta-objects.ts'
import { badRequest, Refusal, unsupported } from './errors.ts'
import { guidFrom } from './random.ts'
import { demandRead } from './rights.ts'
import type { Change, Properties, State } from './state.ts'

/*
 * "Use delta query to track changes in Microsoft Graph data". A link carries all that the next answer needs. Delivery is
 * at least once and in no order: pages repeat objects, and rounds name objects that nobody has seen.
 */
type Token = {
  tenant: string
  epoch: number
  select: string
  /** Null: all objects. */
  ids: string[] | null
  at: number
} & ({ kind: 'full'; after: string; from: number } | { kind: 'changes'; since: number })

/** Documented: seven days. Links to the next page live much shorter. */
const deltaLinkMs = 7 * 86_400_000
const nextLinkMs = 3_600_000

export const usersDelta = (state: State, call: Call): Answer => answer(trackedUsers, state, call)
export const groupsDelta = (state: State, call: Call): Answer => answer(trackedGroups, state, call)

function answer(tracked: Tracked, state: State, call: Call): Answer {
  demandRead(call, ...tracked.rights)
  for (const name of ['$expand', '$orderby', '$search', '$count'])
    if (option(call, name) !== null)
      throw unsupported(`The query option '${name}' is not supported for change tracking.`)
  const link = (name: 'skiptoken' | 'deltatoken', token: Token) =>
    `${call.origin}/v1.0/${tracked.kind}/delta?$${name}=${Buffer.from(JSON.stringify(token)).toString('base64url')}`
  const shown = (body: Properties) => ok({ '@odata.context': context(call, tracked.kind), ...body })
  const skip = option(call, '$skiptoken')
  const since = option(call, '$deltatoken')
  if (skip !== null) return shown(round(tracked, state, call, link, live(tracked, state, call, skip, nextLinkMs)))
  if (since !== null && since !== '' && since.toLowerCase() !== 'latest')
    return shown(round(tracked, state, call, link, live(tracked, state, call, since, deltaLinkMs)))
  const select = option(call, '$select') ?? ''
  tracked.select(select)
  const base = { tenant: state.tenantId, epoch: state.deltaEpoch, select, ids: idsOf(call), at: state.now() }
  const from = visible(state, tracked)
  if (since?.toLowerCase() === 'latest')
    return shown({ value: [], '@odata.deltaLink': link('deltatoken', { ...base, kind: 'changes', since: from }) })
  return shown(round(tracked, state, call, link, { ...base, kind: 'full', after: '', from }))
}

/** The only filter: up to 50 ids. */
function idsOf(call: Call): string[] | null {
  const filter = option(call, '$filter')
  if (filter === null) return null
  const parts = filter.split(/\s+or\s+/i).map((part) => /^\s*id\s+eq\s+'([^']+)'\s*$/i.exec(part)?.[1]?.toLowerCase())
  const ids = parts.filter((part) => part !== undefined)
  if (ids.length !== parts.length || ids.length > 50)
    throw unsupported('Only a filter by up to 50 ids is supported for change tracking.')
  return ids
}

function live(tracked: Tracked, state: State, call: Call, text: string, lifetimeMs: number): Token {
  const token = decoded(text)
  const own = token.tenant === state.tenantId && token.epoch === state.deltaEpoch
  if (own && state.now() - token.at <= lifetimeMs) return token
  // Three ways to say that it is dead were seen; all of them mean: start over.
  const message =
    'The sync state generation is not found. The delta token is expired and data must be synchronized again.'
  const location = `${call.origin}/v1.0/${tracked.kind}/delta?$deltatoken=`
  const chance = state.random()
  if (chance < 0.5) throw new Refusal(410, 'syncStateNotFound', message, { headers: { Location: location } })
  throw new Refusal(400, chance < 0.75 ? 'SyncStateNotFound' : 'resyncRequired', message)
}

function decoded(text: string): Token {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    const { tenant, select, at } = token as Token
    if (typeof tenant === 'string' && typeof select === 'string' && typeof at === 'number') return token as Token
  } catch {
    // Said below.
  }
  throw badRequest('Badly formed token.')
}

type Link = (name: 'skiptoken' | 'deltatoken', token: Token) => string

/** The server chooses how much is on a page; `$top` is not heard. */
const pageSize = (state: State) => 100 + Math.floor(state.random() * 101)

function round(tracked: Tracked, state: State, call: Call, link: Link, token: Token): Properties {
  if (token.kind === 'full') return fullPage(tracked, state, link, token)
  return changesPage(tracked, state, link, token, /return=minimal/i.test(call.headers['prefer'] ?? ''))
}

function fullPage(tracked: Tracked, state: State, link: Link, token: Token & { kind: 'full' }): Properties {
  const size = pageSize(state)
  const select = tracked.select(token.select)
  const keys = tracked.keys(state, token.after, size + 1)
  const wanted = keys.slice(0, size).filter((key) => token.ids === null || token.ids.includes(key.slice(0, 36)))
  const value = wanted.map((key) => tracked.fullItem(state, key, select))
  const last = keys[size - 1]
  const at = state.now()
  if (last !== undefined && keys.length > size)
    return { value, '@odata.nextLink': link('skiptoken', { ...token, at, after: last }) }
  // An object that was purged long ago, which no reader of a full round has ever seen.
  if (token.ids === null) value.push(stranger(state))
  const { after: _, from, ...base } = token
  return { value, '@odata.deltaLink': link('deltatoken', { ...base, kind: 'changes', at, since: from }) }
}

const stranger = (state: State): Properties => ({
  id: guidFrom(`stranger ${state.tenantId}`),
  '@removed': { reason: 'deleted' },
})

/** The newest change that every replica knows, with all before it. */
function visible(state: State, tracked: Tracked): number {
  const now = state.now()
  const changes = state.changes[tracked.kind]
  let at = changes.length
  // What is not visible yet lies near the end.
  for (let look = changes.length - 1; look >= 0; look--) {
    const change = changes[look]
    if (change === undefined || change.visibleAt + state.lagMs < now) break
    if (change.visibleAt > now) at = look
  }
  return changes[at - 1]?.seq ?? 0
}

function changesPage(
  tracked: Tracked,
  state: State,
  link: Link,
  token: Token & { kind: 'changes' },
  minimal: boolean,
): Properties {
  const changes = state.changes[tracked.kind]
  const until = visible(state, tracked)
  const size = pageSize(state)
  const select = tracked.select(token.select)
  const byId = new Map<string, Change[]>()
  let seq = token.since
  for (let look = firstAfter(changes, token.since); look < changes.length && byId.size < size; look++) {
    const change = changes[look]
    if (change === undefined || change.seq > until) break
    seq = change.seq
    if (token.ids !== null && !token.ids.includes(change.id)) continue
    byId.set(change.id, [...(byId.get(change.id) ?? []), change])
  }
  const value = [...byId]
    .map(([id, own]) => tracked.item(state, id, own, select, minimal))
    .filter((item) => item !== null)
  repeat(state, value)
  const next: Token = { ...token, at: state.now(), since: seq }
  return seq < until
    ? { value, '@odata.nextLink': link('skiptoken', next) }
    : { value, '@odata.deltaLink': link('deltatoken', next) }
}

/** Replays are normal: a round that has news has one of them twice, and names somebody whom nobody knows. */
function repeat(state: State, value: Properties[]): void {
  const again = value[Math.floor(state.random() * value.length)]
  if (again !== undefined) value.push(again, stranger(state))
}

function firstAfter(changes: readonly Change[], since: number): number {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((changes[middle]?.seq ?? 0) <= since) low = middle + 1
    else high = middle
  }
  return low
}
