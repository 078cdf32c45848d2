import type { GroupImportUndoResult } from '@lockstep/shared/contract/connection'
import { type ConnectionRow, listConnections } from '../store/connections.ts'
import { type GroupBindingRow, groupBindingOfRemote, groupBindingsOf } from '../store/group-bindings.ts'
import { deleteGroup, findGroup, type GroupRow } from '../store/groups.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import type { JobRun } from './jobs.ts'

/** Takes a group back that an import made, unless somebody has made something of it since. */
export async function undoGroup(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  since: number,
  remoteId: string,
): Promise<GroupImportUndoResult> {
  return await context.store.change(run.actor, async (change) => {
    change.quiet('what changed something has its own event')
    const binding = await groupBindingOfRemote(change.trx, connection.id, remoteId)
    const group = binding === undefined ? undefined : await findGroup(change.trx, binding.group_id)
    if (group === undefined) return { groupId: remoteId, result: 'removed' }
    const reason = whyKept(group, since, await groupBindingsOf(change.trx, group.id), await listConnections(change.trx))
    if (reason !== null) return { groupId: remoteId, result: 'skipped', reason }
    await deleteGroup(change.trx, group.id)
    change.event({
      type: 'group_delete',
      cause: 'import_undo',
      connection: connection.id,
      account: remoteId,
      detail: group.display_name,
    })
    return { groupId: remoteId, result: 'removed' }
  })
}

function whyKept(
  { id, created_at, updated_at }: GroupRow,
  since: number,
  bindings: readonly GroupBindingRow[],
  connections: readonly ConnectionRow[],
): string | null {
  if (created_at < since) return 'The group was here before the import.'
  if (updated_at !== created_at) return 'Somebody has changed the group since.'
  if (bindings.length > 1) return 'The group has been bound to another tenant since.'
  const named = connections.find((connection) => {
    const { scope, licences } = settingsOf(connection)
    return [...scope.groups, ...licences.rules.map(({ group }) => group)].some((each) => each === id)
  })
  return named === undefined ? null : `The scope or a licence rule of "${named.name}" names the group.`
}
