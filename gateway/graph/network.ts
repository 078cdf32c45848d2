import { Pool } from 'undici'

export type Sent = { method: string; path: string; headers: Record<string, string>; body: string | null }
export type Got = { status: number; headers: Record<string, string>; text: string }

/** The way to one origin: an input, as the clock is. */
export type Network = {
  /** One request, never repeated. Throws what kept the answer from coming. */
  send(request: Sent): Promise<Got>
  close(): Promise<void>
}

/** The longest that one request may take, in ms. */
const requestTimeoutMs = 30_000
/** The largest answer that we read, in bytes. */
const largestAnswer = 10 * 1024 * 1024

/** The network of this machine. */
export function openNetwork(origin: string): Network {
  const pool = new Pool(origin, {
    connections: 16,
    bodyTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    maxResponseSize: largestAnswer,
  })
  return {
    async send({ method, path, headers, body }) {
      const signal = AbortSignal.timeout(requestTimeoutMs)
      const answer = await pool.request({ method: method as 'GET', path, headers, body, signal })
      return { status: answer.statusCode, headers: single(answer.headers), text: await answer.body.text() }
    },
    close: () => pool.destroy(),
  }
}

function single(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}
