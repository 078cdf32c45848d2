import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
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
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
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
      const sweep = () => {
        server.closeIdleConnections()
        // Browsers open connections that they may need; Node does not count these as idle.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      }
      sweep()
      // Those that answer something now are kept open by Node when they are done.
      const sweeping = setInterval(sweep, sweepMs)
      const timer = setTimeout(() => server.closeAllConnections(), limitMs)
      await closed
      clearTimeout(timer)
      clearInterval(sweeping)
    },
  }
}
