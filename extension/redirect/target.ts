import type { Reason } from './sources.ts'

const reasons: readonly Reason[] = ['change', 'reset', 'forced', 'route']

/** Where a person is sent. The fragment means nothing: it keeps Microsoft's from being inherited by a redirect. */
export function targetOf(gatewayUrl: string, reason: Reason): string {
  return `${gatewayUrl}/portal/password?reason=${reason}#lockstep`
}

/** The reason in a query; `change` where there is none that we know. */
export function reasonFrom(query: string): Reason {
  const given = new URLSearchParams(query).get('reason')
  return reasons.find((reason) => reason === given) ?? 'change'
}
