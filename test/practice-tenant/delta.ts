import { Refusal } from './errors.ts'
import type { Properties, State } from './state.ts'
import { parseSelect } from './users.ts'

/** What a link carries: the answer of the next round needs nothing else ("Use delta query to track changes"). */
type Token =
  | { kind: 'full'; select: string; after: string; from: number }
  | { kind: 'delta'; select: string; since: number }

const encode = (token: Token) => Buffer.from(JSON.stringify(token)).toString('base64url')
const decode = (text: string): Token => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Token
  } catch {
    throw new Refusal(400, 'Request_BadRequest', 'Badly formed token.')
  }
}
const dead = () =>
  new Refusal(
    410,
    'syncStateNotFound',
    'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
  )

export function usersDelta(state: State, query: URLSearchParams, origin: string): Properties {
  const given = new Map([...query].map(([key, value]) => [key.toLowerCase(), value]))
  const context = `${origin}/v1.0/$metadata#users`
  const link = (name: string, token: Token) => `${origin}/v1.0/users/delta?$${name}=${encode(token)}`
  const skip = given.get('$skiptoken')
  const since = given.get('$deltatoken')
  if (skip !== undefined) return { '@odata.context': context, ...fullPage(state, decode(skip), link) }
  if (since === 'latest') {
    const token: Token = { kind: 'delta', select: given.get('$select') ?? '', since: visible(state) }
    return { '@odata.context': context, value: [], '@odata.deltaLink': link('deltatoken', token) }
  }
  if (since !== undefined) return { '@odata.context': context, ...changesSince(state, decode(since), link) }
  const select = given.get('$select') ?? ''
  parseSelect(select === '' ? null : select, ['manager'])
  return {
    '@odata.context': context,
    ...fullPage(state, { kind: 'full', select, after: '', from: visible(state) }, link),
  }
}

type Link = (name: string, token: Token) => string

/** The newest change that every replica knows. */
function visible(state: State): number {
  const now = state.now()
  const hidden = state.changes.findLast((change) => change.visibleAt <= now)
  const first = state.changes.find((change) => change.visibleAt > now)
  return first === undefined ? (hidden?.seq ?? state.seq) : first.seq - 1
}

function fullPage(state: State, token: Token, link: Link): Properties {
  if (token.kind !== 'full') throw dead()
  const size = 100 + Math.floor(state.random() * 101)
  const ids = [...state.people.keys()].sort().filter((id) => id > token.after)
  const page = ids.slice(0, size)
  const last = page.at(-1)
  const value = page.map((id) => item(state, id, token.select))
  if (last !== undefined && ids.length > size)
    return { value, '@odata.nextLink': link('skiptoken', { ...token, after: last }) }
  return { value, '@odata.deltaLink': link('deltatoken', { kind: 'delta', select: token.select, since: token.from }) }
}

function changesSince(state: State, token: Token, link: Link): Properties {
  if (token.kind !== 'delta' || token.since < state.forgottenBefore) throw dead()
  const until = visible(state)
  const start = lowerBound(state, token.since)
  const ids = new Set<string>()
  let seq = token.since
  for (let at = start; at < state.changes.length && ids.size < 200; at++) {
    const change = state.changes[at]
    if (change === undefined || change.seq > until) break
    ids.add(change.id)
    seq = change.seq
  }
  const value = [...ids].map((id) => item(state, id, token.select))
  // At least once: replays are normal.
  const replay = value.at(-1)
  if (replay !== undefined && state.random() < 0.2) value.push(replay)
  const next: Token = { ...token, since: seq }
  return seq < until
    ? { value, '@odata.nextLink': link('deltatoken', next) }
    : { value, '@odata.deltaLink': link('deltatoken', { ...next, since: Math.max(seq, until) }) }
}

function lowerBound(state: State, since: number): number {
  let low = 0
  let high = state.changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((state.changes[middle]?.seq ?? 0) <= since) low = middle + 1
    else high = middle
  }
  return low
}

/** Selected properties that were ever set; a cleared one is null, one that was never set is absent. */
function item(state: State, id: string, select: string): Properties {
  const person = state.people.get(id)
  if (person === undefined) return { id, '@removed': { reason: 'deleted' } }
  if (person.deletedAt !== null) return { id, '@removed': { reason: 'changed' } }
  const out: Properties = { id }
  const names = parseSelect(select === '' ? null : select, ['manager']) ?? [
    'displayName',
    'givenName',
    'surname',
    'userPrincipalName',
    'mail',
    'jobTitle',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'businessPhones',
  ]
  for (const name of names) if (person.properties[name] !== undefined) out[name] = person.properties[name]
  return out
}
