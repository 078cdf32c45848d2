import type { MiddlewareHandler } from 'hono'
import type { HttpEnv } from './env.ts'
import type { Log } from './settings.ts'

/** The path as it may be logged: without tokens that act when they are known, and bounded. */
export function loggablePath(path: string): string {
  return path.replace(/^(\/portal\/(?:activate|reset))\/.*/s, '$1/{token}').slice(0, 200)
}

/** One line per request: no query string, no header, no body. */
export function requestLog(options: { log: Log; now(): number; newId(): string }): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const startedAt = options.now()
    c.set('requestId', options.newId())
    c.set('log', options.log)
    await next()
    const caller = c.get('caller')
    options.log.info(
      {
        requestId: c.get('requestId'),
        method: c.req.method,
        path: loggablePath(c.req.path),
        // What another program wrote straight to the socket has its status there.
        status: c.res.headers.has('x-hono-already-sent') ? c.env.outgoing?.statusCode : c.res.status,
        tookMs: options.now() - startedAt,
        ...(caller && { actor: { kind: caller.kind, id: caller.id } }),
      },
      'request',
    )
  }
}
