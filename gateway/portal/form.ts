import type { Context } from 'hono'
import { Problem } from '../domain/problem.ts'
import { readText } from '../http/body.ts'

const formLimitBytes = 16 * 1024
const fieldLength = 1024
/** The answer of an authenticator holds a certificate at times. */
const responseLength = 12 * 1024

/** Reads a form of ours: every field that is named, each at most once; a missing one is empty. */
export async function readForm<K extends string>(c: Context, ...names: K[]): Promise<Record<K, string>> {
  const type = (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') {
    throw new Problem('unsupported_media_type', 'Send the form of the page.')
  }
  const fields = new URLSearchParams(await readText(c.req.raw, formLimitBytes))
  for (const name of names)
    if (fields.getAll(name).length > 1) throw new Problem('malformed_request', `Give "${name}" once.`)
  const read = (name: K) => (fields.get(name) ?? '').slice(0, name === 'response' ? responseLength : fieldLength)
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<K, string>
}
