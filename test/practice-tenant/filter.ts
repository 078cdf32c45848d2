import { badRequest, Refusal } from './errors.ts'
import type { Properties } from './state.ts'

type Test = (properties: Properties) => boolean

/** Properties that a plain `$filter` may name, without advanced query parameters ("Advanced query capabilities"). */
const userDefault = new Set([
  'id',
  'userprincipalname',
  'mail',
  'displayname',
  'givenname',
  'surname',
  'jobtitle',
  'department',
  'city',
  'country',
  'mailnickname',
  'usagelocation',
  'state',
  'employeeid',
  'accountenabled',
  'onpremisesimmutableid',
  'usertype',
  'onpremisessyncenabled',
  'createddatetime',
  'proxyaddresses',
  'othermails',
  'assignedlicenses',
])
const groupDefault = new Set([
  'id',
  'displayname',
  'mail',
  'mailnickname',
  'securityenabled',
  'mailenabled',
  'isassignabletorole',
  'grouptypes',
  'proxyaddresses',
  'onpremisessyncenabled',
  'uniquename',
])

/** A `$filter` of the kind that works without `ConsistencyLevel: eventual`: eq, in, startsWith, any, joined by and, or. */
export function compile(text: string, kind: 'user' | 'group' | 'other'): Test {
  const tokens = tokenise(text)
  let at = 0
  const peek = () => tokens[at]?.toLowerCase()
  const take = (expected?: string) => {
    const token = tokens[at++]
    if (token === undefined || (expected !== undefined && token.toLowerCase() !== expected))
      throw badRequest(`Invalid filter clause: ${text}`)
    return token
  }
  const property = () => {
    const name = take()
    const known = kind === 'user' ? userDefault : kind === 'group' ? groupDefault : null
    if (known !== null && !known.has(name.toLowerCase())) {
      throw new Refusal(
        400,
        'Request_UnsupportedQuery',
        `Unsupported Query: the property '${name}' needs advanced query parameters.`,
      )
    }
    return name
  }
  const or = (): Test => {
    let left = and()
    while (peek() === 'or') {
      take()
      const [a, b] = [left, and()]
      left = (p) => a(p) || b(p)
    }
    return left
  }
  const and = (): Test => {
    let left = one()
    while (peek() === 'and') {
      take()
      const [a, b] = [left, one()]
      left = (p) => a(p) && b(p)
    }
    return left
  }
  const one = (): Test => {
    if (peek() === '(') {
      take()
      const inner = or()
      take(')')
      return inner
    }
    if (peek() === 'startswith') {
      take()
      take('(')
      const name = property()
      take(',')
      const value = literal(take())
      take(')')
      return (p) =>
        String(get(p, name) ?? '')
          .toLowerCase()
          .startsWith(String(value).toLowerCase())
    }
    if (tokens[at + 1] === '/any') return any(property())
    const name = property()
    const operator = take().toLowerCase()
    if (operator === 'in') {
      take('(')
      const values = [literal(take())]
      while (peek() === ',') {
        take()
        values.push(literal(take()))
      }
      take(')')
      return (p) => values.some((value) => equal(get(p, name), value))
    }
    if (operator !== 'eq')
      throw new Refusal(400, 'Request_UnsupportedQuery', `Operator '${operator}' needs advanced query parameters.`)
    const value = literal(take())
    return (p) => equal(get(p, name), value)
  }
  const any = (name: string): Test => {
    take('/any')
    take('(')
    take()
    take(':')
    take()
    take('eq')
    const value = literal(take())
    take(')')
    return (p) => {
      const list = get(p, name)
      return Array.isArray(list) && list.some((each) => equal(each, value))
    }
  }
  const test = or()
  if (at !== tokens.length) throw badRequest(`Invalid filter clause: ${text}`)
  return test
}

function tokenise(text: string): string[] {
  const tokens: string[] = []
  const pattern = /\s*('(?:[^']|'')*'|\/any|[(),:]|[A-Za-z0-9_.$@#-]+)/y
  while (pattern.lastIndex < text.trimEnd().length) {
    const found = pattern.exec(text)
    if (found?.[1] === undefined) throw badRequest(`Invalid filter clause: ${text}`)
    tokens.push(found[1])
  }
  return tokens
}

function literal(token: string): unknown {
  if (token.startsWith("'")) return token.slice(1, -1).replace(/''/g, "'")
  if (token === 'true' || token === 'false') return token === 'true'
  if (token === 'null') return null
  return token
}

const equal = (a: unknown, b: unknown) =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : (a ?? null) === b

function get(properties: Properties, name: string): unknown {
  if (name in properties) return properties[name]
  const lower = name.toLowerCase()
  const key = Object.keys(properties).find((each) => each.toLowerCase() === lower)
  return key === undefined ? null : properties[key]
}
