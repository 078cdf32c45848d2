import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { envelope, Refusal } from './errors.ts'
import { type Graph, headersOf, idsOf, log } from './graph.ts'
import type { TokenAnswer } from './sign-in-errors.ts'
import type { State } from './state.ts'
import type { TokenService } from './token.ts'

/** What one listener serves: Graph below `/v1.0`, the sign-in service beside it. */
export type Site = { state: State; graph: Graph; tokens: TokenService; origin: string }

/** Graph takes requests of up to 4 MB. */
const largest = 4 * 1024 * 1024

/** Answers a request as graph.microsoft.com or login.microsoftonline.com would. */
export async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const raw = await text(request)
  if (site.state.latencyMs > 0) await pause(site.state.latencyMs)
  // The names under which Microsoft is known work too, for clients that know no other.
  const host = request.headers.host ?? ''
  const origin = /^(graph[.]microsoft[.]com|login[.]microsoftonline[.]com)$/.test(host)
    ? `https://${host}`
    : site.origin
  const target = request.url ?? '/'
  if (!URL.canParse(target, origin)) return send(response, 400, {}, { error: 'The URL is malformed.' })
  const url = new URL(target, origin)
  if (/^\/v1\.0\//.test(url.pathname)) return await serveGraph(site, origin, request, url, raw, response)
  const { status, body, headers = {} } = await signInService(site.tokens, origin, request, url, raw)
  send(response, status, headers, body)
}

async function serveGraph(
  { state, graph, tokens }: Site,
  origin: string,
  request: IncomingMessage,
  url: URL,
  raw: string,
  response: ServerResponse,
): Promise<void> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const refuse = (refusal: Refusal) => {
    const ids = idsOf(state, { headers })
    const path = url.pathname.slice('/v1.0'.length)
    const call = { method: request.method ?? 'GET', path, headers, body: null, batch: false, caller: null }
    log(state, call, refusal.status, ids.requestId)
    send(
      response,
      refusal.status,
      { ...headersOf(ids), ...refusal.headers },
      envelope(refusal, { ...ids, at: state.now() }),
    )
  }
  const checked = await tokens.check(request.headers.authorization ?? null)
  if (!checked.ok) {
    const challenge = {
      'WWW-Authenticate':
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    }
    return refuse(new Refusal(401, 'InvalidAuthenticationToken', checked.message, { headers: challenge }))
  }
  if (raw.length > largest) return refuse(new Refusal(413, 'RequestEntityTooLarge', 'The request is too large.'))
  const reply = await graph.handle({
    method: request.method ?? 'GET',
    path: url.pathname.slice('/v1.0'.length),
    query: url.searchParams,
    headers,
    body: raw === '' ? null : json(raw),
    origin,
    batch: false,
    caller: checked.caller,
  })
  if (reply.drop === true) response.destroy()
  else send(response, reply.status, reply.headers, reply.body)
}

function json(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

async function signInService(
  tokens: TokenService,
  origin: string,
  request: IncomingMessage,
  url: URL,
  raw: string,
): Promise<TokenAnswer & { headers?: Record<string, string> }> {
  const [, tenant = '', ...rest] = url.pathname.split('/')
  const path = rest.join('/')
  if (path === 'v2.0/.well-known/openid-configuration') return tokens.discovery(origin, tenant)
  if (path === 'discovery/v2.0/keys') return tokens.keys(origin)
  if (tenant === 'common' && path === 'discovery/instance')
    return tokens.instanceDiscovery(origin, url.searchParams.get('authorization_endpoint'))
  if (path === 'oauth2/v2.0/authorize')
    return request.method === 'POST'
      ? tokens.submit(tenant, new URLSearchParams(raw))
      : tokens.page(tenant, url.searchParams)
  if (path === 'oauth2/v2.0/token' && request.method === 'POST') {
    const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
    return await tokens.issue(origin, tenant, new URLSearchParams(raw), basic)
  }
  return { status: 404, body: { error: 'not_found' } }
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: unknown): void {
  const isText = typeof body === 'string' || Buffer.isBuffer(body)
  const type = body === null ? {} : { 'content-type': isText ? 'text/plain' : 'application/json' }
  response.writeHead(status, { ...type, ...headers })
  response.end(body === null ? undefined : isText ? body : JSON.stringify(body))
}
