import { type Attribute, attributeLimits, attributeNames } from '@lockstep/shared/contract/attributes'
import type { Mapping, MappingMode } from '@lockstep/shared/contract/mapping'
import { type Filter, parseTemplate, type Template } from '@lockstep/shared/contract/template'
import type { Attributes } from './account.ts'

/** Where the value of an attribute comes from, ready to be evaluated for many people. */
export type CompiledMapping = Readonly<Record<Attribute, { mode: MappingMode; template: Template }>>

export type Source = { email: string; attributes: Attributes }

/** An attribute whose value could not be made for this person; what the account holds is left alone. */
export type Unmapped = { attribute: Attribute; detail: string }

export type Mapped = {
  attributes: Attributes
  /** How each attribute follows; the unmapped ones do not. */
  modes: Readonly<Record<Attribute, MappingMode>>
  unmapped: Unmapped[]
}

const compiled = new WeakMap<Mapping, CompiledMapping>()

/** Parses the templates of a mapping once, however many people it is for. */
export function compileMapping(mapping: Mapping): CompiledMapping {
  if (Object.keys(mapping).length === 0) return plain
  const known = compiled.get(mapping) ?? compile(mapping)
  compiled.set(mapping, known)
  return known
}

/** Templates were parsed when they were accepted; one that has become unreadable maps to the attribute itself. */
function compile(mapping: Mapping): CompiledMapping {
  const entries = attributeNames.map((attribute) => {
    const { mode = 'push', from } = mapping[attribute] ?? {}
    const parsed = parseTemplate(from ?? `{${attribute}}`)
    const template: Template = parsed.ok ? parsed.template : [{ kind: 'value', of: attribute, filters: [] }]
    return [attribute, { mode, template }] as const
  })
  return Object.fromEntries(entries) as CompiledMapping
}

const plain = compile({})

/** What a person's account has to hold. One bad value fails one attribute of one person. */
export function mapAttributes(mapping: CompiledMapping, source: Source): Mapped {
  const attributes: Partial<Record<Attribute, string | null>> = {}
  const modes: Partial<Record<Attribute, MappingMode>> = {}
  const unmapped: Unmapped[] = []
  for (const attribute of attributeNames) {
    const { mode, template } = mapping[attribute]
    const made = valueFor(attribute, template, source)
    attributes[attribute] = made.ok ? made.value : null
    modes[attribute] = made.ok ? mode : 'ignore'
    if (!made.ok && mode !== 'ignore') unmapped.push({ attribute, detail: made.detail })
  }
  return { attributes: attributes as Attributes, modes: modes as Mapped['modes'], unmapped }
}

export type Made = { ok: true; value: string | null } | { ok: false; detail: string }

/** The value of a template for this person, as this attribute takes it; null when nothing comes out. */
export function valueFor(attribute: Attribute, template: Template, source: Source): Made {
  const text = evaluate(template, source)
  if (text === null) return refuse('The value gets too long on its way through the filters.')
  const value = text.trim()
  const longest = attributeLimits[attribute]
  if (value.length > longest)
    return refuse(`The value has ${value.length} characters, and ${attribute} takes at most ${longest}.`)
  if (/\p{Cc}/u.test(value)) return refuse('The value holds a control character.')
  if (value === '')
    return attribute === 'displayName' ? refuse('displayName cannot be empty.') : { ok: true, value: null }
  const wrong = shapes[attribute]
  if (wrong !== undefined && !wrong.pattern.test(value)) return refuse(wrong.detail)
  return { ok: true, value }
}

const refuse = (detail: string): Made => ({ ok: false, detail })

/** What Microsoft 365 takes only in a certain form. */
const shapes: Partial<Record<Attribute, { pattern: RegExp; detail: string }>> = {
  usageLocation: { pattern: /^[A-Z]{2}$/, detail: 'usageLocation takes a two-letter country code like "AT".' },
  preferredLanguage: {
    pattern: /^[a-z]{2,3}(-[A-Z]{2})?$/,
    detail: 'preferredLanguage takes a language like "de" or "de-AT".',
  },
}

/** More than any attribute takes; `replace` can make text longer, and nothing may grow without bound. */
export const longestValue = 4_096

function evaluate(template: Template, source: Source): string | null {
  let text = ''
  for (const part of template) {
    const piece = part.kind === 'text' ? part.text : filtered(pieceOf(source, part.of), part.filters)
    if (piece === null) return null
    text += piece
    if (text.length > longestValue) return null
  }
  return text
}

const pieceOf = (source: Source, of: Attribute | 'email') =>
  (of === 'email' ? source.email : source.attributes[of]) ?? ''

function filtered(value: string, filters: readonly Filter[]): string | null {
  let text = value
  for (const filter of filters) {
    text = apply(filter, text)
    if (text.length > longestValue) return null
  }
  return text
}

function apply(filter: Filter, text: string): string {
  switch (filter.kind) {
    case 'upper':
      return text.toUpperCase()
    case 'lower':
      return text.toLowerCase()
    case 'first':
      // By code points, so that no character is cut in two.
      return [...text].slice(0, filter.count).join('')
    case 'default':
      return text.trim() === '' ? filter.value : text
    case 'replace':
      return text.replaceAll(filter.what, () => filter.by)
  }
}
