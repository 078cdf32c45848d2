import type { Reason } from './sources.ts'

/** Where a person is sent. The fragment means nothing: it keeps Microsoft's from being inherited by a redirect. */
export function targetOf(gatewayUrl: string, reason: Reason): string {
  return `${gatewayUrl}/portal/password?reason=${reason}#lockstep`
}
