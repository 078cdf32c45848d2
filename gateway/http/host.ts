import type { MiddlewareHandler } from 'hono'
import { Problem } from '../domain/problem.ts'
import type { HttpSettings } from './settings.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])
const healthPaths = new Set(['/healthz', '/readyz'])

export function isLoopback(hostname: string): boolean {
  return loopbackNames.has(hostname) || hostname === '::1'
}

/** True for the host of the public URL, and for loopback names while only the machine itself can reach us. */
export function isOurHost(host: string, settings: HttpSettings): boolean {
  const publicUrl = new URL(settings.publicUrl)
  if (host.toLowerCase() === publicUrl.host) return true
  if (!isLoopback(settings.listenHost)) return false
  const hostname = host.toLowerCase().replace(/:\d{1,5}$/, '')
  return loopbackNames.has(hostname)
}

/** Refuses requests that were meant for somebody else: their name must never get into a link, a mail or a cookie. */
export function hostCheck(settings: HttpSettings): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    if (!healthPaths.has(c.req.path) && !isOurHost(host, settings)) {
      throw new Problem('misdirected_request', 'Use the address that your organisation gave you for Lockstep.')
    }
    await next()
  }
}
