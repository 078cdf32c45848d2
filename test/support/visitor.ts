import { visit } from './portal-visitor.ts'

/** A visitor of the portal who reads its pages as text, and asks the API with the same cookies. */
export type Visitor = {
  cookies: Map<string, string>
  get(path: string): Promise<Page>
  post(path: string, fields: Record<string, string>): Promise<Page>
  /** JSON to the API, with the session cookie. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** The session cookie as a header. */
  header(): string
}
export type Page = { status: number; to: string | null; text: string }

export function visitor(url: string): Visitor {
  const { cookies, get, post } = visit(url)
  const ours = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' }
  const agent = { 'user-agent': 'Firefox/140' }
  const pageOf = async (response: Response): Promise<Page> => ({
    status: response.status,
    to: response.headers.get('location'),
    text: await response.text(),
  })
  return {
    cookies,
    header: () => [...cookies].map((pair) => pair.join('=')).join('; '),
    get: async (path) => pageOf(await get(path, { headers: agent })),
    post: async (path, fields) => pageOf(await post(path, fields, { ...ours, ...agent })),
    async call(method, path, body) {
      const headers = { ...ours, accept: 'application/json', 'content-type': 'application/json' }
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
      const response = await get(`/api/v1${path}`, init)
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
    },
  }
}
