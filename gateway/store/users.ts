import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool, Updateable } from 'kysely'
import type { Attributes } from '../domain/account.ts'
import { attributesOf, fold, type PersonValues, termsOf, wordsOf } from '../domain/user.ts'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Database, Users } from './schema.ts'

export type UserRow = Selectable<Users>
/** What is derived from the rest is not given. */
export type NewUser = Omit<UserRow, 'name_lc' | 'deleted_at' | 'expiry_blocked_at'>

/** Undefined also for a person who was deleted. */
export async function findUser(db: Kysely<Database>, id: string): Promise<UserRow | undefined> {
  return await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

/** Also those who were deleted and whose accounts are still to be let go. */
export async function findUsersEvenDeleted(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<Map<string, UserRow>> {
  const found = new Map<string, UserRow>()
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await db
      .selectFrom('users')
      .selectAll()
      .where('id', 'in', ids.slice(start, start + 500))
      .execute()
    for (const row of rows) found.set(row.id, row)
  }
  return found
}

export async function findUserByEmail(db: Kysely<Database>, email: string): Promise<UserRow | undefined> {
  return await db
    .selectFrom('users')
    .selectAll()
    .where('email', '=', email.trim().toLowerCase())
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

const named = (row: Pick<UserRow, 'email' | 'display_name' | 'given_name' | 'family_name'>) => ({
  email: row.email,
  displayName: row.display_name,
  givenName: row.given_name,
  familyName: row.family_name,
})

/** Every attribute of a person as accounts are to have it. */
export function userAttributes(row: UserRow): Attributes {
  return attributesOf(named(row), JSON.parse(row.attributes) as PersonValues)
}

/** A unique violation (see `isUniqueViolation`) when the address is taken. */
export async function insertUser(trx: Kysely<Database>, user: NewUser): Promise<void> {
  await trx
    .insertInto('users')
    .values({ ...user, name_lc: fold(user.display_name), deleted_at: null, expiry_blocked_at: null })
    .execute()
  await putTerms(trx, user)
}

/** A unique violation when the address is taken. Search terms follow. */
export async function updateUser(
  trx: Kysely<Database>,
  id: string,
  values: Omit<Updateable<Users>, 'id' | 'name_lc'>,
): Promise<void> {
  const row = await trx
    .updateTable('users')
    .set({ ...values, ...(values.display_name !== undefined && { name_lc: fold(values.display_name) }) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await putTerms(trx, row)
}

async function putTerms(trx: Kysely<Database>, user: NewUser): Promise<void> {
  await trx.deleteFrom('user_terms').where('user_id', '=', user.id).execute()
  await trx
    .insertInto('user_terms')
    .values(termsOf(named(user)).map((term) => ({ term, user_id: user.id })))
    .execute()
}

/**
 * Makes a person vanish. Who has bindings left, all of them to be unbinding, stays as a row that nobody finds until
 * `purgeLetGo`; everybody else is gone at once.
 */
export async function removeUser(trx: Kysely<Database>, id: string, now: number): Promise<void> {
  const own = ['user_terms', 'user_credentials', 'password_proposals', 'user_links', 'sessions'] as const
  const factors = ['totp_factors', 'passkeys', 'recovery_codes', 'half_sign_ins', 'oauth_entries', 'programs'] as const
  for (const table of [...own, ...factors, 'import_links', 'user_photos'] as const)
    await trx.deleteFrom(table).where('user_id', '=', id).execute()
  await trx.updateTable('users').set({ manager_id: null }).where('manager_id', '=', id).execute()
  await trx.updateTable('users').set({ deleted_at: now, state: 'suspended', role: null }).where('id', '=', id).execute()
  await purgeLetGo(trx)
}

/** Removes the rows of deleted people whose last binding is gone. */
export async function purgeLetGo(trx: Kysely<Database>): Promise<void> {
  await trx
    .deleteFrom('users')
    .where('deleted_at', 'is not', null)
    .where('id', 'not in', (e) => e.selectFrom('bindings').select('user_id'))
    .execute()
}

/** How many active people besides this one hold the role of an administrator. */
export async function countOtherAdmins(db: Kysely<Database>, id: string): Promise<number> {
  const row = await db
    .selectFrom('users')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('role', '=', 'admin')
    .where('state', '=', 'active')
    .where('deleted_at', 'is', null)
    .where('id', '!=', id)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** Active people who hold the role of an administrator. */
export async function listAdmins(db: Kysely<Database>): Promise<UserRow[]> {
  return await db
    .selectFrom('users')
    .selectAll()
    .where('role', '=', 'admin')
    .where('state', '=', 'active')
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
}

export type UserQuery = {
  limit: number
  cursor?: string | undefined
  count?: 'true' | 'false' | undefined
  search?: string | undefined
  state?: UserRow['state'] | undefined
  connection?: string | undefined
  binding?: 'bound' | 'unbound' | 'drifted' | 'failed' | undefined
  group?: string | undefined
  account?: string | undefined
  sort?: 'name' | 'email' | undefined
}

/** One page of people. Problem `validation_failed` for a cursor that is not ours. */
export async function searchUsers(db: Kysely<Database>, query: UserQuery): Promise<Page<UserRow>> {
  const select = db.selectFrom('users').where((e) => e.and(conditions(e, query)))
  const total = query.count === 'true' ? await countOf(select) : undefined
  const column = query.sort === 'email' ? 'email' : 'name_lc'
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = await select
    .selectAll()
    .$if(after !== undefined, (s) =>
      s.where((e) => e(e.refTuple(column, 'id'), '>', e.tuple(after?.text ?? '', after?.id ?? ''))),
    )
    .orderBy(column)
    .orderBy('id')
    .limit(query.limit + 1)
    .execute()
  return pageOf(rows, query.limit, (last) => ({ text: last[column], number: 0, id: last.id }), total)
}

type Where = ExpressionBuilder<Database, 'users'>

function conditions(e: Where, query: UserQuery): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = [e('users.deleted_at', 'is', null)]
  if (query.state !== undefined) all.push(e('users.state', '=', query.state))
  for (const word of wordsOf(query.search ?? '')) {
    const found = e.selectFrom('user_terms').select('user_id').where('term', '>=', word)
    all.push(e('users.id', 'in', found.where('term', '<', `${word}\u{10ffff}`)))
  }
  if (query.connection !== undefined || query.binding !== undefined) all.push(boundAs(e, query))
  if (query.group !== undefined)
    all.push(e('users.id', 'in', e.selectFrom('memberships').select('user_id').where('group_id', '=', query.group)))
  if (query.account !== undefined) all.push(personOf(e, query.account.toLowerCase()))
  return all
}

/** Whoever is bound to the account; and, while nobody is, whose address it has. */
function personOf(e: Where, account: string): Expression<SqlBool> {
  const bound = e.selectFrom('bindings').select('user_id').where('account_id', '=', account)
  const addressed = e.selectFrom('account_addresses').select('address').where('account_id', '=', account)
  return e.or([e('users.id', 'in', bound), e.and([e.not(e.exists(bound)), e('users.email', 'in', addressed)])])
}

function boundAs(e: Where, query: UserQuery): Expression<SqlBool> {
  let bindings = e.selectFrom('bindings').select('bindings.user_id')
  if (query.connection !== undefined) bindings = bindings.where('connection_id', '=', query.connection)
  if (query.binding === 'drifted')
    bindings = bindings.where((b) => b.or([b('drift', '!=', '[]'), b('password_state', '=', 'drifted')]))
  if (query.binding === 'failed') bindings = bindings.where('bindings.state', 'in', ['failed', 'missing'])
  return e('users.id', query.binding === 'unbound' ? 'not in' : 'in', bindings)
}
