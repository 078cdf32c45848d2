import type { AnswerOf, BodyOf, ParamsOf, QueryOf } from '../contract/endpoint.ts'
import type { EndpointByRoute } from '../contract/endpoints.ts'
import type { ProblemDocument } from '../contract/problems.ts'

export const basePath = '/api/v1'

/** The gateway said no, in its own words. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: ProblemDocument
  constructor(problem: ProblemDocument) {
    super(problem.detail)
    this.problem = problem
  }
}

export type ClientOptions = {
  /** Origin of the gateway, without a path. */
  gatewayUrl: string
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Headers that say who calls; the method and full URL are given for proofs that are bound to them. */
  authorize?: (method: string, url: string) => Promise<Record<string, string>>
}

type Present<K extends string, V> = V extends undefined ? { [P in K]?: undefined } : { [P in K]: V }
type Optional<K extends string, V> = V extends undefined ? { [P in K]?: undefined } : { [P in K]?: V }
export type CallInput<R extends keyof EndpointByRoute> = Present<'params', ParamsOf<EndpointByRoute[R]>> &
  Optional<'query', QueryOf<EndpointByRoute[R]>> &
  Present<'body', BodyOf<EndpointByRoute[R]>> & { signal?: AbortSignal; idempotencyKey?: string }

export type Client = {
  call<R extends keyof EndpointByRoute>(route: R, input: CallInput<R>): Promise<AnswerOf<EndpointByRoute[R]>>
}

/** Calls the contract: throws ProblemError for an answer of the gateway, and what fetch throws when there was none. */
export function createClient(options: ClientOptions): Client {
  return {
    async call(route, input) {
      const { url, init } = await requestOf(options, route, input)
      const headers = { ...init.headers }
      const isText = typeof input.body === 'string'
      if (input.body !== undefined) headers['content-type'] = isText ? 'text/csv' : 'application/json'
      if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey
      const response = await options.fetch(url, {
        method: init.method,
        headers,
        ...(input.body !== undefined && { body: isText ? String(input.body) : JSON.stringify(input.body) }),
        ...(input.signal && { signal: input.signal }),
      })
      return (await read(response)) as never
    },
  }
}

/** Where a request goes, and the headers that say who asks. */
export async function requestOf(
  options: ClientOptions,
  route: string,
  input: { params?: Record<string, string> | undefined; query?: Record<string, unknown> | undefined },
): Promise<{ url: string; init: { method: string; headers: Record<string, string> } }> {
  const [method, template] = route.split(' ', 2) as [string, string]
  const url = options.gatewayUrl + basePath + fill(template, input.params ?? {}) + queryString(input.query ?? {})
  const headers = { accept: 'application/json', ...(await options.authorize?.(method, url)) }
  return { url, init: { method, headers } }
}

function fill(template: string, params: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

function queryString(query: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  if (response.ok && response.headers.get('content-type')?.startsWith('image/'))
    return new Uint8Array(await response.arrayBuffer())
  const text = await response.text()
  if (response.ok) return text === '' ? undefined : JSON.parse(text)
  throw refusal(response, text)
}

/** What an answer that is none says. */
export async function refusalOf(response: Response): Promise<ProblemError> {
  return refusal(response, await response.text())
}

const refusal = (response: Response, text: string) => new ProblemError(asProblem(text) ?? unreadable(response))

function asProblem(text: string): ProblemDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed && 'detail' in parsed) {
      return parsed as ProblemDocument
    }
  } catch {
    // Not JSON: something between us and the gateway has answered.
  }
  return undefined
}

function unreadable(response: Response): ProblemDocument {
  return {
    type: 'about:blank',
    title: 'The gateway did not answer',
    status: response.status,
    code: 'unreadable_answer',
    detail: `Something between here and the gateway answered with status ${response.status}. Try again; if it stays, tell the operator.`,
  }
}
