import { TenantError } from './failure.ts'
import type { Request, Transport } from './transport.ts'

/**
 * A transport that lets nothing pass but reads: the second lock of a dry run, beside the one that makes no plan of it. A
 * connection that observes or is paused has only this one.
 */
export function readingOnly(transport: Transport): Transport {
  return {
    ...transport,
    async send(request) {
      if (!isRead(request)) throw new TenantError(refusal)
      return await transport.send(request)
    },
  }
}

function isRead({ method, url, body }: Request): boolean {
  if (method === 'GET') return true
  if (method !== 'POST' || url !== '/$batch') return false
  const { requests } = body as { requests: readonly { method: string }[] }
  return requests.every((part) => part.method === 'GET')
}

const refusal = {
  kind: 'refused',
  code: 'reading_only',
  detail: 'The connection only observes, so nothing was sent to Microsoft 365.',
  remedy: 'Set the connection to apply, or resume it, when the tenant is to follow.',
  requestId: null,
  retryAfterMs: null,
} as const
