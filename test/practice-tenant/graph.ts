import { setTimeout as pause } from 'node:timers/promises'
import { runBatch } from './batch.ts'
import { type Call, option, type Reply } from './call.ts'
import { envelope, Refusal } from './errors.ts'
import type { Cost, Quota } from './quota.ts'
import { type Route, routes } from './routes.ts'
import type { Fault, State } from './state.ts'

export type Graph = { handle(call: Call): Promise<Reply> }

/** Microsoft Graph v1.0: faults, quota, then the resource itself. Every call is logged, passwords removed. */
export function createGraph(state: State, quota: Quota): Graph {
  const handle = async (call: Call): Promise<Reply> => {
    const ids = idsOf(state, call)
    const fault = takeFault(state, call)
    if (fault?.delayMs !== undefined) await pause(fault.delayMs)
    if (fault?.hold === 'before') await released(state)
    const whole = call.method === 'POST' && /^\/\$batch$/i.test(call.path)
    // The tenant's own clock, which may be another than ours; parts of a batch do not tell it.
    const date = new Date(state.now()).toUTCString()
    const headers = { ...headersOf(ids), ...(!call.batch && { date }) }
    let reply: Reply
    try {
      if (fault?.drop === 'before') reply = { status: 0, headers, body: null, drop: true }
      else if (fault?.status !== undefined && fault.applied !== true) throw refusalOf(fault)
      else if (whole && call.batch) throw new Refusal(400, 'BadRequest', 'A batch cannot hold a batch.')
      else reply = whole ? await runBatch(state, call, handle) : dispatch(state, quota, call, headers)
      if (fault?.applied === true && fault.status !== undefined) throw refusalOf(fault)
      if (fault?.drop === 'after') reply = { ...reply, drop: true }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      reply = { status: error.status, headers: error.headers, body: envelope(error, { ...ids, at: state.now() }) }
    }
    if (fault?.hold === 'after') await released(state)
    if (!whole || reply.status !== 200) log(state, call, reply.status, ids.requestId)
    return { ...reply, headers: { ...headers, ...reply.headers } }
  }
  return { handle }
}

type Ids = { requestId: string; clientRequestId: string }

export function idsOf(state: State, call: Pick<Call, 'headers'>): Ids {
  const requestId = state.newId()
  return { requestId, clientRequestId: call.headers['client-request-id'] ?? requestId }
}

const diagnostic = JSON.stringify({
  ServerInfo: { DataCenter: 'Practice', Slice: 'E', Ring: '1', ScaleUnit: '000', RoleInstance: 'PRACTICE' },
})

/** What every answer carries ("Best practices for working with Microsoft Graph", request-id). */
export const headersOf = (ids: Ids): Record<string, string> => ({
  'request-id': ids.requestId,
  'client-request-id': ids.clientRequestId,
  'x-ms-ags-diagnostic': diagnostic,
  'cache-control': 'no-cache',
})

function dispatch(state: State, quota: Quota, call: Call, headers: Record<string, string>): Reply {
  let known = false
  for (const route of routes) {
    const found = route.pattern.exec(call.path)
    if (found === null) continue
    known = true
    if (route.method !== call.method) continue
    Object.assign(headers, quota.charge(costOf(route, call)))
    const { status, body, headers: own } = route.run(state, call, keysOf(found))
    return { status, headers: { ...own }, body: plain(call, body) }
  }
  if (known)
    throw new Refusal(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  throw new Refusal(400, 'BadRequest', `Resource not found for the segment '${call.path.split('/')[1] ?? ''}'.`)
}

/** The keys of a path: as a segment, or quoted in parentheses with quotes doubled. */
function keysOf(found: RegExpExecArray): string[] {
  const keys: string[] = []
  for (let at = 1; at < found.length; at += 2) {
    try {
      keys.push(decodeURIComponent(found[at] ?? (found[at + 1] ?? '').replace(/''/g, "'")))
    } catch {
      throw new Refusal(400, 'BadRequest', 'The URL is malformed.')
    }
  }
  return keys
}

/** Modifiers: `$select` one less (getByIds three), `$expand` one more, a short page one less; never below one. */
function costOf(route: Route, call: Call): Cost {
  const select = option(call, '$select') === null ? 0 : route.units === 5 && call.method === 'POST' ? 3 : 1
  const expand = option(call, '$expand') === null ? 0 : 1
  const short = Number(option(call, '$top') ?? 20) < 20 ? 1 : 0
  const units = Math.max(1, route.units - select + expand - short)
  return { units, write: route.write, report: /^\/auditLogs\//i.test(call.path) }
}

/** `Accept: application/json;odata.metadata=none` leaves the context out. */
function plain(call: Call, body: unknown): unknown {
  if (!/odata\.metadata=none/i.test(call.headers['accept'] ?? '') || typeof body !== 'object' || body === null)
    return body
  const { '@odata.context': _, ...rest } = body as Record<string, unknown>
  return rest
}

const released = (state: State) => new Promise<void>((resolve) => state.held.push(resolve))

function takeFault(state: State, call: Call): Fault | undefined {
  const fault = state.faults.find(
    ({ match, times }) =>
      times > 0 &&
      (match.method === undefined || match.method === call.method) &&
      (match.path === undefined || new RegExp(match.path, 'i').test(call.path)),
  )
  if (fault !== undefined) fault.times -= 1
  return fault
}

function refusalOf(fault: Fault): Refusal {
  const code =
    fault.code ??
    (fault.status === 429 ? 'TooManyRequests' : fault.status === 503 ? 'ServiceUnavailable' : 'UnknownError')
  return new Refusal(fault.status ?? 500, code, 'A fault was asked for.', {
    headers: fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) },
  })
}

/** Notes a request. The caller is null where the token did not count. */
export function log(
  state: State,
  call: Pick<Call, 'method' | 'path' | 'headers' | 'body' | 'batch'> & { caller: Call['caller'] | null },
  status: number,
  requestId: string,
): void {
  state.log.push({
    at: state.now(),
    method: call.method,
    path: call.path,
    status,
    requestId,
    clientRequestId: call.headers['client-request-id'] ?? null,
    appId: call.caller?.appId ?? null,
    batch: call.batch,
    body: withoutPasswords(call.body),
  })
}

/** A copy in which whatever is called a password, at any depth, is gone. */
export function withoutPasswords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswords)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) =>
      /password$|passwordProfile$/i.test(key) ? [key, '[removed]'] : [key, withoutPasswords(each)],
    ),
  )
}
