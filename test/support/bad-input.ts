import type { EndpointShape } from '@lockstep/shared/contract/endpoint'
import { z } from 'zod'

/*
 * What can be wrong with a request, made out of the contract's own schemas: whoever adds an endpoint or a field gets its
 * cases by that alone.
 */

export type BadRequest = {
  /** What is wrong with it. */
  what: string
  params: Record<string, string>
  query: string
  body: string | Uint8Array | null
  headers: Record<string, string>
  /** Statuses that are right. */
  statuses: readonly number[]
  /** The field that the answer has to name. */
  names?: string
}

export type Good = { params: Record<string, string>; query: Record<string, string>; body: unknown }

const guid = '99999999-9999-4999-8999-999999999999'
/** One of them suits every bounded text that the contract asks for; a new kind of text is added here. */
const texts = [
  'x',
  'abc',
  'Some words',
  'AT',
  'de',
  'nobody@contoso.example',
  guid,
  '1',
  'true',
  '2026-11-23T10:00:00.000Z',
  'https://localhost:1',
  'email\nnobody@contoso.example',
  'x'.repeat(60),
]
const others: readonly unknown[] = [1, 0.01, true, false, null, [], {}]

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success

function objectIn(schema: z.ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return objectIn(schema.unwrap() as z.ZodType)
  return undefined
}

function arrayIn(schema: z.ZodType): z.ZodArray | undefined {
  if (schema instanceof z.ZodArray) return schema
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) {
      const found = arrayIn(option as z.ZodType)
      if (found !== undefined) return found
    }
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return arrayIn(schema.unwrap() as z.ZodType)
  return undefined
}

const fieldsOf = (schema: z.ZodObject) => Object.entries(schema.shape) as [string, z.ZodType][]

/** A value that the schema accepts, with every field that can be given alone. Throws when none is known. */
export function exampleOf(schema: z.ZodType): unknown {
  const object = objectIn(schema)
  if (object !== undefined) return exampleObject(schema, object)
  const array = arrayIn(schema)
  const candidates: unknown[] = [...(array === undefined ? [] : [[exampleOf(array.element as z.ZodType)]])]
  if (schema instanceof z.ZodRecord) candidates.push({})
  if (schema instanceof z.ZodUnion) for (const option of schema.options) candidates.push(exampleOrNothing(option))
  for (const candidate of [...candidates, ...texts, ...literalsOf(schema), ...others])
    if (candidate !== undefined && accepts(schema, candidate)) return candidate
  throw new Error(
    `No example is known for ${JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))}`,
  )
}

const exampleOrNothing = (schema: unknown) => {
  try {
    return exampleOf(schema as z.ZodType)
  } catch {
    return undefined
  }
}

function literalsOf(schema: z.ZodType): readonly unknown[] {
  const { enum: values, const: value, anyOf } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const nested = (anyOf ?? []).flatMap((option) =>
    typeof option === 'object' ? [option.const, ...(option.enum ?? [])] : [],
  )
  return [...(values ?? []), value, ...nested]
}

/** All fields; where fields shut each other out, those that are needed and then each that still fits. */
function exampleObject(schema: z.ZodType, object: z.ZodObject): Record<string, unknown> {
  const all = Object.fromEntries(fieldsOf(object).map(([name, field]) => [name, exampleOf(field)]))
  if (accepts(schema, all)) return all
  const needed = Object.fromEntries(
    Object.entries(all).filter(([name]) => !accepts(object.shape[name] as z.ZodType, undefined)),
  )
  if (accepts(schema, needed)) return needed
  for (const [name, value] of Object.entries(all)) {
    const more = { ...needed, [name]: value }
    if (accepts(schema, more)) return more
  }
  throw new Error(`No example is known for an object of ${Object.keys(all).join(', ')}`)
}

