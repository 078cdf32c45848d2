import type { Kysely, Selectable, Updateable } from 'kysely'
import { wordsOf } from '../domain/user.ts'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Bindings, Database } from './schema.ts'

export type BindingRow = Selectable<Bindings>
type Key = { connection_id: string; user_id: string }

/** A binding that nothing is known of yet. */
export const blankBinding = (key: Key & { created_at: number }): BindingRow => ({
  ...key,
  account_id: null,
  state: 'pending',
  attributes_mode: 'fill_empty',
  baseline: null,
  named: 0,
  override_protected: 0,
  enable: 0,
  unbind: null,
  dirty: 1,
  attempt: 0,
  next_attempt_at: null,
  error: null,
  drift: '[]',
  password_state: 'none',
  password_version: null,
  password_synced_at: null,
  password_reason: null,
  old_password: null,
  last_sync_at: null,
  password_tenant_at: null,
  recover: null,
  repair: '[]',
  verify_at: null,
  job_id: null,
  awaiting_since: null,
  awaiting_looked_at: null,
  unmapped: '[]',
  licences: '[]',
  licences_wait_since: null,
  blocked_at: null,
  licences_end: 0,
  told_at: null,
})

export async function findBinding(
  db: Kysely<Database>,
  connectionId: string,
  userId: string,
): Promise<BindingRow | undefined> {
  return await db
    .selectFrom('bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
}

export async function bindingsOfUser(db: Kysely<Database>, userId: string): Promise<BindingRow[]> {
  return await db.selectFrom('bindings').selectAll().where('user_id', '=', userId).orderBy('connection_id').execute()
}

export async function bindingOfAccount(
  db: Kysely<Database>,
  connectionId: string,
  accountId: string,
): Promise<BindingRow | undefined> {
  return await db
    .selectFrom('bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
}

export async function insertBinding(db: Kysely<Database>, row: BindingRow): Promise<void> {
  await db.insertInto('bindings').values(row).execute()
}

export async function updateBinding(db: Kysely<Database>, key: Key, values: Updateable<Bindings>): Promise<void> {
  await db
    .updateTable('bindings')
    .set(values)
    .where('connection_id', '=', key.connection_id)
    .where('user_id', '=', key.user_id)
    .execute()
}

export async function deleteBinding(db: Kysely<Database>, key: Key): Promise<void> {
  await db
    .deleteFrom('bindings')
    .where('connection_id', '=', key.connection_id)
    .where('user_id', '=', key.user_id)
    .execute()
}

/**
 * Bindings that the next cycle has to look at: changed ones whose next attempt is not in the future. Ordered by user, at
 * most `limit`, after the user given.
 */
export async function dueBindings(
  db: Kysely<Database>,
  connectionId: string,
  now: number,
  page: { after: string; limit: number },
): Promise<BindingRow[]> {
  return await db
    .selectFrom('bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('dirty', '>', 0)
    .where('user_id', '>', page.after)
    .where((e) => e.or([e('next_attempt_at', 'is', null), e('next_attempt_at', '<=', now)]))
    .orderBy('user_id')
    .limit(page.limit)
    .execute()
}

/** Bindings whose account differs in some attribute, by user. */
export async function listDriftedPage(
  db: Kysely<Database>,
  connectionId: string,
  page: { after: string; limit: number },
): Promise<BindingRow[]> {
  return await db
    .selectFrom('bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('drift', '!=', '[]')
    .where('user_id', '>', page.after)
    .orderBy('user_id')
    .limit(page.limit)
    .execute()
}

/** Bindings whose account is to be read by id, the longest overdue first. */
export async function bindingsToVerify(
  db: Kysely<Database>,
  connectionId: string,
  now: number,
  limit: number,
): Promise<BindingRow[]> {
  return await db
    .selectFrom('bindings')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('verify_at', '<=', now)
    .orderBy('verify_at')
    .limit(limit)
    .execute()
}

/** The earliest time at which a binding that waits wants another attempt. */
export async function nextAttemptAt(db: Kysely<Database>, connectionId: string): Promise<number | null> {
  const row = await db
    .selectFrom('bindings')
    .select((e) => e.fn.min('next_attempt_at').as('at'))
    .where('connection_id', '=', connectionId)
    .where('dirty', '>', 0)
    .executeTakeFirst()
  return row?.at ?? null
}

/** One page by user. Problem `validation_failed` for a cursor that is not ours. */
export async function bindingPage(
  db: Kysely<Database>,
  connectionId: string,
  query: {
    limit: number
    cursor?: string | undefined
    count?: 'true' | 'false' | undefined
    state?: BindingRow['state'] | undefined
    password?: BindingRow['password_state'] | undefined
    search?: string | undefined
  },
): Promise<Page<BindingRow>> {
  let select = db.selectFrom('bindings').where('connection_id', '=', connectionId)
  if (query.state !== undefined) select = select.where('state', '=', query.state)
  if (query.password !== undefined) select = select.where('password_state', '=', query.password)
  for (const word of wordsOf(query.search ?? '')) {
    select = select.where('user_id', 'in', (e) =>
      e.selectFrom('user_terms').select('user_id').where('term', '>=', word).where('term', '<', `${word}\u{10ffff}`),
    )
  }
  const total = query.count === 'true' ? await countOf(select) : undefined
  if (query.cursor !== undefined) select = select.where('user_id', '>', readCursor(query.cursor).id)
  const rows = await select
    .selectAll()
    .orderBy('user_id')
    .limit(query.limit + 1)
    .execute()
  return pageOf(rows, query.limit, (last) => ({ text: '', number: 0, id: last.user_id }), total)
}

export type BindingCounts = {
  bound: number
  inSync: number
  outOfSync: number
  failed: number
  drifted: number
}

export async function countBindings(db: Kysely<Database>, connectionId: string): Promise<BindingCounts> {
  const rows = await db
    .selectFrom('bindings')
    .select((e) => ['state', e.fn.countAll<number>().as('n')])
    .where('connection_id', '=', connectionId)
    .groupBy('state')
    .execute()
  const n = (...states: BindingRow['state'][]) =>
    rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + Number(row.n), 0)
  const drifted = await db
    .selectFrom('bindings')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('connection_id', '=', connectionId)
    .where((e) => e.or([e('drift', '!=', '[]'), e('password_state', '=', 'drifted')]))
    .executeTakeFirstOrThrow()
  return {
    bound: n('pending', 'in_sync', 'out_of_sync', 'retrying', 'failed', 'missing', 'out_of_scope'),
    inSync: n('in_sync'),
    outOfSync: n('pending', 'out_of_sync', 'retrying', 'unbinding'),
    failed: n('failed', 'missing'),
    drifted: Number(drifted.n),
  }
}

/** Marks the bindings of these accounts as to be looked at; those that wait for a time keep waiting. */
export async function markAccountsDirty(
  db: Kysely<Database>,
  connectionId: string,
  accountIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < accountIds.length; start += 500) {
    await db
      .updateTable('bindings')
      .set((e) => ({ dirty: e('dirty', '+', 1) }))
      .where('connection_id', '=', connectionId)
      .where('account_id', 'in', accountIds.slice(start, start + 500))
      .execute()
  }
}

/** Those whose account differs are looked at again, since what is done about drift has changed. */
export async function markDriftedDirty(db: Kysely<Database>, connectionId: string): Promise<void> {
  await db
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .where('drift', '!=', '[]')
    .execute()
}

/** The account of each of these users, where they are bound. */
export async function accountsOfUsers(
  db: Kysely<Database>,
  connectionId: string,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let start = 0; start < userIds.length; start += 500) {
    const rows = await db
      .selectFrom('bindings')
      .select(['user_id', 'account_id'])
      .where('connection_id', '=', connectionId)
      .where('user_id', 'in', userIds.slice(start, start + 500))
      .where('unbind', 'is', null)
      .where('state', '!=', 'missing')
      .execute()
    for (const { user_id, account_id } of rows) if (account_id !== null) found.set(user_id, account_id)
  }
  return found
}

/** This user has an account now: those whom the user manages can follow. */
export async function markReportsDirty(db: Kysely<Database>, connectionId: string, userId: string): Promise<void> {
  await db
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .where('user_id', 'in', (e) => e.selectFrom('users').select('id').where('manager_id', '=', userId))
    .execute()
}

/** Marks every binding of a connection: what is wanted of all accounts has changed. */
export async function markConnectionDirty(db: Kysely<Database>, connectionId: string): Promise<void> {
  await db
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .execute()
}

/** Marks every binding of a user, so that the next cycle plans it anew, at once. */
export async function markUserDirty(db: Kysely<Database>, userId: string): Promise<string[]> {
  const rows = await db
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '+', 1), next_attempt_at: null, attempt: 0 }))
    .where('user_id', '=', userId)
    .returning('connection_id')
    .execute()
  return rows.map((row) => row.connection_id)
}

