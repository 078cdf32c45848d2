import type { z } from 'zod'
import { Problem } from '../domain/problem.ts'

const maxDepth = 16
const maxErrors = 50
const poisonous = new Set(['__proto__', 'constructor', 'prototype'])

/** Reads the body as text. Counts while reading, since a length that was announced proves nothing. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (!request.body) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = request.body.getReader()
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    if (error instanceof Problem) {
      void reader.cancel().catch(() => undefined)
      throw error
    }
    throw new Problem('malformed_request', 'Send the body as UTF-8 text.')
  }
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('request_too_large', `Send at most ${Math.floor(maxBytes / 1024)} KiB; split what is larger.`)
}

/** Reads a CSV body as text. */
export async function readCsv(request: Request, maxBytes: number): Promise<string> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'text/csv') {
    throw new Problem('unsupported_media_type', 'Send CSV with the header "Content-Type: text/csv".')
  }
  return await readText(request, maxBytes)
}

/** Reads a JSON body; an empty one is an empty object. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const text = await readText(request, maxBytes)
  if (text === '') return {}
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new Problem('unsupported_media_type', 'Send JSON with the header "Content-Type: application/json".')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Problem('malformed_request', 'The body is no JSON. Check quotes, commas and brackets.')
  }
  refusePoison(value, [], maxDepth)
  return value
}

function refusePoison(value: unknown, path: readonly string[], depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth === 0) throw new Problem('malformed_request', `Nest the JSON at most ${maxDepth} levels deep.`)
  if (Array.isArray(value)) {
    for (const item of value) refusePoison(item, path, depth - 1)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    if (poisonous.has(key)) throw invalid([{ path: [...path, key].join('.'), message: 'This key is not allowed.' }])
    refusePoison(inner, [...path, key.slice(0, 64)], depth - 1)
  }
}

/** Reads the query string: each key once. */
export function readQuery(url: string): Record<string, string> {
  const query = new Map<string, string>()
  for (const [key, value] of new URL(url).searchParams) {
    if (poisonous.has(key)) throw invalid([{ path: key, message: 'This key is not allowed.' }])
    if (query.has(key)) throw new Problem('malformed_request', `Give "${key.slice(0, 64)}" once.`)
    query.set(key, value)
  }
  return Object.fromEntries(query)
}

/** Parses input; problem `validation_failed` names every field that is wrong, never its value. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw invalid(result.error.issues.flatMap(readIssue))
}

function readIssue(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key.slice(0, 64)].join('.'), message: 'This key is not known.' }))
  }
  return [{ path: path.join('.'), message: issue.message }]
}

function invalid(errors: { path: string; message: string }[]): Problem {
  return new Problem('validation_failed', 'Correct the fields named in "errors"; nothing was changed.', {
    errors: errors.slice(0, maxErrors),
  })
}