const poison = ['__proto__', 'constructor', 'prototype']
const json = { 'content-type': 'application/json' }
const strange: readonly unknown[] = [
  7,
  -1,
  1.5,
  'text',
  '',
  true,
  null,
  [],
  {},
  ['x'],
  [null],
  { x: 1 },
  'x'.repeat(30_000),
  '\u0000',
  'Ünïcödé\u202e',
]
const strangeTexts = [
  '',
  ' ',
  '-1',
  '0',
  '501',
  '1e9',
  '1.5',
  'NaN',
  'x'.repeat(3_000),
  '\u0000',
  'true false',
  '[]',
  "' or 1=1 --",
]
const strangeCursors = [
  'x',
  '!!!',
  '[]',
  'bnVsbA',
  'WzEsMiwzXQ',
  'eyJhIjoxfQ',
  Buffer.from('["a",1e400,"b"]').toString('base64url'),
]

/** Everything that can be wrong with a request to this endpoint whose parts are good otherwise. */
export function badRequests(shape: EndpointShape, good: Good): BadRequest[] {
  const body =
    shape.method === 'GET' ? null : shape.bodyType === 'text/csv' ? String(good.body) : JSON.stringify(good.body ?? {})
  const headers: Record<string, string> =
    body === null ? {} : shape.bodyType === 'text/csv' ? { 'content-type': 'text/csv' } : json
  const base = { params: good.params, query: new URLSearchParams(good.query).toString(), body, headers }
  return [
    ...badParams(good.params).map((bad) => ({ ...base, ...bad })),
    ...badQueries(shape.query, good.query).map((bad) => ({ ...base, ...bad })),
    ...(body === null ? [] : badEnvelopes(shape).map((bad) => ({ ...base, ...bad }))),
    ...(body === null || shape.bodyType !== undefined
      ? []
      : badBodies(shape.body, good.body).map((bad) => ({ ...base, ...bad }))),
    ...(shape.method === 'POST' && shape.access !== 'public'
      ? ['', ' ', 'x'.repeat(256), 'ü'].map((key) => ({
          ...base,
          what: `idempotency key ${JSON.stringify(key.slice(0, 20))}`,
          headers: { ...headers, 'idempotency-key': encodeURIComponent(key) === key ? key : encodeHeader(key) },
          statuses: [400],
        }))
      : []),
  ]
}

const encodeHeader = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

type Part = Partial<BadRequest> & Pick<BadRequest, 'what' | 'statuses'>

function badParams(params: Record<string, string>): Part[] {
  const wrong = ['nobody', guid, 'x'.repeat(65), ...poison, 'a\u0000b', '../users', '%', "' or 1=1 --", 'ü'.repeat(30)]
  return Object.keys(params).flatMap((name) =>
    wrong.map((value) => ({
      what: `{${name}} is ${JSON.stringify(value.slice(0, 20))}`,
      params: { ...params, [name]: value },
      statuses: [400, 404, 409, 422],
    })),
  )
}

function badQueries(schema: z.ZodObject | undefined, good: Record<string, string>): Part[] {
  const query = (pairs: [string, string][]) => new URLSearchParams(pairs).toString()
  const all = Object.entries(good)
  const parts: Part[] = [...poison, 'colour', ''].map((name) => ({
    what: `query has ${JSON.stringify(name)}`,
    query: query([...all, [name, 'x']]),
    statuses: [422],
    names: name,
  }))
  for (const [name, field] of schema === undefined ? [] : fieldsOf(schema)) {
    const rest = all.filter(([key]) => key !== name)
    if (!accepts(field, undefined))
      parts.push({ what: `query lacks ${name}`, query: query(rest), statuses: [422], names: name })
    const example = String(exampleOf(field))
    parts.push({
      what: `query has ${name} twice`,
      query: query([...rest, [name, example], [name, example]]),
      statuses: [400],
    })
    const wrong = [
      ...strangeTexts.filter((text) => !accepts(field, text)),
      ...(name === 'cursor' ? strangeCursors : []),
    ]
    for (const text of wrong)
      parts.push({
        what: `query ${name} is ${JSON.stringify(text.slice(0, 20))}`,
        query: query([...rest, [name, text]]),
        statuses: [422],
        names: name,
      })
    if (!wrong.some((text) => text.length > 1_000)) throw new Error(`The query "${name}" has no bound.`)
  }
  return parts
}

