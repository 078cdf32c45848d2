import { type Attribute, attributeNames } from './attributes.ts'

/*
 * The language of attribute mappings: text with placeholders, and a few filters for each. It has no loops, reads nothing
 * but the person, and ends for every input: `{givenName|first:1|upper}. {familyName|default:"-"}`. A brace in the text is
 * written twice.
 */

/** The longest template, in characters. */
export const longestTemplate = 500

export const templateSources: readonly TemplateSource[] = ['email', ...attributeNames]
export type TemplateSource = Attribute | 'email'

export type Filter =
  | { kind: 'upper' | 'lower' }
  | { kind: 'first'; count: number }
  | { kind: 'default'; value: string }
  | { kind: 'replace'; what: string; by: string }

export type TemplatePart = { kind: 'text'; text: string } | { kind: 'value'; of: TemplateSource; filters: Filter[] }
export type Template = readonly TemplatePart[]

/** `position` counts characters from 1. */
export type ParsedTemplate = { ok: true; template: Template } | { ok: false; position: number; message: string }

class Unreadable extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

export function parseTemplate(source: string): ParsedTemplate {
  try {
    return { ok: true, template: partsOf(createScanner(source)) }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { ok: false, position: error.at + 1, message: error.message }
  }
}

type Scanner = {
  at: number
  /** Takes what matches here; null when nothing does. */
  take(pattern: RegExp): string | null
  /** Takes what has to stand here. */
  need(pattern: RegExp, message: string): string
  ended(): boolean
}

function createScanner(source: string): Scanner {
  const scanner: Scanner = {
    at: 0,
    take(pattern) {
      const sticky = new RegExp(pattern.source, 'uy')
      sticky.lastIndex = scanner.at
      const found = sticky.exec(source)?.[0] ?? null
      scanner.at += found?.length ?? 0
      return found
    },
    need(pattern, message) {
      const found = scanner.take(pattern)
      if (found === null) throw new Unreadable(scanner.at, message)
      return found
    },
    ended: () => scanner.at >= source.length,
  }
  return scanner
}

function partsOf(scanner: Scanner): TemplatePart[] {
  const parts: TemplatePart[] = []
  while (!scanner.ended()) {
    const text = scanner.take(/(?:[^{}]|\{\{|\}\})+/)
    if (text !== null) parts.push({ kind: 'text', text: text.replace(/\{\{|\}\}/g, (pair) => pair.slice(1)) })
    else if (scanner.take(/\{/) !== null) parts.push(placeholderOf(scanner))
    else throw new Unreadable(scanner.at, 'Write "}}" for a brace in the text.')
  }
  return parts
}

function placeholderOf(scanner: Scanner): TemplatePart {
  const start = scanner.at
  const name = scanner.need(/[A-Za-z]+/, 'Name an attribute, as in {givenName}, or write "{{" for a brace.')
  const of = templateSources.find((source) => source === name)
  if (of === undefined)
    throw new Unreadable(start, `There is no attribute "${name}". There are: ${templateSources.join(', ')}.`)
  const filters: Filter[] = []
  while (scanner.take(/\|/) !== null) filters.push(filterOf(scanner))
  scanner.need(/\}/, 'Close the placeholder with "}", or add a filter with "|".')
  return { kind: 'value', of, filters }
}

function filterOf(scanner: Scanner): Filter {
  const start = scanner.at
  const name = scanner.take(/[a-z]+/) ?? ''
  switch (name) {
    case 'upper':
    case 'lower':
      return { kind: name }
    case 'first':
      return {
        kind: 'first',
        count: Number(scanner.need(/:[1-9]\d{0,3}(?!\d)/, 'Say how many, as in first:3.').slice(1)),
      }
    case 'default':
      return { kind: 'default', value: quoted(scanner, 'Give the value, as in default:"x".') }
    case 'replace': {
      const example = 'Say what and by what, as in replace:"a":"b".'
      const at = scanner.at
      const what = quoted(scanner, example)
      if (what === '') throw new Unreadable(at, 'What is replaced cannot be empty.')
      return { kind: 'replace', what, by: quoted(scanner, example) }
    }
    default:
      throw new Unreadable(start, `There is no filter "${name}". There are: upper, lower, first, default, replace.`)
  }
}

/** `:"…"`, with `\"` and `\\` in it. */
const quoted = (scanner: Scanner, example: string) =>
  scanner
    .need(/:"(?:[^"\\]|\\["\\])*"/, example)
    .slice(2, -1)
    .replace(/\\(["\\])/g, '$1')
