import type { StreamType } from '@lockstep/shared/contract/endpoint'
import type { Context } from 'hono'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from './env.ts'

/** What a streaming handler is told besides the request. */
export type StreamAsk = {
  /** The last message that the caller has, when a stream that was cut off goes on. */
  lastEventId: string | null
  /** Aborted when nobody reads any more, and when the gateway ends. */
  signal: AbortSignal
}

/** Text, part by part. Before each part the caller's rights are looked at again; an empty one serves for that alone. */
export type Streamed = { type: StreamType; fileName?: string; parts: AsyncIterable<string> }

export type Streams = {
  answer(
    c: Context<HttpEnv>,
    isAllowed: () => Promise<boolean>,
    open: (ask: StreamAsk) => Promise<Streamed>,
  ): Promise<Response>
}

/** So many at a time; each is a connection that stays. */
const mostStreams = 500

/** Streams that end when their reader goes, when the reader's session or token ends, and when `ending` is aborted. */
export function createStreams(ending: AbortSignal): Streams {
  let open = 0
  return {
    async answer(c, isAllowed, start) {
      if (open >= mostStreams || ending.aborted) throw new Problem('busy', 'Too many streams are open. Try again soon.')
      const gone = new AbortController()
      const { signal } = gone
      const streamed = await start({ lastEventId: lastEventIdOf(c), signal })
      const headers = {
        'Content-Type': streamed.type,
        // Proxies that collect answers would hold back what is meant to be seen at once.
        'X-Accel-Buffering': 'no',
        ...(streamed.fileName && { 'Content-Disposition': `attachment; filename="${streamed.fileName}"` }),
      }
      // Hono answers HEAD with the headers of GET, and nobody would ever read this body.
      if (c.req.raw.method === 'HEAD') return c.body(null, 200, headers)
      open += 1
      const end = () => gone.abort()
      ending.addEventListener('abort', end)
      signal.addEventListener('abort', () => {
        open -= 1
        ending.removeEventListener('abort', end)
      })
      const body = readable(streamed.parts, isAllowed, gone)
      return c.body(body, 200, headers)
    },
  }
}

function lastEventIdOf(c: Context<HttpEnv>): string | null {
  const given = c.req.header('last-event-id')
  if (given === undefined || given === '') return null
  if (/^[\x21-\x7e]{1,64}$/.test(given)) return given
  throw new Problem('malformed_request', 'Give the id of the last message as Last-Event-ID, or leave it out.')
}

/** Asked part by part, so that a slow reader holds up nothing but its own stream; `gone` is aborted at its end. */
function readable(
  parts: AsyncIterable<string>,
  isAllowed: () => Promise<boolean>,
  gone: AbortController,
): ReadableStream<Uint8Array> {
  const source = parts[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const { done, value } = await source.next()
            if (done === true || gone.signal.aborted || !(await isAllowed())) break
            if (value !== '') return controller.enqueue(encoder.encode(value))
          }
          gone.abort()
          await source.return?.()
          controller.close()
        } catch (error) {
          gone.abort()
          controller.error(error)
        }
      },
      async cancel() {
        gone.abort()
        await source.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
