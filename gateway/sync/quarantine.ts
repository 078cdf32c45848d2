import { prolonged, type Quarantine } from '../domain/quarantine.ts'
import { type ConnectionRow, findConnection, updateConnection } from '../store/connections.ts'
import type { Change } from '../store/store.ts'
import { claimOf } from './claims.ts'
import type { SyncContext } from './context.ts'

export const quarantineOf = ({ quarantine }: Pick<ConnectionRow, 'quarantine'>): Quarantine | null =>
  quarantine === null ? null : (JSON.parse(quarantine) as Quarantine)

/** The application cannot sign in: the connection has an error until it can. */
export async function noteSignedOut(
  context: SyncContext,
  change: Change,
  connectionId: string,
  reason: Quarantine['reason'],
): Promise<void> {
  await put(context, change, connectionId, reason, 'connection_error', {
    state: 'error',
    error: JSON.stringify(reason),
  })
}

/** Half of what was written failed: the rest waits. */
export async function noteFailing(
  context: SyncContext,
  change: Change,
  connectionId: string,
  { written, failed, detail }: { written: number; failed: number; detail: string },
): Promise<void> {
  const reason = {
    code: 'writes_failing',
    detail: `${failed} of ${written} changes failed. ${detail}`.trim(),
    remedy: 'Look at the failed people and at the preflight of the connection. Lockstep tries again by itself.',
  }
  await put(context, change, connectionId, reason, 'connection_quarantine', {})
}

/** One event and one mail for as long as the reason stays the same. */
async function put(
  context: SyncContext,
  change: Change,
  connectionId: string,
  reason: Quarantine['reason'],
  type: string,
  more: Pick<Partial<ConnectionRow>, 'state' | 'error'>,
): Promise<void> {
  const connection = await findConnection(change.trx, connectionId)
  // Whose tenant it is is for a person to decide, whatever else goes wrong meanwhile. A pause is a person's, too.
  if (connection === undefined || connection.state === 'paused' || claimOf(connection).contested !== null)
    return change.quiet('nothing new')
  const before = quarantineOf(connection)
  const quarantine = prolonged(before, reason, change.now)
  await updateConnection(change.trx, connectionId, { quarantine: JSON.stringify(quarantine), ...more })
  if (before?.reason.code === reason.code) return change.quiet('known already')
  change.event({ type, outcome: 'failure', connection: connectionId, cause: reason.code, detail: reason.detail })
  await context.tellAdmins(change, {
    kind: type,
    subject: `Lockstep: the connection ${connection.name} needs a look`,
    lines: [`${connection.name}: ${reason.detail}`, reason.remedy],
    link: '/console',
  })
}