function badEnvelopes(shape: EndpointShape): Part[] {
  const csv = shape.bodyType === 'text/csv'
  const types = [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    csv ? 'application/json' : 'text/csv',
    'json',
  ]
  const parts: Part[] = types.map((type) => ({
    what: `content type ${type}`,
    headers: { 'content-type': type },
    ...(!csv && { body: '{"x":1}' }),
    statuses: [415],
  }))
  parts.push({ what: 'no UTF-8', body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), statuses: [400] })
  if (csv) return [...parts, { what: 'nothing', body: '', statuses: [422] }]
  for (const text of ['{', '{"a":', 'null,', '{"a":1}}', "{'a':1}", '\ufeff\ufeff{}', 'undefined', 'NaN'])
    parts.push({ what: `body ${text}`, body: text, statuses: [400] })
  for (const text of ['null', '7', '"x"', '[]', '[{}]', 'true'])
    parts.push({ what: `body ${text}`, body: text, statuses: [422] })
  parts.push({ what: 'deep nesting', body: `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`, statuses: [400] })
  parts.push({ what: 'a huge body', body: `{"a":"${'x'.repeat(9 * 1024 * 1024)}"}`, statuses: [413] })
  return parts
}

function badBodies(schema: z.ZodType | undefined, good: unknown): Part[] {
  const object = schema === undefined ? z.strictObject({}) : objectIn(schema)
  if (object === undefined) throw new Error('A JSON body is an object.')
  return badObjects(object, good as Record<string, unknown>, [], (value) => JSON.stringify(value))
}

/** `write` puts the object, as text, where it stands in the body. */
function badObjects(
  object: z.ZodObject,
  good: Record<string, unknown>,
  path: readonly string[],
  write: (value: unknown) => string,
): Part[] {
  const named = (name: string) => [...path, name].join('.')
  const given = good ?? {}
  const parts: Part[] = [...poison, 'colour', 'isAdmin'].map((name) => ({
    what: `${named(name)} is not known`,
    // As text, since an object literal would take __proto__ as its prototype.
    body: write({ ...given, 'a key': 1 }).replace('"a key"', JSON.stringify(name)),
    statuses: [422],
    names: named(name),
  }))
  for (const [name, field] of fieldsOf(object)) {
    const { [name]: _, ...rest } = given
    const isNeeded = !accepts(field, undefined)
    if (isNeeded)
      parts.push({ what: `${named(name)} is missing`, body: write(rest), statuses: [422], names: named(name) })
    const wrong = strange.filter((value) => !accepts(field, JSON.parse(JSON.stringify(value))))
    for (const value of wrong)
      parts.push({
        what: `${named(name)} is ${JSON.stringify(value).slice(0, 20)}`,
        body: write({ ...rest, [name]: value }),
        statuses: [422],
        names: named(name),
      })
    if (accepts(field, 'x'.repeat(30_000))) throw new Error(`The text ${named(name)} has no bound.`)
    const array = arrayIn(field)
    if (array !== undefined && !/"maxItems":\d/.test(JSON.stringify(z.toJSONSchema(field, { io: 'input' }))))
      throw new Error(`The list ${named(name)} has no bound.`)
    const inner = objectIn(field)
    if (inner !== undefined) {
      const example = (given[name] ?? exampleOf(inner)) as Record<string, unknown>
      parts.push(...badObjects(inner, example, [...path, name], (value) => write({ ...rest, [name]: value })))
    }
  }
  return parts
}
