import type { Kysely, Selectable, Updateable } from 'kysely'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Database, GroupBindings } from './schema.ts'

export type GroupBindingRow = Selectable<GroupBindings>
type Key = { connection_id: string; group_id: string }

export async function findGroupBinding(db: Kysely<Database>, key: Key): Promise<GroupBindingRow | undefined> {
  return await db
    .selectFrom('group_bindings')
    .selectAll()
    .where('connection_id', '=', key.connection_id)
    .where('group_id', '=', key.group_id)
    .executeTakeFirst()
}

export async function groupBindingOfRemote(
  db: Kysely<Database>,
  connectionId: string,
  remoteId: string,
): Promise<GroupBindingRow | undefined> {
  return await db
    .selectFrom('group_bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('remote_id', '=', remoteId)
    .executeTakeFirst()
}

export async function groupBindingsOf(db: Kysely<Database>, groupId: string): Promise<GroupBindingRow[]> {
  return await db.selectFrom('group_bindings').selectAll().where('group_id', '=', groupId).execute()
}

export async function insertGroupBinding(trx: Kysely<Database>, row: GroupBindingRow): Promise<void> {
  await trx.insertInto('group_bindings').values(row).execute()
}

export async function updateGroupBinding(
  trx: Kysely<Database>,
  key: Key,
  values: Updateable<GroupBindings>,
): Promise<void> {
  await trx
    .updateTable('group_bindings')
    .set(values)
    .where('connection_id', '=', key.connection_id)
    .where('group_id', '=', key.group_id)
    .execute()
}

export async function deleteGroupBinding(trx: Kysely<Database>, key: Key): Promise<boolean> {
  const deleted = await trx
    .deleteFrom('group_bindings')
    .where('connection_id', '=', key.connection_id)
    .where('group_id', '=', key.group_id)
    .executeTakeFirst()
  return Number(deleted.numDeletedRows) > 0
}

export async function hasGroupBindings(db: Kysely<Database>, connectionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('group_bindings')
    .select('group_id')
    .where('connection_id', '=', connectionId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Those that the next cycle has to look at. */
export async function dueGroupBindings(
  db: Kysely<Database>,
  connectionId: string,
  now: number,
): Promise<GroupBindingRow[]> {
  return await db
    .selectFrom('group_bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('dirty', '>', 0)
    .where((e) => e.or([e('next_attempt_at', 'is', null), e('next_attempt_at', '<=', now)]))
    .orderBy('group_id')
    .execute()
}

export async function listGroupBindingPage(
  db: Kysely<Database>,
  connectionId: string,
  query: { limit: number; cursor?: string | undefined; count?: 'true' | 'false' | undefined },
): Promise<Page<GroupBindingRow>> {
  const select = db.selectFrom('group_bindings').where('connection_id', '=', connectionId)
  const after = query.cursor === undefined ? '' : readCursor(query.cursor).id
  const rows = await select
    .selectAll()
    .where('group_id', '>', after)
    .orderBy('group_id')
    .limit(query.limit + 1)
    .execute()
  const total = query.count === 'true' ? await countOf(select) : undefined
  return pageOf(rows, query.limit, (row) => ({ text: '', number: 0, id: row.group_id }), total)
}

/** Marks what follows these groups as to be looked at, at once. Returns the connections. */
export async function markGroupsDirty(trx: Kysely<Database>, groupIds: readonly string[]): Promise<string[]> {
  if (groupIds.length === 0) return []
  const rows = await trx
    .updateTable('group_bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1), attempt: 0, next_attempt_at: null }))
    .where('group_id', 'in', groupIds)
    .returning('connection_id')
    .execute()
  return [...new Set(rows.map((row) => row.connection_id))]
}

/** What is wanted of all groups has changed. */
export async function markConnectionGroupsDirty(trx: Kysely<Database>, connectionId: string): Promise<void> {
  await trx
    .updateTable('group_bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .execute()
}

/** A person's account came or went: the groups of the person have another member in that tenant. */
export async function markGroupsOfUserDirty(
  trx: Kysely<Database>,
  connectionId: string,
  userId: string,
): Promise<void> {
  await trx
    .updateTable('group_bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .where('group_id', 'in', (e) => e.selectFrom('memberships').select('group_id').where('user_id', '=', userId))
    .execute()
}

/** Groups of the tenant changed there. */
export async function markRemoteGroupsDirty(
  trx: Kysely<Database>,
  connectionId: string,
  remoteIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < remoteIds.length; start += 500) {
    await trx
      .updateTable('group_bindings')
      .set((e) => ({ dirty: e('dirty', '+', 1) }))
      .where('connection_id', '=', connectionId)
      .where('remote_id', 'in', remoteIds.slice(start, start + 500))
      .execute()
  }
}
