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
