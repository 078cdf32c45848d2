import type { Kysely, Selectable, Updateable } from 'kysely'
import { fold } from '../domain/user.ts'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Database, Groups, Users } from './schema.ts'

export type GroupRow = Selectable<Groups>

export async function insertGroup(trx: Kysely<Database>, group: Omit<GroupRow, 'name_lc'>): Promise<void> {
  await trx
    .insertInto('groups')
    .values({ ...group, name_lc: fold(group.display_name) })
    .execute()
}

export async function findGroup(db: Kysely<Database>, id: string): Promise<GroupRow | undefined> {
  return await db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function updateGroup(
  trx: Kysely<Database>,
  id: string,
  values: Omit<Updateable<Groups>, 'id' | 'name_lc'>,
): Promise<void> {
  const folded = values.display_name === undefined ? {} : { name_lc: fold(values.display_name) }
  await trx
    .updateTable('groups')
    .set({ ...values, ...folded })
    .where('id', '=', id)
    .execute()
}

export async function deleteGroup(trx: Kysely<Database>, id: string): Promise<void> {
  await trx.deleteFrom('memberships').where('group_id', '=', id).execute()
  await trx.deleteFrom('group_bindings').where('group_id', '=', id).execute()
  await trx.deleteFrom('groups').where('id', '=', id).execute()
}

type GroupQuery = {
  limit: number
  cursor?: string | undefined
  count?: 'true' | 'false' | undefined
  search?: string | undefined
  /** Only those that this person is in. */
  user?: string | undefined
}

/** By name. Problem `validation_failed` for a cursor that is not ours. */
export async function listGroups(db: Kysely<Database>, query: GroupQuery): Promise<Page<GroupRow>> {
  const search = fold(query.search ?? '')
  const select = db
    .selectFrom('groups')
    .where((e) =>
      e.and([
        e('name_lc', '>=', search),
        e('name_lc', '<', `${search}\u{10ffff}`),
        ...(query.user === undefined
          ? []
          : [e('id', 'in', e.selectFrom('memberships').select('group_id').where('user_id', '=', query.user))]),
      ]),
    )
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = await select
    .selectAll()
    .$if(after !== undefined, (s) =>
      s.where((e) => e(e.refTuple('name_lc', 'id'), '>', e.tuple(after?.text ?? '', after?.id ?? ''))),
    )
    .orderBy('name_lc')
    .orderBy('id')
    .limit(query.limit + 1)
    .execute()
  const total = query.count === 'true' ? await countOf(select) : undefined
  return pageOf(rows, query.limit, (row) => ({ text: row.name_lc, number: 0, id: row.id }), total)
}

/** The people in a group, by name. */
export async function listMembers(
  db: Kysely<Database>,
  groupId: string,
  query: Pick<GroupQuery, 'limit' | 'cursor' | 'count'>,
): Promise<Page<Selectable<Users>>> {
  const select = db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .where('memberships.group_id', '=', groupId)
    .where('users.deleted_at', 'is', null)
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = await select
    .selectAll('users')
    .$if(after !== undefined, (s) =>
      s.where((e) => e(e.refTuple('users.name_lc', 'users.id'), '>', e.tuple(after?.text ?? '', after?.id ?? ''))),
    )
    .orderBy('users.name_lc')
    .orderBy('users.id')
    .limit(query.limit + 1)
    .execute()
  const total = query.count === 'true' ? await countOf(select) : undefined
  return pageOf(rows, query.limit, (row) => ({ text: row.name_lc, number: 0, id: row.id }), total)
}

export async function countMembers(
  db: Kysely<Database>,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (groupIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('memberships')
    .select((e) => ['group_id', e.fn.countAll<number>().as('n')])
    .where('group_id', 'in', groupIds)
    .groupBy('group_id')
    .execute()
  return new Map(rows.map((row) => [row.group_id, Number(row.n)]))
}

/** In which of these groups each of these people is. */
export async function membershipsAmong(
  db: Kysely<Database>,
  userIds: readonly string[],
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>()
  if (groupIds.length === 0) return found
  for (let start = 0; start < userIds.length; start += 500) {
    const rows = await db
      .selectFrom('memberships')
      .selectAll()
      .where('user_id', 'in', userIds.slice(start, start + 500))
      .where('group_id', 'in', [...new Set(groupIds)])
      .execute()
    for (const { user_id, group_id } of rows)
      found.set(user_id, (found.get(user_id) ?? new Set<string>()).add(group_id))
  }
  return found
}

/** False when the person is in it already. */
export async function addMember(trx: Kysely<Database>, groupId: string, userId: string): Promise<boolean> {
  const added = await trx
    .insertInto('memberships')
    .values({ group_id: groupId, user_id: userId })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  return Number(added.numInsertedOrUpdatedRows ?? 0) > 0
}

/** False when the person is not in it. */
export async function removeMember(trx: Kysely<Database>, groupId: string, userId: string): Promise<boolean> {
  const removed = await trx
    .deleteFrom('memberships')
    .where('group_id', '=', groupId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return Number(removed.numDeletedRows) > 0
}

/** Which of these people are in at least one of the groups. */
export async function membersAmong(
  db: Kysely<Database>,
  groupIds: readonly string[],
  userIds: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  if (groupIds.length === 0) return found
  for (let start = 0; start < userIds.length; start += 500) {
    const rows = await db
      .selectFrom('memberships')
      .select('user_id')
      .distinct()
      .where('group_id', 'in', groupIds)
      .where('user_id', 'in', userIds.slice(start, start + 500))
      .execute()
    for (const { user_id } of rows) found.add(user_id)
  }
  return found
}
