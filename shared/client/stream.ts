import type { AnswerOf, ParamsOf, QueryOf } from '../contract/endpoint.ts'
import type { StreamByRoute } from '../contract/endpoints.ts'
import { type ClientOptions, ProblemError, refusalOf, requestOf } from './client.ts'
import { messagesIn, partsOf } from './server-sent.ts'

type MessageRoute = Exclude<keyof StreamByRoute, 'GET /events/export'>

export type StreamInput<R extends MessageRoute> = {
  params?: ParamsOf<StreamByRoute[R]>
  query?: QueryOf<StreamByRoute[R]>
  /** The last message that is known already: the stream begins behind it. */
  after?: string
  signal: AbortSignal
  /** Told each time when the connection was lost and is tried again. */
  onLost?: (error: unknown) => void
}

const firstRetryMs = 1_000
const longestRetryMs = 30_000

/**
 * The messages of a stream, connecting again behind the last one whenever the connection is lost: none is missed and none
 * comes twice. Ends when `signal` is aborted; throws ProblemError when the gateway refuses.
 */
export async function* stream<R extends MessageRoute>(
  options: ClientOptions,
  route: R,
  input: StreamInput<R>,
): AsyncGenerator<AnswerOf<StreamByRoute[R]>> {
  const { signal } = input
  let last = input.after ?? ''
  let retryMs = firstRetryMs
  while (!signal.aborted) {
    try {
      const { url, init } = await requestOf(options, route, input)
      const headers = { ...init.headers, accept: 'text/event-stream', ...(last !== '' && { 'last-event-id': last }) }
      const response = await options.fetch(url, { ...init, headers, signal })
      if (!response.ok || response.body === null) throw await refusalOf(response)
      for await (const { id, data } of messagesIn(partsOf(response.body))) {
        if (id !== '') last = id
        retryMs = firstRetryMs
        yield JSON.parse(data) as AnswerOf<StreamByRoute[R]>
      }
      if (!signal.aborted) input.onLost?.(new Error('The gateway ended the stream.'))
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ProblemError && error.problem.status < 500) throw error
      input.onLost?.(error)
    }
    await pause(retryMs, signal)
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
