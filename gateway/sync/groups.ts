import type { GroupBinding, RemoteGroup } from '@lockstep/shared/contract/group'
import type { Actor } from '../domain/actor.ts'
import { kindOf, type ObservedGroup, whyNotManaged } from '../domain/group.ts'
import { Problem } from '../domain/problem.ts'
import type { ConnectionRow } from '../store/connections.ts'
import {
  deleteGroupBinding,
  findGroupBinding,
  type GroupBindingRow,
  groupBindingOfRemote,
  insertGroupBinding,
  listGroupBindingPage,
  updateGroupBinding,
} from '../store/group-bindings.ts'
import { addMember, findGroup, insertGroup } from '../store/groups.ts'
import { markLicensedDirty } from '../store/licences.ts'
import { type Page, readCursor } from '../store/page.ts'
import { findRemoteGroup, listRemoteGroups as listRemotePage, remoteMembers } from '../store/remote-groups.ts'
import type { SyncContext } from './context.ts'
import { observeGroups } from './observe-groups.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'

type Query = { limit: number; cursor?: string | undefined; count?: 'true' | 'false' | undefined }

/** The groups of the tenant, read at the first time that somebody asks. */
export async function listRemoteGroups(
  context: SyncContext,
  id: string,
  query: Query & { search?: string | undefined },
): Promise<Page<RemoteGroup>> {
  const connection = await requireConnection(context, id)
  // What is asked wrongly asks the tenant for nothing.
  if (query.cursor !== undefined) readCursor(query.cursor)
  await readOnce(context, connection)
  const page = await listRemotePage(context.store.db, id, query)
  const items: RemoteGroup[] = []
  for (const { group, members } of page.items) {
    const binding = await groupBindingOfRemote(context.store.db, id, group.id)
    items.push({
      id: group.id,
      displayName: group.displayName,
      description: group.description,
      kind: kindOf(group),
      members,
      refusal: whyNotManaged(group),
      ...(binding !== undefined && { groupId: binding.group_id }),
    })
  }
  return { ...page, items }
}

async function readOnce(context: SyncContext, connection: ConnectionRow): Promise<void> {
  if (connection.groups_read_at === null) await observeGroups(context, connection, context.tenants.of(connection))
}

