import type { Cloud, Connection } from '@lockstep/shared/contract/connection'
import type { Actor } from '../domain/actor.ts'
import type { SignedIn } from '../graph/delegated.ts'
import { type ConnectionRow, findConnection, sealCredential, updateConnection } from '../store/connections.ts'
import { presentConnection, refuseFailed } from './connections.ts'
import type { SyncContext } from './context.ts'
import { runPreflight } from './preflight.ts'
import { authoriserOf, protectAuthoriser } from './protection.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { authorisation, delegatedCredential, heldTokens } from './sign-in-credential.ts'

/** Another sign-in for a connection, once it has proved itself: nobody is bound again. */
export async function renewSignIn(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  connection: ConnectionRow,
  signedIn: SignedIn & { clientId: string },
): Promise<Connection> {
  const { id } = connection
  const credential = delegatedCredential(signedIn)
  const cache = heldTokens(signedIn)
  const tenant = context.tenants.open({
    tenantId: connection.tenant_id,
    clientId: signedIn.clientId,
    cloud: JSON.parse(connection.cloud) as Cloud,
    credential,
    writes: 'refused',
    cache,
  })
  try {
    refuseFailed(await runPreflight(context, tenant, connection))
  } finally {
    await tenant.close()
  }
  await context.store.change(actor, async (change) => {
    const state = (await findConnection(change.trx, id))?.state
    await updateConnection(change.trx, id, {
      client_id: signedIn.clientId,
      sealed_credential: sealCredential(context.vault, id, credential),
      ...authorisation(context, id, signedIn, cache),
      error: null,
      quarantine: null,
      credential_ends_at: null,
      ...(state === 'error' && { state: 'active' as const }),
    })
    await protectAuthoriser(change.trx, id, signedIn.accountId)
    change.event({
      type: 'connection_credential_change',
      cause: 'signed_in',
      connection: id,
      changes: [{ attribute: 'authorisedBy', before: authoriserOf(connection)?.name ?? null, after: signedIn.name }],
    })
  })
  runner.wake(id)
  return await presentConnection(context, await requireConnection(context, id))
}
