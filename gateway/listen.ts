import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SettingsError } from './settings.ts'

export type Listening = { server: Server; port: number; close(limitMs: number): Promise<void> }

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there',
  EACCES: 'this user may not use the port',
  EADDRNOTAVAIL: 'this machine does not have the address',
}

const sweepMs = 50

/** Listens, and later ends in order: no new requests, those under way may finish within `limitMs`. Throws SettingsError. */
export async function listen(handler: RequestListener, at: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }, handler)
  server.listen(at.port, at.host)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new SettingsError(
      `Cannot listen on ${at.host}:${at.port}: ${reasons[error.code ?? ''] ?? error.message}. Choose another with --port and --host.`,
    )
  })
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async close(limitMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // Those that answer something now are kept open by Node when they are done.
      const sweep = setInterval(() => server.closeIdleConnections(), sweepMs)
      const timer = setTimeout(() => server.closeAllConnections(), limitMs)
      await closed
      clearTimeout(timer)
      clearInterval(sweep)
    },
  }
}