export async function listGroupBindings(context: SyncContext, id: string, query: Query): Promise<Page<GroupBinding>> {
  await requireConnection(context, id)
  const page = await listGroupBindingPage(context.store.db, id, query)
  const items: GroupBinding[] = []
  for (const row of page.items) items.push(await present(context, row))
  return { ...page, items }
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

async function present(context: SyncContext, row: GroupBindingRow): Promise<GroupBinding> {
  return {
    groupId: row.group_id as GroupBinding['groupId'],
    connectionId: row.connection_id as GroupBinding['connectionId'],
    accountId: row.remote_id,
    displayName: (await findGroup(context.store.db, row.group_id))?.display_name ?? '',
    state: row.state,
    lastSyncAt: iso(row.last_sync_at),
    nextAttemptAt: iso(row.next_attempt_at),
    error: row.error === null ? null : (JSON.parse(row.error) as NonNullable<GroupBinding['error']>),
  }
}

/**
 * Binds a group: takes over the one that is named, or makes one. Bound again, what the brake holds back goes through, and
 * one that was deleted in the tenant is made anew.
 */
export async function bindGroup(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  ids: { connectionId: string; groupId: string },
  input: { accountId?: string | undefined },
): Promise<{ created: boolean; binding: GroupBinding }> {
  const connection = await requireConnection(context, ids.connectionId)
  const group = await findGroup(context.store.db, ids.groupId)
  if (group === undefined)
    throw new Problem('group_not_found', 'There is no group with this id. Look for it in the list of groups.')
  const key = { connection_id: connection.id, group_id: group.id }
  const before = await findGroupBinding(context.store.db, key)
  const remote = input.accountId === undefined ? null : await requireManageable(context, connection, input.accountId)
  await refuseTaken(context, key, before, remote)
  await context.store.change(actor, async (change) => {
    const renewed = {
      remote_id: remote?.id ?? (before?.state === 'missing' ? null : (before?.remote_id ?? null)),
      state: 'pending' as const,
      dirty: (before?.dirty ?? 0) + 1,
      named: 1,
      attempt: 0,
      next_attempt_at: null,
      error: null,
    }
    if (before === undefined)
      await insertGroupBinding(change.trx, {
        ...key,
        ...renewed,
        baseline: null,
        last_sync_at: null,
        created_at: change.now,
      })
    else
      await updateGroupBinding(change.trx, key, { ...renewed, ...(before.state === 'missing' && { baseline: null }) })
    change.event({
      type: 'group_bind',
      cause: remote === null ? 'provision' : 'takeover',
      connection: connection.id,
      account: renewed.remote_id,
      detail: group.display_name,
    })
  })
  runner.wake(connection.id)
  const row = await findGroupBinding(context.store.db, key)
  if (row === undefined) throw new Problem('group_not_found', 'The group was deleted meanwhile.')
  return { created: before === undefined, binding: await present(context, row) }
}

/** A group that nobody has seen yet may be new. */
async function findOrRead(context: SyncContext, connection: ConnectionRow, id: string) {
  const known = await findRemoteGroup(context.store.db, connection.id, id)
  if (known !== undefined) return known
  await observeGroups(context, connection, context.tenants.of(connection))
  return await findRemoteGroup(context.store.db, connection.id, id)
}

/** Problems `remote_group_not_found`, `group_not_manageable`. */
async function requireManageable(context: SyncContext, connection: ConnectionRow, id: string): Promise<ObservedGroup> {
  const remote = await findOrRead(context, connection, id.toLowerCase())
  if (remote === undefined)
    throw new Problem(
      'remote_group_not_found',
      'The tenant has no group with this object id. Look at its groups for the right one.',
    )
  const refusal = whyNotManaged(remote)
  if (refusal === null) return remote
  throw new Problem('group_not_manageable', `${remote.displayName} cannot be managed. ${refusal}`)
}

async function refuseTaken(
  context: SyncContext,
  key: { connection_id: string; group_id: string },
  before: GroupBindingRow | undefined,
  remote: ObservedGroup | null,
): Promise<void> {
  if (remote === null) return
  const owner = await groupBindingOfRemote(context.store.db, key.connection_id, remote.id)
  const other = owner !== undefined && owner.group_id !== key.group_id
  const moved = before?.remote_id != null && before.remote_id !== remote.id && before.state !== 'missing'
  if (!other && !moved) return
  throw new Problem(
    'group_already_bound',
    other
      ? `${remote.displayName} follows another group here. Unbind that one first.`
      : 'This group is bound to another one in the tenant. Unbind it first.',
  )
}

/** The group in the tenant stays as it is. */
export async function unbindGroup(
  context: SyncContext,
  actor: Actor,
  ids: { connectionId: string; groupId: string },
): Promise<void> {
  const connection = await requireConnection(context, ids.connectionId)
  const key = { connection_id: connection.id, group_id: ids.groupId }
  const binding = await findGroupBinding(context.store.db, key)
  if (binding === undefined) throw new Problem('group_not_found', 'This group is not bound to the connection.')
  await context.store.change(actor, async (change) => {
    await deleteGroupBinding(change.trx, key)
    change.event({ type: 'group_unbind', connection: connection.id, account: binding.remote_id, detail: ids.groupId })
  })
}

export type GroupImport = {
  groupId: string
  result: 'imported' | 'linked' | 'skipped' | 'failed'
  reason?: string
}

/** Makes a group here of one in the tenant, with those of its members who are people here, bound to it. */
export async function importGroup(
  context: SyncContext,
  actor: Actor,
  connectionId: string,
  remoteId: string,
  dryRun: boolean,
): Promise<GroupImport> {
  const connection = await requireConnection(context, connectionId)
  const { db } = context.store
  const remote = await findOrRead(context, connection, remoteId.toLowerCase())
  if (remote === undefined)
    return { groupId: remoteId, result: 'failed', reason: 'The tenant has no group with this object id.' }
  const refusal = whyNotManaged(remote)
  if (refusal !== null) return { groupId: remoteId, result: 'skipped', reason: refusal }
  const bound = await groupBindingOfRemote(db, connection.id, remote.id)
  if (dryRun) return { groupId: remoteId, result: bound === undefined ? 'imported' : 'linked' }
  const members = await remoteMembers(db, connection.id, remote.id)
  const id = bound?.group_id ?? context.runtime.newId()
  await context.store.change(actor, async (change) => {
    const { trx, now } = change
    if (bound === undefined) {
      const values = { display_name: remote.displayName, description: remote.description }
      await insertGroup(trx, { id, ...values, created_at: now, updated_at: now })
    }
    const people = await trx
      .selectFrom('bindings')
      .select(['user_id', 'account_id'])
      .where('connection_id', '=', connection.id)
      .where('unbind', 'is', null)
      .where('account_id', 'is not', null)
      .execute()
    const present = people.filter(({ account_id }) => members.has(account_id ?? ''))
    for (const { user_id } of present) await addMember(trx, id, user_id)
    await markLicensedDirty(trx, id, 'everybody')
    if (bound === undefined) {
      const baseline = {
        displayName: remote.displayName,
        description: remote.description,
        members: present.map(({ account_id }) => account_id ?? '').sort(),
      }
      await insertGroupBinding(trx, {
        connection_id: connection.id,
        group_id: id,
        remote_id: remote.id,
        state: 'in_sync',
        baseline: JSON.stringify(baseline),
        dirty: 1,
        named: 0,
        attempt: 0,
        next_attempt_at: null,
        error: null,
        last_sync_at: null,
        created_at: now,
      })
    }
    change.event({
      type: bound === undefined ? 'import_group' : 'import_group_link',
      connection: connection.id,
      account: remote.id,
      detail: `${remote.displayName}: ${present.length} of ${members.size} members are people here.`,
    })
  })
  return { groupId: remoteId, result: bound === undefined ? 'imported' : 'linked' }
}
