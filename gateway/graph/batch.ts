import type { Answer } from './failure.ts'
import { TenantError } from './failure.ts'
import type { Lane } from './governor.ts'
import { type Request, type Transport, Unanswered } from './transport.ts'
import { BatchAnswer } from './wire.ts'

/** Graph takes at most this many requests in a batch ("Combine multiple requests using JSON batching", read 2026-11-23). */
export const batchSize = 20

export type Answered =
  | { kind: 'answer'; answer: Answer }
  /** No answer came, and for a write nobody knows whether it took effect. */
  | { kind: 'unanswered'; error: Unanswered }
  /** We did not even ask: no token, or closed. */
  | { kind: 'refused'; error: TenantError }

/** Sends up to 20 requests together, one alone as it is; each has its own verdict, in the order of the requests. */
export async function sendTogether(
  transport: Transport,
  requests: readonly Request[],
  lane: Lane,
): Promise<Answered[]> {
  const [first] = requests
  if (first === undefined) return []
  if (requests.length === 1) return [await sendOne(transport, first, lane)]
  return await sendAsBatch(transport, requests, lane)
}

/** The same in a batch even for one request. */
export async function sendAsBatch(transport: Transport, requests: readonly Request[], lane: Lane): Promise<Answered[]> {
  const batch: Request = { method: 'POST', url: '/$batch', body: { requests: requests.map(partOf) } }
  const whole = await sendOne(transport, batch, lane)
  if (whole.kind !== 'answer' || whole.answer.status !== 200) return requests.map(() => whole)
  return answersOf(whole.answer, requests.length)
}

/** Who is refused first where a tenant throttles ("Microsoft Graph throttling guidance", read 2026-11-23). */
const priorityOf = { interactive: 'High', bulk: 'Low' } as const satisfies Record<Lane, string>

async function sendOne(transport: Transport, request: Request, lane: Lane): Promise<Answered> {
  const headers = { ...request.headers, 'x-ms-throttle-priority': priorityOf[lane] }
  try {
    return { kind: 'answer', answer: await transport.send({ ...request, headers }) }
  } catch (error) {
    if (error instanceof Unanswered) return { kind: 'unanswered', error }
    if (error instanceof TenantError) return { kind: 'refused', error }
    throw error
  }
}

/** A request as a part of a batch; ids are the places, counted from 1. */
export function partOf(request: Request, index: number): Record<string, unknown> {
  return {
    id: String(index + 1),
    method: request.method,
    url: request.url,
    headers: {
      ...(request.body !== undefined && { 'Content-Type': 'application/json' }),
      ...request.headers,
      ...(request.eventId !== undefined && { 'client-request-id': request.eventId }),
    },
    ...(request.body !== undefined && { body: request.body }),
  }
}

/** The parts' answers in the order of the requests, however the tenant shuffled them; a part that lacks is unanswered. */
export function answersOf(whole: Answer, count: number): Answered[] {
  const parsed = BatchAnswer.safeParse(whole.body)
  const parts = new Map(parsed.success ? parsed.data.responses.map((response) => [response.id, response]) : [])
  const outer = Object.fromEntries(
    Object.entries(whole.headers).filter(([name]) => name === 'request-id' || name === 'date'),
  )
  return Array.from({ length: count }, (_, index) => {
    const part = parts.get(String(index + 1))
    if (part === undefined) return { kind: 'unanswered', error: new Unanswered('part missing', false) }
    const headers = Object.entries(part.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
    return {
      kind: 'answer',
      answer: {
        status: part.status,
        headers: { ...outer, ...Object.fromEntries(headers) },
        body: part.body ?? null,
      },
    }
  })
}
