import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { type Claim, contestedBy, unclaimed } from '../domain/claim.ts'
import { atPortal } from '../graph/portal.ts'
import type { Preflight, Tenant } from '../graph/tenant.ts'
import { type ConnectionRow, findConnection } from '../store/connections.ts'
import { breakGlassChecks } from './break-glass.ts'
import { claimOf, instanceIdOf, stampsOf } from './claims.ts'
import type { SyncContext } from './context.ts'

/** What the tenant answers, and what only both sides together tell. `connection` is null before it is stored. */
export async function runPreflight(
  context: SyncContext,
  tenant: Tenant,
  connection: ConnectionRow | null,
): Promise<Preflight & { claim: Claim; signedIn: boolean }> {
  const preflight = await tenant.preflight()
  if (preflight.checks.some(({ check, ok }) => check === 'sign_in' && !ok))
    return { ...preflight, claim: unclaimed, signedIn: false }
  const { check, claim } = await markerCheck(context, tenant, connection)
  const own = [...(await breakGlassChecks(context, connection, preflight.globalAdministrators)), check]
  return { ...preflight, checks: [...preflight.checks, ...own.map(atPortal(preflight.portal))], claim, signedIn: true }
}

/** Somebody who connects a tenant anew that carries our own mark has decided that this copy goes on. */
async function markerCheck(
  context: SyncContext,
  tenant: Tenant,
  connection: ConnectionRow | null,
): Promise<{ check: PreflightCheck; claim: Claim }> {
  const name = 'another_gateway'
  const markers = await tenant.readMarkers(connection === null ? null : claimOf(connection).groupId)
  // Our own side is written first: what we know is read after the tenant, or a cycle that marks meanwhile looks like another.
  const known = connection && (await findConnection(context.store.db, connection.id))
  const before = known == null ? unclaimed : claimOf(known)
  if (markers === null) {
    const check = {
      check: name,
      ok: false,
      level: 'warning',
      detail: 'Lockstep may not read groups, so it cannot see whether another gateway looks after this tenant.',
      remedy: 'Grant Group.ReadWrite.All with admin consent, then wait a few minutes.',
    } as const
    return { check, claim: before }
  }
  const instanceId = await instanceIdOf(context)
  const stamps = stampsOf(markers)
  const own = markers.find(({ stamp }) => stamp?.instanceId === instanceId)
  const claim =
    connection === null && own !== undefined
      ? { ...unclaimed, groupId: own.groupId, generation: own.stamp?.generation ?? 0 }
      : before
  const contested = contestedBy(instanceId, claim, stamps)
  const check: PreflightCheck = {
    check: name,
    ok: contested === null,
    level: 'error',
    detail:
      contested === null
        ? 'No other gateway looks after this tenant.'
        : contested.instanceId === instanceId
          ? 'A newer copy of this gateway has written to the tenant.'
          : 'Another Lockstep gateway looks after this tenant.',
    remedy:
      contested === null
        ? null
        : 'Deactivate the connection there first. If that gateway is gone for good, delete the group "Managed by Lockstep" in Entra.',
  }
  return { check, claim }
}
