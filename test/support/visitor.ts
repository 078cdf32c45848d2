/** A browser without scripts: keeps cookies, sends forms as our own pages do, and follows no redirect by itself. */
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
  const cookies = new Map<string, string>()
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { accept: 'text/html', cookie: header(), 'user-agent': 'Firefox/140', ...init.headers }
    const response = await fetch(new URL(path, url), { redirect: 'manual', ...init, headers })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1)
      const name = pair.slice(0, pair.indexOf('='))
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) cookies.delete(name)
      else cookies.set(name, pair.slice(name.length + 1))
    }
    return response
  }
  const pageOf = async (response: Response): Promise<Page> => ({
    status: response.status,
    to: response.headers.get('location'),
    text: await response.text(),
  })
  const ours = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' }
  return {
    cookies,
    header,
    get: async (path) => pageOf(await send(path, {})),
    post: async (path, fields) =>
      pageOf(await send(path, { method: 'POST', headers: ours, body: new URLSearchParams(fields) })),
    async call(method, path, body) {
      const json = { ...ours, accept: 'application/json', 'content-type': 'application/json' }
      const init = { method, headers: json, ...(body !== undefined && { body: JSON.stringify(body) }) }
      const response = await send(`/api/v1${path}`, init)
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
    },
  }
}
