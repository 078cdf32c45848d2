import { badRequest, unsupported } from './errors.ts'
import { type Capabilities, groupCapabilities, userCapabilities } from './filter-capabilities.ts'
import type { Properties } from './state.ts'

export type FilterKind = 'user' | 'group' | 'other'
type Test = (properties: Properties) => boolean
/** A property and a value that every match has; lets a list be found in an index. Null: look at everything. */
export type Hint = { name: string; value: string }
export type Filter = { test: Test; hints: Hint[] | null; names: Set<string> }

type Clause = { test: Test; hints: Hint[] | null }
const capabilities: Record<FilterKind, Map<string, Capabilities> | null> = {
  user: userCapabilities,
  group: groupCapabilities,
  other: null,
}

/**
 * A `$filter`: comparisons, `in`, startsWith, endsWith, any, `/$count`, not, and, or, parentheses. What a property allows
 * with and without advanced query parameters is in "Support for filter by properties of Microsoft Entra ID objects".
 */
export function compile(text: string, kind: FilterKind, advanced: boolean): Filter {
  return new Parser(text, capabilities[kind], advanced).whole()
}

class Parser {
  readonly #text: string
  readonly #tokens: string[]
  readonly #known: Map<string, Capabilities> | null
  readonly #advanced: boolean
  readonly #names = new Set<string>()
  #at = 0
  constructor(text: string, known: Map<string, Capabilities> | null, advanced: boolean) {
    this.#text = text
    this.#tokens = tokenise(text)
    this.#known = known
    this.#advanced = advanced
  }