/** Accounts of the people in a group, as far as they are bound and have one. */
export async function accountsOfGroup(
  db: Kysely<Database>,
  connectionId: string,
  groupId: string,
  { withoutSuspended }: { withoutSuspended: boolean },
): Promise<string[]> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('bindings', 'bindings.user_id', 'memberships.user_id')
    .select('bindings.account_id')
    .where('memberships.group_id', '=', groupId)
    .where('bindings.connection_id', '=', connectionId)
    .where('bindings.unbind', 'is', null)
    .where('bindings.state', '!=', 'missing')
    .where('bindings.account_id', 'is not', null)
    .$if(withoutSuspended, (query) =>
      query.innerJoin('users', 'users.id', 'memberships.user_id').where('users.state', '!=', 'suspended'),
    )
    .execute()
  return rows.flatMap((row) => row.account_id ?? [])
}

/** Which of these accounts are bound to somebody. */
export async function boundAmong(
  db: Kysely<Database>,
  connectionId: string,
  accountIds: readonly string[],
): Promise<Set<string>> {
  const bound = new Set<string>()
  for (let start = 0; start < accountIds.length; start += 500) {
    const rows = await db
      .selectFrom('bindings')
      .select('account_id')
      .where('connection_id', '=', connectionId)
      .where('unbind', 'is', null)
      .where('account_id', 'in', accountIds.slice(start, start + 500))
      .execute()
    for (const row of rows) bound.add(row.account_id ?? '')
  }
  return bound
}
