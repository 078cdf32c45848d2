import type { SignedIn, TokenCache } from '../graph/delegated.ts'
import { type StoredCredential, sealTokens } from '../store/connections.ts'
import type { SyncContext } from './context.ts'

/** The sign-in of an administrator as the credential of a connection. */
export const delegatedCredential = ({ homeAccountId }: SignedIn): StoredCredential => ({
  kind: 'delegated',
  homeAccountId,
})

/** Its tokens, which may change while they are tried, until they are stored. */
export function heldTokens({ cache }: SignedIn): TokenCache {
  const held: TokenCache = {
    kept: cache,
    async keep(changed) {
      held.kept = changed
    },
  }
  return held
}

/** What a connection keeps of it besides the credential. */
export const authorisation = (
  { vault }: SyncContext,
  connectionId: string,
  { accountId, name }: SignedIn,
  { kept }: TokenCache,
) => ({
  sealed_tokens: sealTokens(vault, connectionId, kept),
  authorised_by: JSON.stringify({ accountId, name }),
})