  whole(): Filter {
    const clause = this.#or()
    if (this.#at !== this.#tokens.length) throw this.#invalid()
    return { ...clause, names: this.#names }
  }

  #or(): Clause {
    let left = this.#and()
    while (this.#skip('or')) {
      const [a, b] = [left, this.#and()]
      const hints = a.hints === null || b.hints === null ? null : [...a.hints, ...b.hints]
      left = { test: (each) => a.test(each) || b.test(each), hints }
    }
    return left
  }

  #and(): Clause {
    let left = this.#one()
    while (this.#skip('and')) {
      const [a, b] = [left, this.#one()]
      left = { test: (each) => a.test(each) && b.test(each), hints: a.hints ?? b.hints }
    }
    return left
  }

  #one(): Clause {
    if (this.#skip('(')) {
      const inner = this.#or()
      this.#take(')')
      return inner
    }
    if (this.#skip('not')) {
      this.#needsAdvanced('not', true)
      const inner = this.#one()
      return { test: (each) => !inner.test(each), hints: null }
    }
    const token = this.#take()
    if (/^(starts|ends)with$/i.test(token)) return this.#edge(token.toLowerCase() === 'startswith' ? 'starts' : 'ends')
    if (/\/any$/i.test(token)) return this.#any(token.slice(0, -'/any'.length))
    if (/\/\$count$/i.test(token)) return this.#counted(token.slice(0, -'/$count'.length))
    return this.#comparison(token)
  }

  #edge(edge: 'starts' | 'ends'): Clause {
    this.#take('(')
    const name = this.#take()
    this.#allow(name, edge)
    this.#take(',')
    const value = String(this.#literal()).toLowerCase()
    this.#take(')')
    const fits = (text: string) => (edge === 'starts' ? text.startsWith(value) : text.endsWith(value))
    return { test: (each) => fits(String(get(each, name) ?? '').toLowerCase()), hints: null }
  }

  /** `proxyAddresses/any(p:p eq 'smtp:a@b')`, `assignedLicenses/any(a:a/skuId eq guid)`. */
  #any(name: string): Clause {
    this.#take('(')
    const variable = this.#take()
    this.#take(':')
    if (/^(starts|ends)with$/i.test(this.#peek())) return this.#anyEdge(name)
    const [given = '', inner] = this.#take().split('/')
    if (given !== variable) throw this.#invalid()
    this.#take('eq')
    this.#allow(name, 'eq')
    const value = this.#literal()
    this.#take(')')
    const part = (each: unknown) => (inner === undefined ? each : get(each as Properties, inner))
    return {
      test: (each) => list(each, name).some((element) => equal(part(element), value)),
      hints: typeof value === 'string' && inner === undefined ? [{ name, value }] : null,
    }
  }

  #anyEdge(name: string): Clause {
    const edge = this.#take().toLowerCase() === 'startswith' ? 'starts' : 'ends'
    this.#allow(name, edge)
    this.#take('(')
    this.#take()
    this.#take(',')
    const value = String(this.#literal()).toLowerCase()
    this.#take(')')
    this.#take(')')
    const fits = (text: string) => (edge === 'starts' ? text.startsWith(value) : text.endsWith(value))
    return { test: (each) => list(each, name).some((element) => fits(String(element).toLowerCase())), hints: null }
  }

  #counted(name: string): Clause {
    this.#needsAdvanced(`${name}/$count`, true)
    const operator = this.#take().toLowerCase()
    if (operator !== 'eq' && operator !== 'ne') throw this.#invalid()
    const value = Number(this.#literal())
    return { test: (each) => (list(each, name).length === value) === (operator === 'eq'), hints: null }
  }

  #comparison(name: string): Clause {
    const operator = this.#take().toLowerCase()
    if (operator === 'in') return this.#in(name)
    if (operator === 'ge' || operator === 'le') {
      this.#allow(name, 'range')
      const value = comparable(this.#literal())
      const test = (each: Properties) => {
        const own = get(each, name)
        if (own === null || own === undefined) return false
        return operator === 'ge' ? comparable(own) >= value : comparable(own) <= value
      }
      return { test, hints: null }
    }
    if (operator !== 'eq' && operator !== 'ne') throw this.#invalid()
    const value = this.#literal()
    this.#allow(name, value === null ? 'eqNull' : 'eq')
    if (operator === 'ne') this.#needsAdvanced('ne', true)
    const same = equality(name)
    if (operator === 'ne') return { test: (each) => !same(get(each, name), value), hints: null }
    return { test: (each) => same(get(each, name), value), hints: typeof value === 'string' ? [{ name, value }] : null }
  }

  #in(name: string): Clause {
    this.#allow(name, 'eq')
    this.#take('(')
    const values = [this.#literal()]
    while (this.#skip(',')) values.push(this.#literal())
    this.#take(')')
    const same = equality(name)
    const texts = values.filter((value) => typeof value === 'string')
    return {
      test: (each) => values.some((value) => same(get(each, name), value)),
      hints: texts.length === values.length ? texts.map((value) => ({ name, value })) : null,
    }
  }

  #allow(name: string, what: keyof Capabilities): void {
    this.#names.add(name.toLowerCase())
    if (this.#known === null) return
    const can = this.#known.get(name.toLowerCase())
    if (can === undefined)
      throw badRequest(`Unsupported or invalid query filter clause specified for property '${name}'.`)
    const verdict = can[what]
    if (verdict === 'never')
      throw unsupported(`Unsupported or invalid query filter clause specified for property '${name}' of resource.`)
    this.#needsAdvanced(name, verdict === 'advanced')
  }

  #needsAdvanced(what: string, needed: boolean): void {
    if (!needed || this.#advanced) return
    throw unsupported(`Unsupported Query. '${what}' needs the header 'ConsistencyLevel: eventual' and $count=true.`)
  }

  #peek = () => (this.#tokens[this.#at] ?? '').toLowerCase()

  #skip(expected: string): boolean {
    if (this.#peek() !== expected) return false
    this.#at += 1
    return true
  }

  #take(expected?: string): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined || (expected !== undefined && token.toLowerCase() !== expected)) throw this.#invalid()
    return token
  }

  #literal(): unknown {
    const token = this.#take()
    if (token.startsWith("'")) return token.slice(1, -1).replace(/''/g, "'")
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    if (!/^[0-9a-f-]{36}$|^\d/i.test(token)) throw this.#invalid()
    return token
  }

  #invalid = () => badRequest(`Invalid filter clause: ${this.#text}`)
}

function tokenise(text: string): string[] {
  const tokens: string[] = []
  const pattern = /\s*('(?:[^']|'')*'|[(),]|:(?!\d)|[A-Za-z0-9_.$@#/-]+(?::\d\d(?::[\d.]+)?Z?)?)/y
  while (pattern.lastIndex < text.trimEnd().length) {
    const found = pattern.exec(text)
    if (found?.[1] === undefined) throw badRequest(`Invalid filter clause: ${text}`)
    tokens.push(found[1])
  }
  return tokens
}

/** Points in time by their place, everything else as text without regard to case. */
const comparable = (value: unknown) =>
  /^\d{4}-\d\d-\d\dT/.test(String(value)) ? Date.parse(String(value)) : String(value).toLowerCase()

const equal = (a: unknown, b: unknown) =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : (a ?? null) === b
/** Immutable ids are base64: there, case counts. */
const equality = (name: string) =>
  name.toLowerCase() === 'onpremisesimmutableid' ? (a: unknown, b: unknown) => (a ?? null) === b : equal

function get(properties: Properties, name: string): unknown {
  if (name in properties) return properties[name]
  const slash = name.indexOf('/')
  if (slash > 0) {
    const inner = get(properties, name.slice(0, slash))
    return typeof inner === 'object' && inner !== null ? get(inner as Properties, name.slice(slash + 1)) : null
  }
  const lower = name.toLowerCase()
  const key = Object.keys(properties).find((each) => each.toLowerCase() === lower)
  return key === undefined ? null : properties[key]
}

function list(properties: Properties, name: string): unknown[] {
  const value = get(properties, name)
  return Array.isArray(value) ? value : []
}
