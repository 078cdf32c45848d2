import { type Client, createClient } from '@lockstep/shared/client/client'
import { askWorker } from './ask-worker.ts'
import { confirming } from './confirming.ts'
import { proofFor } from './dpop.ts'
import { isRecord } from './is-record.ts'
import { item } from './items.ts'
import { refresh, SignInError, type Tokens, type World } from './oauth.ts'
import { proofKey } from './proof-key.ts'

export const world: World = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  newId: () => crypto.randomUUID(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
}

const isTokens = (value: unknown): value is Tokens | null =>
  value === null || (isRecord(value) && typeof value['accessToken'] === 'string' && 'refreshToken' in value)

/** In memory only: gone with the browser, and out of reach of content scripts. */
export const tokens = item<Tokens | null>('session', 'tokens', null, isTokens)

/** ms before its end at which a token is renewed. */
const renewalLeadMs = 30_000

/**
 * Tokens that are good now. Popup, panel and worker share one refresh token that works once, so a lock lets one of
 * them renew while the others wait for the result. Throws SignInError; an ended sign-in forgets the tokens.
 */
async function goodTokens(gatewayUrl: string): Promise<Tokens> {
  return navigator.locks.request('tokens', async () => {
    const held = await tokens.get()
    if (held === null || held.gatewayUrl !== gatewayUrl) throw new SignInError('expired', 'Sign in.')
    if (held.expiresAt - renewalLeadMs > world.now()) return held
    try {
      const renewed = await refresh(held, await proofKey(), world)
      await tokens.set(renewed)
      return renewed
    } catch (error) {
      if (error instanceof SignInError && error.code === 'expired') await tokens.set(null)
      throw error
    }
  })
}

/**
 * The typed client, signed in as the person, who is asked again where the gateway wants that. Its calls throw SignInError
 * besides what the client throws.
 */
export function gatewayClient(gatewayUrl: string): Client {
  return confirming(clientOf(gatewayUrl), async () => (await askWorker({ type: 'confirm' })).ok)
}

function clientOf(gatewayUrl: string): Client {
  return createClient({
    gatewayUrl,
    fetch: async (url, init) => {
      const answer = await fetch(url, { ...init, credentials: 'omit', cache: 'no-store' })
      // The gateway no longer knows the token, whatever its age says.
      if (answer.status === 401) await tokens.set(null)
      return answer
    },
    async authorize(method, url) {
      const { accessToken } = await goodTokens(gatewayUrl)
      const proof = { method, url, now: world.now() / 1000, proofId: world.newId(), accessToken }
      return { authorization: `DPoP ${accessToken}`, dpop: await proofFor(await proofKey(), proof) }
    },
  })
}
