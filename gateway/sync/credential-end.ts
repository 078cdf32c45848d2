import { system } from '../domain/actor.ts'
import { dueWarning, endSentence, renewRemedy } from '../domain/credential-expiry.ts'
import { TenantError } from '../graph/failure.ts'
import type { Tenant } from '../graph/tenant.ts'
import { type ConnectionRow, findConnection, updateConnection } from '../store/connections.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'

const dayMs = 86_400_000

/** Once a day: somebody may have made the secret longer or shorter in the tenant, and the end comes nearer by itself. */
export async function followCredential(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Pick<Tenant, 'credentialEndsAt'>,
): Promise<void> {
  const { credential_read_at: readAt } = connection
  if (readAt !== null && context.runtime.now() - readAt < dayMs) return
  try {
    const endsAt = await tenant.credentialEndsAt()
    await context.store.change(system, (change) => keepCredentialEnd(context, change, connection.id, endsAt))
  } catch (error) {
    if (!(error instanceof TenantError)) throw error
    // The next cycle asks again; nothing else waits for it.
    context.log({ msg: 'the end of the credential could not be read', connection: connection.id, error: String(error) })
  }
}

/** Keeps when the credential ends. One event and one mail for each warning that has become due; another end begins anew. */
export async function keepCredentialEnd(
  context: SyncContext,
  change: Change,
  connectionId: string,
  endsAt: number | null,
): Promise<void> {
  change.quiet('when the credential ends')
  const connection = await findConnection(change.trx, connectionId)
  if (connection === undefined) return
  const warned = connection.credential_ends_at === endsAt ? connection.credential_warned : null
  const due = endsAt === null ? null : dueWarning(endsAt, warned, change.now)
  await updateConnection(change.trx, connectionId, {
    credential_ends_at: endsAt,
    credential_read_at: change.now,
    credential_warned: due ?? warned,
  })
  if (endsAt === null || due === null) return
  const detail = endSentence('secret or certificate of the application', endsAt, change.now)
  change.event({ type: 'connection_credential_expiring', connection: connectionId, cause: `${due}_days`, detail })
  await context.tellAdmins(change, {
    kind: 'connection_credential_expiring',
    subject: `Lockstep: the connection ${connection.name} needs a new secret or certificate`,
    lines: [`${connection.name}: ${detail} Without a new one Lockstep can no longer sign in there.`, renewRemedy],
    link: '/console',
  })
}
