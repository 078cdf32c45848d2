import type { Kysely } from 'kysely'
import type { ObservedGroup } from '../domain/group.ts'
import { fold } from '../domain/user.ts'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Database } from './schema.ts'

export async function findRemoteGroup(
  db: Kysely<Database>,
  connectionId: string,
  id: string,
): Promise<ObservedGroup | undefined> {
  const row = await db
    .selectFrom('remote_groups')
    .select('observed')
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row && (JSON.parse(row.observed) as ObservedGroup)
}

/** Remembers a group as observed; one that was deleted lives again. */
export async function putRemoteGroup(
  trx: Kysely<Database>,
  connectionId: string,
  group: ObservedGroup,
  now: number,
): Promise<void> {
  const values = {
    name_lc: fold(group.displayName),
    observed: JSON.stringify(group),
    deleted_at: null,
    seen_at: now,
  }
  await trx
    .insertInto('remote_groups')
    .values({ connection_id: connectionId, id: group.id, ...values })
    .onConflict((c) => c.columns(['connection_id', 'id']).doUpdateSet(values))
    .execute()
}

export async function markRemoteGroupDeleted(
  trx: Kysely<Database>,
  connectionId: string,
  id: string,
  now: number,
): Promise<void> {
  await trx
    .updateTable('remote_groups')
    .set({ deleted_at: now })
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .execute()
  await trx.deleteFrom('remote_members').where('connection_id', '=', connectionId).where('group_id', '=', id).execute()
}

/** Groups that a read from the beginning did not show. */
export async function unseenGroups(db: Kysely<Database>, connectionId: string, since: number): Promise<string[]> {
  const rows = await db
    .selectFrom('remote_groups')
    .select('id')
    .where('connection_id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .where('seen_at', '<', since)
    .execute()
  return rows.map((row) => row.id)
}

export async function remoteMembers(db: Kysely<Database>, connectionId: string, groupId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('remote_members')
    .select('member_id')
    .where('connection_id', '=', connectionId)
    .where('group_id', '=', groupId)
    .execute()
  return new Set(rows.map((row) => row.member_id))
}

export async function putRemoteMembers(
  trx: Kysely<Database>,
  connectionId: string,
  groupId: string,
  members: readonly { id: string; removed: boolean }[],
): Promise<void> {
  const key = { connection_id: connectionId, group_id: groupId }
  for (const { id, removed } of members) {
    if (removed) {
      await trx
        .deleteFrom('remote_members')
        .where('connection_id', '=', connectionId)
        .where('group_id', '=', groupId)
        .where('member_id', '=', id)
        .execute()
    } else {
      await trx
        .insertInto('remote_members')
        .values({ ...key, member_id: id })
        .onConflict((c) => c.doNothing())
        .execute()
    }
  }
}

/** What the group has now, and nothing else. */
export async function replaceRemoteMembers(
  trx: Kysely<Database>,
  connectionId: string,
  groupId: string,
  members: readonly string[],
): Promise<void> {
  await trx
    .deleteFrom('remote_members')
    .where('connection_id', '=', connectionId)
    .where('group_id', '=', groupId)
    .execute()
  await putRemoteMembers(
    trx,
    connectionId,
    groupId,
    members.map((id) => ({ id, removed: false })),
  )
}

/** One page of living groups by name, with how many are in each. */
export async function listRemoteGroups(
  db: Kysely<Database>,
  connectionId: string,
  query: {
    limit: number
    cursor?: string | undefined
    count?: 'true' | 'false' | undefined
    search?: string | undefined
  },
): Promise<Page<{ group: ObservedGroup; members: number }>> {
  const search = fold(query.search ?? '')
  const select = db
    .selectFrom('remote_groups')
    .where('connection_id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .where('name_lc', '>=', search)
    .where('name_lc', '<', `${search}\u{10ffff}`)
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = await select
    .select((e) => [
      'id',
      'name_lc',
      'observed',
      e
        .selectFrom('remote_members')
        .select((m) => m.fn.countAll<number>().as('n'))
        .whereRef('remote_members.connection_id', '=', 'remote_groups.connection_id')
        .whereRef('remote_members.group_id', '=', 'remote_groups.id')
        .as('members'),
    ])
    .$if(after !== undefined, (s) =>
      s.where((e) => e(e.refTuple('name_lc', 'id'), '>', e.tuple(after?.text ?? '', after?.id ?? ''))),
    )
    .orderBy('name_lc')
    .orderBy('id')
    .limit(query.limit + 1)
    .execute()
  const total = query.count === 'true' ? await countOf(select) : undefined
  const page = pageOf(rows, query.limit, (row) => ({ text: row.name_lc, number: 0, id: row.id }), total)
  return {
    ...page,
    items: page.items.map((row) => ({
      group: JSON.parse(row.observed) as ObservedGroup,
      members: Number(row.members ?? 0),
    })),
  }
}
