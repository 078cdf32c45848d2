import { isRecord } from './is-record.ts'

/** ms without an answer after which the portal counts as unreachable. */
export const answerWaitMs = 5_000

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** False on a refused connection, a name that leads nowhere, no answer in time, or 502–504 from a proxy before it. */
export async function isReachable(gatewayUrl: string, fetch: Fetch, waitMs = answerWaitMs): Promise<boolean> {
  try {
    const answer = await fetch(`${gatewayUrl}/.well-known/lockstep`, {
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(waitMs),
    })
    return answer.status < 502 || answer.status > 504
  } catch {
    return false
  }
}

export type GatewayTest = 'unreachable' | 'not_lockstep' | { name: string; version: string }

/** Who answers at an address. */
export async function testGateway(gatewayUrl: string, fetch: Fetch): Promise<GatewayTest> {
  let answer: Response
  try {
    answer = await fetch(`${gatewayUrl}/.well-known/lockstep`, {
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(answerWaitMs),
    })
  } catch {
    return 'unreachable'
  }
  const found: unknown = await answer.json().catch(() => null)
  if (!isRecord(found) || typeof found['name'] !== 'string' || typeof found['version'] !== 'string') {
    return answer.status >= 502 && answer.status <= 504 ? 'unreachable' : 'not_lockstep'
  }
  return { name: found['name'], version: found['version'] }
}
