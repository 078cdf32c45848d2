import { type Call, context, isAdvanced, option } from './call.ts'
import { badRequest, Refusal, unsupported } from './errors.ts'
import { compile, type Filter, type FilterKind } from './filter.ts'
import type { Properties, State } from './state.ts'

/** How long a link to the next page lives. Nobody documents it; an hour is generous. */
const pageTokenMs = 3_600_000

type PageToken = { at: number; start: number }

/** The `$filter` of a call, and a refusal of what needs a header that is not there. */
export function filterOf(call: Call, kind: FilterKind): Filter | null {
  if (option(call, '$search') !== null && call.headers['consistencylevel']?.toLowerCase() !== 'eventual') {
    throw unsupported(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    )
  }
  if (option(call, '$skip') !== null) throw badRequest("'$skip' is not supported by the service.")
  const filter = option(call, '$filter')
  return filter === null ? null : compile(filter, kind, isAdvanced(call))
}

/** Plain `$orderby`, by the two properties that know it; with a filter it needs advanced query parameters. */
export function ordered(call: Call, rows: Properties[], plain: readonly string[]): Properties[] {
  const given = option(call, '$orderby')
  if (given === null) return rows
  const [name = '', direction = 'asc'] = given.trim().split(/\s+/)
  const advanced = isAdvanced(call)
  const known = [...plain, ...(advanced ? ['createdDateTime', 'deletedDateTime'] : [])]
  const property = known.find((each) => each.toLowerCase() === name.toLowerCase())
  if (property === undefined || (option(call, '$filter') !== null && !advanced))
    throw unsupported('Sorting not supported for current query.')
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  const key = (row: Properties) => String(row[property] ?? '').toLowerCase()
  return [...rows].sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0))
}

/** `$search="displayName:ann" OR "mail:ann"`: words that start so; other properties match from their beginning. */
export function searched(call: Call, rows: Properties[]): Properties[] {
  const given = option(call, '$search')
  if (given === null) return rows
  const terms = [...given.matchAll(/"([A-Za-z]+):([^"]+)"/g)].map(([, name = '', value = '']) => ({
    name,
    value: value.toLowerCase(),
  }))
  if (terms.length === 0) throw badRequest('Syntax error: character in $search clause. Quotes are required.')
  const fits = (row: Properties, { name, value }: { name: string; value: string }) => {
    const text = String(row[name] ?? '').toLowerCase()
    const words = name === 'displayName' || name === 'description' ? text.split(/[\s.@_-]+/) : []
    return text.startsWith(value) || words.some((word) => word.startsWith(value))
  }
  const every = /\bAND\b/i.test(given)
  return rows.filter((row) => (every ? terms.every((term) => fits(row, term)) : terms.some((term) => fits(row, term))))
}

/**
 * One page of a list; the next link holds the place ("Paging Microsoft Graph data in your app"). There is no snapshot:
 * what changes meanwhile may be missed or come twice.
 */
export function page<Row>(
  state: State,
  call: Call,
  what: string,
  rows: readonly Row[],
  show: (row: Row) => Properties,
  sizes: { usual: number; most: number } = { usual: 100, most: 999 },
): Properties {
  const top = option(call, '$top')
  const size = top === null ? sizes.usual : Number(top)
  if (!/^\d+$/.test(top ?? '1') || size < 1 || size > sizes.most)
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${sizes.most} inclusive.`)
  const start = startOf(state, call)
  const more = start + size < rows.length
  return {
    '@odata.context': context(call, what),
    ...(isAdvanced(call) && start === 0 && { '@odata.count': rows.length }),
    ...(more && { '@odata.nextLink': nextLink(state, call, start + size) }),
    value: rows.slice(start, start + size).map(show),
  }
}

function nextLink(state: State, call: Call, start: number): string {
  const token: PageToken = { at: state.now(), start }
  const query = [...call.query].filter(([key]) => !/^\$?skiptoken$/i.test(key))
  const next = new URLSearchParams(query)
  next.set('$skiptoken', Buffer.from(JSON.stringify(token)).toString('base64url'))
  return `${call.origin}/v1.0${call.path}?${next}`
}

function startOf(state: State, call: Call): number {
  const given = option(call, '$skiptoken')
  if (given === null) return 0
  const token = pageToken(given)
  // A known defect: a filter on licences without advanced parameters cannot be continued.
  const licences = /assignedLicenses\/any/i.test(option(call, '$filter') ?? '') && !isAdvanced(call)
  if (licences || state.now() - token.at > pageTokenMs)
    throw new Refusal(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    )
  return token.start
}

function pageToken(text: string): PageToken {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    const { at, start } = token as PageToken
    if (typeof at === 'number' && typeof start === 'number') return { at, start }
  } catch {
    // Said below.
  }
  throw badRequest('Invalid skip token.')
}
