import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

export type Asked = { method: string; url: string; headers: Record<string, string>; body: unknown; batched: boolean }
export type Reply = { status: number; headers?: Record<string, string>; body?: unknown } | 'drop'

/**
 * An https server that speaks the envelope of Graph and its sign-in, and nothing more: each test says itself what is
 * answered. It shows what the adapter does on the wire; how a tenant behaves is the practice tenant's to know.
 */
export type GraphStub = {
  origin: string
  certificate: string
  /** What was asked of Graph, parts of batches one by one. */
  asked: Asked[]
  /** Requests for a token. */
  tokens: { count: number; last: URLSearchParams | null }
  answer(reply: (asked: Asked) => Reply): void
  /** What the next tokens say of our rights; null refuses with this AADSTS number. */
  claims(claims: object): void
  refuseSignIn(aadsts: number | null): void
  close(): Promise<void>
}

export async function startGraphStub(): Promise<GraphStub> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const asked: Asked[] = []
  const tokens: GraphStub['tokens'] = { count: 0, last: null }
  let reply: (asked: Asked) => Reply = () => ({ status: 204 })
  let claims: object = {}
  let refusal: number | null = null

  const one = (request: Asked): Reply => {
    asked.push(request)
    return reply(request)
  }
  const batch = (request: Asked): Reply => {
    const { requests } = request.body as { requests: (Omit<Asked, 'batched'> & { id: string })[] }
    const replies = requests.map(({ id, ...part }) => ({ id, reply: one({ ...part, batched: true }) }))
    const responses = replies.flatMap(({ id, reply: got }) => (got === 'drop' ? [] : [{ id, ...got }]))
    return { status: 200, body: { responses: responses.reverse() } }
  }
  const token = (body: string): Reply => {
    tokens.count++
    tokens.last = new URLSearchParams(body)
    if (refusal !== null) {
      return {
        status: 401,
        body: { error: 'invalid_client', error_description: `AADSTS${refusal}: No.`, error_codes: [refusal] },
      }
    }
    const payload = Buffer.from(JSON.stringify({ ...claims, uti: String(tokens.count) })).toString('base64url')
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: `e30.${payload}.s` } }
  }
  const server = createServer({ key: made.private, cert: made.cert }, async (request, response) => {
    let text = ''
    for await (const part of request.setEncoding('utf8')) text += part
    const url = request.url ?? '/'
    const got = route(url, request.method ?? 'GET', request.headers as Record<string, string>, text)
    if (got === 'drop') return request.socket.destroy()
    response.writeHead(got.status, { 'content-type': 'application/json', ...got.headers })
    response.end(got.body === undefined ? '' : typeof got.body === 'string' ? got.body : JSON.stringify(got.body))
  })
  const route = (url: string, method: string, headers: Record<string, string>, text: string): Reply => {
    if (url.endsWith('/.well-known/openid-configuration')) return { status: 200, body: configuration(url) }
    if (/[/]oauth2[/]v2[.]0[/]token([?]|$)/.test(url)) return token(text)
    const body: unknown = text === '' ? null : JSON.parse(text)
    const request: Asked = { method, url: url.replace(/^\/v1[.]0/, ''), headers, body, batched: false }
    return request.url === '/$batch' ? batch(request) : one(request)
  }
  const origin = await listen(server)
  const configuration = (url: string) => {
    const tenant = `${origin}/${url.split('/')[1]}`
    return {
      issuer: `${tenant}/v2.0`,
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
    }
  }
  return {
    origin,
    certificate: made.cert,
    asked,
    tokens,
    answer(next) {
      reply = next
    },
    claims(next) {
      claims = next
    },
    refuseSignIn(next) {
      refusal = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0)
  await once(server, 'listening')
  return `https://localhost:${(server.address() as AddressInfo).port}`
}
