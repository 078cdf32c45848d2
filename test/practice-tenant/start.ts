import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { generate } from 'selfsigned'
import { createControl } from './control.ts'
import { envelope, Refusal } from './errors.ts'
import { createGraph, type Graph } from './graph.ts'
import { Quota } from './quota.ts'
import { seed } from './seed.ts'
import { createState, hashOf, type QuotaSize, type State } from './state.ts'
import { createTokenService, type TokenService } from './token.ts'

export type PracticeOptions = {
  port: number
  controlPort: number
  users: number
  seed: number
  quota: QuotaSize
  /** Longest time that a replica may be behind, in ms. */
  lagMs: number
  /** Added to every answer, in ms. */
  latencyMs: number
  /** Whether the service principal holds User Administrator, without which Microsoft refuses passwords. */
  passwordRole: boolean
  tenantId?: string | undefined
}

export const practiceDefaults: PracticeOptions = {
  port: 0,
  controlPort: 0,
  users: 25,
  seed: 1,
  quota: 'L',
  lagMs: 0,
  latencyMs: 0,
  passwordRole: true,
}

export type PracticeTenant = {
  /** Origins. Graph and the sign-in service share one. */
  graph: string
  login: string
  control: string
  /** The certificate to trust. */
  caPem: string
  tenantId: string
  clientId: string
  clientSecret: string
  domain: string
  state: State
  close(): Promise<void>
}

const permissions = [
  'User.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'User.RevokeSessions.All',
  'Group.ReadWrite.All',
  'LicenseAssignment.ReadWrite.All',
  'Organization.Read.All',
  'Domain.Read.All',
  'RoleManagement.Read.Directory',
  'AuditLog.Read.All',
]
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

export async function startPracticeTenant(options: Partial<PracticeOptions> = {}): Promise<PracticeTenant> {
  const given = { ...practiceDefaults, ...options }
  const clientSecret = randomBytes(30).toString('base64url')
  const state = createState({
    tenantId: given.tenantId ?? randomUUID(),
    clientId: randomUUID(),
    seed: given.seed,
    quota: given.quota,
    lagMs: given.lagMs,
    latencyMs: given.latencyMs,
  })
  state.app.secrets.push({ hash: hashOf(clientSecret), endsAt: state.now() + 365 * 86_400_000 })
  for (const permission of permissions) state.app.permissions.add(permission)
  if (given.passwordRole) state.app.roles.add(userAdministrator)
  seed(state, given)
  const { key, cert } = await certificate()
  const quota = new Quota(state)
  let origin = ''
  const tokens = await createTokenService(state, () => origin)
  const graph = createGraph(state, quota)
  const server = createServer({ key, cert }, (request, response) => {
    void answer({ state, graph, tokens, origin }, request, response).catch(() => response.destroy())
  })
  const port = await listen(server, given.port)
  origin = `https://localhost:${port}`
  const control = createControl(state)
  const controlPort = await listen(control, given.controlPort)
  return {
    graph: origin,
    login: origin,
    control: `http://127.0.0.1:${controlPort}`,
    caPem: cert,
    tenantId: state.tenantId,
    clientId: state.app.clientId,
    clientSecret,
    domain: 'contoso.example',
    state,
    async close() {
      await Promise.all([stop(server), stop(control)])
    },
  }
}

async function certificate(): Promise<{ key: string; cert: string }> {
  const names = ['localhost', 'graph.microsoft.com', 'login.microsoftonline.com']
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), { type: 7 as const, ip: '127.0.0.1' }],
      },
    ],
  })
  return { key, cert }
}

async function listen(server: Server | HttpServer, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: Server | HttpServer): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

type Parts = { state: State; graph: Graph; tokens: TokenService; origin: string }

async function answer(
  { state, graph, tokens, origin }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', origin)
  const raw = await text(request)
  if (state.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, state.latencyMs))
  // The names under which Microsoft is known work too, for clients that know no other.
  const host = request.headers.host ?? ''
  const own = /microsoft/.test(host) ? `https://${host}` : origin
  if (!/^\/(v1\.0|beta)\//.test(url.pathname)) return await signInService(tokens, own, request, url, raw, response)
  const checked = await tokens.check(request.headers.authorization ?? null)
  if (!checked.ok) {
    const refusal = new Refusal(401, 'InvalidAuthenticationToken', checked.message)
    const ids = {
      requestId: randomUUID(),
      clientRequestId: String(request.headers['client-request-id'] ?? ''),
      at: state.now(),
    }
    return send(
      response,
      401,
      { 'WWW-Authenticate': 'Bearer realm=""', 'request-id': ids.requestId },
      envelope(refusal, ids),
    )
  }
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const body = raw === '' ? null : readJson(raw)
  const reply = await graph.handle({
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/(v1\.0|beta)/, ''),
    query: url.searchParams,
    headers,
    body,
    origin: own,
    batch: false,
  })
  if (reply.drop) response.destroy()
  else send(response, reply.status, reply.headers, reply.body)
}

function readJson(raw: string): unknown {
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
  response: ServerResponse,
): Promise<void> {
  const [, tenant = '', ...rest] = url.pathname.split('/')
  const path = rest.join('/')
  if (path === 'v2.0/.well-known/openid-configuration') return send(response, 200, {}, tokens.discovery(origin))
  if (path === 'discovery/v2.0/keys') return send(response, 200, {}, tokens.keys())
  if (tenant === 'common' && path === 'discovery/instance') {
    const host = new URL(origin).host
    return send(
      response,
      200,
      {},
      {
        tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      },
    )
  }
  if (path === 'oauth2/v2.0/token' && request.method === 'POST') {
    const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
    const { status, body } = await tokens.issue(origin, tenant, new URLSearchParams(raw), basic)
    return send(response, status, {}, body)
  }
  send(response, 404, {}, { error: 'not_found' })
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: unknown): void {
  response.writeHead(status, { ...(body !== null && { 'content-type': 'application/json' }), ...headers })
  response.end(body === null ? undefined : JSON.stringify(body))
}
