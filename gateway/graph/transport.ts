import {
  Client,
  type Context,
  type Middleware,
  type MiddlewareOptions,
  ResponseType,
} from '@microsoft/microsoft-graph-client'
import { type Answer, failureOf, foreignLink, TenantError, unreachable } from './failure.ts'
import type { Network } from './network.ts'
import type { Tokens } from './token.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
export type Request = {
  method: Method
  url: string
  body?: unknown
  headers?: Record<string, string>
  eventId?: string
}

export type Transport = {
  /** Any answer, whatever its status. Throws Unanswered when none came. */
  send(request: Request): Promise<Answer>
  /** A read that has to succeed; `url` is a path below /v1.0 or a link of this Graph. Throws TenantError. */
  read(url: string, headers?: Record<string, string>): Promise<unknown>
  close(): Promise<void>
}

/** No answer came: for a write nobody knows whether it took effect. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  /** True when the request cannot have reached the server. */
  readonly neverSent: boolean
  constructor(message: string, neverSent: boolean) {
    super(message)
    this.neverSent = neverSent
  }
}

export function createTransport(options: {
  graph: string
  tokens: Tokens
  network: Network
  now: () => number
}): Transport {
  const { origin, hostname } = new URL(options.graph)
  const client = Client.initWithMiddleware({
    middleware: new Authorize(options.tokens, new Send(origin, options.network)),
    customHosts: new Set([hostname]),
    baseUrl: origin,
    defaultVersion: 'v1.0',
  })
  const send = async ({ method, url, body, headers = {}, eventId }: Request): Promise<Answer> => {
    // Tokens and passwords go to this origin alone, whatever a link in an answer says.
    const absolute = /^[a-z][a-z\d+.-]*:/i.test(url)
    if (absolute && originOf(url) !== origin) throw new TenantError(foreignLink)
    const slip = new Slip(absolute ? url : null)
    let request = client.api(url).responseType(ResponseType.RAW).headers(headers).middlewareOptions([slip])
    if (eventId !== undefined) request = request.header('client-request-id', eventId)
    const response = (await ask(request, method, body).catch((error: unknown) => {
      throw slip.error ?? error
    })) as Response
    const text = await response.text()
    return { status: response.status, headers: Object.fromEntries(response.headers), body: parse(text) }
  }
  return {
    send,
    async read(url, headers) {
      const answer = await send({ method: 'GET', url, ...(headers && { headers }) }).catch((error: unknown) => {
        if (error instanceof Unanswered) throw new TenantError(unreachable(error.message))
        throw error
      })
      if (answer.status >= 200 && answer.status < 300) return answer.body
      throw new ReadRefused(answer, failureOf(answer, 'read', options.now()))
    },
    close: () => options.network.close(),
  }
}

/** A read was refused; the answer is kept for those who can tell more from it. */
export class ReadRefused extends TenantError {
  readonly answer: Answer
  constructor(answer: Answer, failure: TenantError['failure']) {
    super(failure)
    this.answer = answer
  }
}

/** What goes along with a request past the client, which would change it. */
class Slip implements MiddlewareOptions {
  /** A link of the tenant goes back byte for byte: the client would put its parameters into another order. */
  readonly link: string | null
  /** What was thrown below: the client makes an error of its own of it, and whether an answer was lost would be lost too. */
  error: unknown
  constructor(link: string | null) {
    this.link = link
  }
}

function slipOf(context: Context): Slip | null {
  const slip = context.middlewareControl?.getMiddlewareOptions(Slip)
  return slip instanceof Slip ? slip : null
}

const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : null)

type GraphRequest = ReturnType<Client['api']>

function ask(request: GraphRequest, method: Method, body: unknown): Promise<unknown> {
  switch (method) {
    case 'GET':
      return request.get()
    case 'POST':
      return request.post(body)
    case 'PATCH':
      return request.patch(body)
    case 'PUT':
      return request.put(body)
    case 'DELETE':
      return request.delete()
  }
}

function parse(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    // Gateways in between answer in HTML: then the status alone speaks.
    return null
  }
}

/** Puts the token on, and asks once for a fresh one when it is refused. */
class Authorize implements Middleware {
  readonly #tokens: Tokens
  readonly #next: Send
  constructor(tokens: Tokens, next: Send) {
    this.#tokens = tokens
    this.#next = next
  }
  async execute(context: Context): Promise<void> {
    try {
      const token = await this.#tokens.get()
      await this.#next.execute(context, token)
      if (context.response?.status === 401) await this.#next.execute(context, await this.#tokens.renew(token))
    } catch (error) {
      const slip = slipOf(context)
      if (slip !== null) slip.error = error
      throw error
    }
  }
}

/** The last link: one request over the network, never repeated. */
class Send {
  readonly #origin: string
  readonly #network: Network
  constructor(origin: string, network: Network) {
    this.#origin = origin
    this.#network = network
  }
  async execute(context: Context, token: string): Promise<void> {
    const asked = typeof context.request === 'string' ? context.request : context.request.url
    const url = slipOf(context)?.link ?? asked
    if (originOf(url) !== this.#origin) throw new TenantError(foreignLink)
    const { method = 'GET', headers, body } = context.options ?? {}
    const sent = { ...plain(headers), authorization: `Bearer ${token}`, accept: 'application/json' }
    try {
      const { status, text, ...got } = await this.#network.send({
        method,
        path: pathOf(url),
        headers: sent,
        body: typeof body === 'string' ? body : null,
      })
      const empty = status === 204 || status === 304
      context.response = new Response(empty ? null : text, { status, headers: got.headers })
    } catch (error) {
      const code = (error as { code?: unknown }).code
      const neverSent =
        typeof code === 'string' &&
        ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH'].includes(code)
      throw new Unanswered(
        typeof code === 'string' ? code : error instanceof Error ? error.name : 'no answer',
        neverSent,
      )
    }
  }
}

/** What follows the origin, as it stands. */
function pathOf(url: string): string {
  const path = url.replace(/^[^:]+:\/\/[^/?#]*/, '').replace(/#.*$/, '')
  return path.startsWith('/') ? path : `/${path}`
}

function plain(headers: unknown): Record<string, string> {
  const out: Record<string, string> = {}
  if (headers === undefined || headers === null) return out
  const entries = headers instanceof Headers ? [...headers] : Array.isArray(headers) ? headers : Object.entries(headers)
  for (const [name, value] of entries as [string, string][]) out[name.toLowerCase()] = String(value)
  return out
}
