import type { Call, Reply } from './call.ts'
import { badRequest } from './errors.ts'

type Part = {
  id: string
  method: string
  url: string
  headers?: Record<string, string>
  body?: unknown
  dependsOn?: string[]
}

/** "Combine multiple HTTP requests using JSON batching": at most 20 parts, each with its own verdict, answered in any order. */
export async function runBatch(
  call: Call,
  handle: (call: Call) => Promise<Reply>,
  random: () => number,
): Promise<{ status: number; body: unknown }> {
  const parts = partsOf(call.body)
  const statuses = new Map<string, number>()
  const responses: unknown[] = []
  for (const part of parts) {
    const failed = (part.dependsOn ?? []).some((id) => (statuses.get(id) ?? 0) >= 400)
    const reply = failed ? dependencyFailed : await handle(callOf(call, part))
    statuses.set(part.id, reply.status)
    // A connection that breaks takes the part's answer with it.
    if (!reply.drop)
      responses.push({
        id: part.id,
        status: reply.status,
        headers: { 'Content-Type': 'application/json', ...reply.headers },
        body: reply.body,
      })
  }
  return { status: 200, body: { responses: shuffled(responses, random) } }
}

const dependencyFailed: Reply = {
  status: 424,
  headers: {},
  body: { error: { code: 'FailedDependency', message: 'A request that this one depends on has failed.' } },
}

function partsOf(body: unknown): Part[] {
  const parts = (body as { requests?: unknown } | null)?.requests
  if (!Array.isArray(parts) || parts.length === 0) throw badRequest('Invalid batch payload format.')
  if (parts.length > 20) throw badRequest('Number of batch request steps exceeds the maximum value of 20.')
  const ids = new Set<string>()
  for (const part of parts as Partial<Part>[]) {
    if (part.id === undefined || part.method === undefined || part.url === undefined)
      throw badRequest('Invalid batch payload format.')
    const id = String(part.id).toLowerCase()
    if (ids.has(id)) throw badRequest(`Duplicate request id '${part.id}' in the batch.`)
    ids.add(id)
    const hasType = Object.keys(part.headers ?? {}).some((name) => name.toLowerCase() === 'content-type')
    if (part.body !== undefined && !hasType)
      throw badRequest('Write request with a body must have a Content-Type header.')
  }
  return parts as Part[]
}

function callOf(outer: Call, part: Part): Call {
  const [path = '', query = ''] = part.url.split('?', 2)
  const headers = Object.fromEntries(
    Object.entries(part.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    method: part.method.toUpperCase(),
    path: path.startsWith('/') ? path : `/${path}`,
    query: new URLSearchParams(query),
    headers,
    body: part.body ?? null,
    origin: outer.origin,
    batch: true,
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
