import type { MiddlewareHandler } from 'hono'

const methods = 'GET, POST, PUT, PATCH, DELETE'
const requestHeaders = 'authorization, content-type, dpop, idempotency-key'
/** s */
const preflightTtl = '600'

/** True for an extension that the operator trusts. Firefox draws its origin anew per installation, so there only the form is known. */
export function isExtensionOrigin(origin: string, extensionIds: readonly string[]): boolean {
  if (extensionIds.some((id) => origin === `chrome-extension://${id}`)) return true
  return /^moz-extension:\/\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(origin)
}

/** Lets the extension read answers; never with cookies, never anybody else. */
export function cors(extensionIds: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('origin')
    const allowed = origin !== undefined && isExtensionOrigin(origin, extensionIds)
    const preflight = c.req.method === 'OPTIONS'
    if (preflight) c.res = c.body(null, allowed ? 204 : 403)
    else await next()
    c.res.headers.append('Vary', 'Origin')
    if (!allowed) return
    c.res.headers.set('Access-Control-Allow-Origin', origin)
    c.res.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
    c.res.headers.set('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After')
    if (!preflight) return
    c.res.headers.set('Access-Control-Allow-Methods', methods)
    c.res.headers.set('Access-Control-Allow-Headers', requestHeaders)
    c.res.headers.set('Access-Control-Max-Age', preflightTtl)
  }
}
