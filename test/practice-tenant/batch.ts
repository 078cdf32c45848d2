import type { Call, Reply } from './call.ts'
import { badRequest, Refusal } from './errors.ts'
import type { State } from './state.ts'

type Part = {
  id: string
  method: string
  url: string
  headers: Record<string, string>
  body: unknown
  dependsOn: string[]
}

/** "Combine multiple HTTP requests using JSON batching": at most 20 parts, each with its own verdict, answered in any order. */
export async function runBatch(state: State, call: Call, handle: (call: Call) => Promise<Reply>): Promise<Reply> {
  const parts = partsOf(call.body)
  const statuses = new Map<string, number>()
  const responses: unknown[] = []
  for (const part of parts) {
    const failed = part.dependsOn.some((id) => (statuses.get(id) ?? 0) >= 400)
    const reply = failed ? dependencyFailed : await handle(callOf(call, part))
    statuses.set(part.id.toLowerCase(), reply.status)
    // A connection that breaks takes the part's answer with it.
    if (reply.drop === true) continue
    const headers = { ...(reply.body !== null && { 'Content-Type': 'application/json' }), ...reply.headers }
    responses.push({ id: part.id, status: reply.status, headers, body: reply.body })
  }
  const throttled = state.switches.batchFailsWhenThrottled && [...statuses.values()].includes(429)
  return { status: throttled ? 424 : 200, headers: {}, body: { responses: shuffled(responses, state.random) } }
}

const dependencyFailed: Reply = {
  status: 424,
  headers: {},
  body: { error: { code: 'FailedDependency', message: 'A request that this one depends on has failed.' } },
}

const malformed = (why: string) => new Refusal(400, 'BadRequest', `Invalid batch payload format. ${why}`)

function partsOf(body: unknown): Part[] {
  const given = (body as { requests?: unknown } | null | undefined)?.requests
  if (!Array.isArray(given) || given.length === 0) throw malformed("'requests' is missing or empty.")
  if (given.length > 20) throw badRequest('Number of batch request steps exceeds the maximum value of 20.')
  const ids = new Set<string>()
  return given.map((raw) => {
    const part = partOf(raw)
    const id = part.id.toLowerCase()
    if (ids.has(id)) throw malformed(`The request id '${part.id}' is not unique.`)
    const unknown = part.dependsOn.find((each) => !ids.has(each))
    if (unknown !== undefined) throw malformed(`'${unknown}' does not name an earlier request.`)
    ids.add(id)
    return part
  })
}

function partOf(raw: unknown): Part {
  if (typeof raw !== 'object' || raw === null) throw malformed('A request is no object.')
  const { id, method, url, headers = {}, body, dependsOn = [] } = raw as Record<string, unknown>
  // Documented as text; numbers have been seen to work.
  if (typeof id !== 'string' && typeof id !== 'number') throw malformed("A request has no 'id'.")
  if (typeof method !== 'string' || typeof url !== 'string') throw malformed("A request has no 'method' or no 'url'.")
  if (/^[a-z]+:\/\//i.test(url)) throw malformed("'url' has to be relative.")
  if (typeof headers !== 'object' || headers === null) throw malformed("'headers' is no object.")
  if (!Array.isArray(dependsOn)) throw malformed("'dependsOn' is no list.")
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  if (body !== undefined && body !== null && !hasType)
    throw malformed('Write request with a body has no Content-Type header.')
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
  const before = dependsOn.map((each) => String(each).toLowerCase())
  return { id: String(id), method: method.toUpperCase(), url, headers: named, body: body ?? null, dependsOn: before }
}

function callOf(outer: Call, part: Part): Call {
  const mark = part.url.indexOf('?')
  const path = mark < 0 ? part.url : part.url.slice(0, mark)
  return {
    method: part.method,
    path: path.startsWith('/') ? path : `/${path}`,
    query: new URLSearchParams(mark < 0 ? '' : part.url.slice(mark + 1)),
    headers: part.headers,
    body: part.body,
    origin: outer.origin,
    batch: true,
    caller: outer.caller,
  }
}

function shuffled<T>(items: T[], random: () => number): T[] {
  const out = [...items]
  for (let last = out.length - 1; last > 0; last--) {
    const at = Math.floor(random() * (last + 1))
    const [a, b] = [out[at], out[last]]
    if (a !== undefined && b !== undefined) [out[at], out[last]] = [b, a]
  }
  return out
}
