import type { MiddlewareHandler } from 'hono'
import { Problem } from '../domain/problem.ts'
import { isOurHost } from './host.ts'
import type { HttpSettings } from './settings.ts'

export type Crossing = {
  method: string
  /** Header values; undefined when absent. */
  site: string | undefined
  origin: string | undefined
  contentType: string | undefined
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What a page can send across sites without asking first; a missing type counts, see GHSA-2234-fmw7-43wr. */
const formTypes = new Set(['', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])

/** Decides whether a request that may carry our cookie was made by our own page, or by no browser at all. */
export function isOwnRequest(crossing: Crossing, isOurOrigin: (origin: string) => boolean): boolean {
  if (safeMethods.has(crossing.method)) return true
  if (crossing.site !== undefined) return crossing.site === 'same-origin'
  if (crossing.origin !== undefined) return isOurOrigin(crossing.origin)
  if (crossing.method !== 'POST') return true
  return !formTypes.has((crossing.contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '')
}

/** Refuses what another site made the browser send. Requests that bring a bearer token use no cookie and pass. */
export function crossSite(settings: HttpSettings): MiddlewareHandler {
  const { protocol } = new URL(settings.publicUrl)
  const isOurOrigin = (origin: string) =>
    origin.startsWith(`${protocol}//`) && isOurHost(origin.slice(protocol.length + 2), settings)
  return async (c, next) => {
    const crossing = {
      method: c.req.method,
      site: c.req.header('sec-fetch-site'),
      origin: c.req.header('origin'),
      contentType: c.req.header('content-type'),
    }
    if (c.req.header('authorization') === undefined && !isOwnRequest(crossing, isOurOrigin)) {
      throw new Problem('cross_site_request', 'Open Lockstep itself and do it there.')
    }
    await next()
  }
}
