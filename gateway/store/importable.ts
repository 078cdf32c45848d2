import type { AccountStatus } from '@lockstep/shared/contract/connection'
import { type ExpressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import { immutableIdPrefix } from '../domain/desire.ts'
import type { Claims, Person } from '../domain/standing.ts'
import { wordsOf } from '../domain/user.ts'
import { fromRow, type StoredAccount } from './accounts.ts'
import { cursorOf, readCursor } from './page.ts'
import type { Database } from './schema.ts'

/*
 * The list of accounts by how they stand to the directory. The condition below says in SQL what `standingOf` says of one
 * account, so that a page of a hundred thousand is found without reading them; a test holds the two against each other.
 */

export type AccountQuery = {
  limit: number
  cursor?: string | undefined
  count?: 'true' | 'false' | undefined
  status?: AccountStatus | undefined
  search?: string | undefined
  /** Only names of this domain. */
  domain?: string | undefined
}

export type AccountPage = { items: StoredAccount[]; next: string | null; total?: number }

/** One page of living accounts by name. Problem `validation_failed` for a cursor that is not ours. */
export async function accountsByStanding(
  db: Kysely<Database>,
  connectionId: string,
  query: AccountQuery,
): Promise<AccountPage> {
  const licences = await usesLicences(db, connectionId)
  const select = db
    .selectFrom('accounts as a')
    .where('a.connection_id', '=', connectionId)
    .where('a.deleted_at', 'is', null)
    .where((e) => e.and(conditions(e, connectionId, query, licences)))
  const counted =
    query.count === 'true'
      ? await select.select((e) => e.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
      : undefined
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = await select
    .selectAll('a')
    .$if(after !== undefined, (s) =>
      s.where((e) => e(e.refTuple('a.user_principal_name', 'a.id'), '>', e.tuple(after?.text ?? '', after?.id ?? ''))),
    )
    .orderBy('a.user_principal_name')
    .orderBy('a.id')
    .limit(query.limit + 1)
    .execute()
  const items = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? items.at(-1) : undefined
  return {
    items: items.map(fromRow),
    next: last === undefined ? null : cursorOf({ text: last.user_principal_name, number: 0, id: last.id }),
    ...(counted !== undefined && { total: Number(counted.n) }),
  }
}

/** Where nobody holds a licence, the lack of one says nothing about an account. */
async function usesLicences(db: Kysely<Database>, connectionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .select('id')
    .where('connection_id', '=', connectionId)
    .where('licensed', '=', 1)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

type Where = ExpressionBuilder<Database & { a: Database['accounts'] }, 'a'>

function conditions(e: Where, connectionId: string, query: AccountQuery, licences: boolean) {
  const all: (RawBuilder<SqlBool> | ReturnType<typeof e.and>)[] = []
  if (query.domain !== undefined)
    all.push(sql<SqlBool>`a.user_principal_name like ${`%@${escaped(query.domain)}`} escape '!'`)
  for (const word of wordsOf(query.search ?? '')) {
    const found = e
      .selectFrom('account_terms')
      .select('account_id')
      .where('connection_id', '=', connectionId)
      .where('term', '>=', word)
      .where('term', '<', `${word}\u{10ffff}`)
    all.push(e.and([e('a.id', 'in', found)]))
  }
  const { status } = query
  if (status === undefined) return all
  // Said twice: the plain column is what an index answers.
  if (status === 'guest') all.push(sql<SqlBool>`a.protection = 'guest'`)
  if (status === 'protected') all.push(sql<SqlBool>`a.protection is not null`)
  all.push(sql<SqlBool>`${statusOf(licences)} = ${status}`)
  return all
}

const escaped = (text: string) => text.replace(/[!%_]/g, '!$&')

/** A person who has another account of this tenant, or is bound to another one. */
const taken = sql`(
  exists (select 1 from bindings b where b.connection_id = a.connection_id and b.user_id = u.id
    and b.account_id is not null and b.account_id <> a.id)
  or exists (select 1 from import_links l where l.connection_id = a.connection_id and l.user_id = u.id
    and l.account_id <> a.id)
  or exists (select 1 from bindings b join connections c on c.id = b.connection_id
    where b.user_id = u.id and b.connection_id <> a.connection_id and b.unbind is null and c.state <> 'deactivated')
  or exists (select 1 from accounts m where m.connection_id = a.connection_id and m.id <> a.id and m.deleted_at is null
    and m.immutable_id = ${immutableIdPrefix} || u.id))`

const answeredByOthers = (address: RawBuilder<unknown>) => sql`exists (select 1 from account_addresses o
  where o.connection_id = a.connection_id and o.address = ${address} and o.account_id <> a.id)`

const marked = sql`users u where u.id = substr(a.immutable_id, ${sql.lit(immutableIdPrefix.length + 1)})
  and substr(a.immutable_id, 1, ${sql.lit(immutableIdPrefix.length)}) = ${immutableIdPrefix} and u.deleted_at is null`

const addressed = sql`account_addresses x join users u on u.email = x.address and u.deleted_at is null
  where x.connection_id = a.connection_id and x.account_id = a.id`

function statusOf(licences: boolean) {
  const looks = licences ? sql`a.mailbox is null and a.looks_shared = 1` : sql`1 = 0`
  return sql<AccountStatus>`(case
    when exists (select 1 from bindings b where b.connection_id = a.connection_id and b.account_id = a.id) then 'imported'
    when exists (select 1 from import_links l where l.connection_id = a.connection_id and l.account_id = a.id) then 'imported'
    when a.protection = 'guest' then 'guest'
    when a.protection is not null then 'protected'
    when a.mailbox in ('shared', 'room', 'equipment') or (${looks}) then 'shared'
    when exists (select 1 from ${marked}) then
      case when exists (select 1 from ${marked} and ${taken}) then 'conflict' else 'imported' end
    when exists (select 1 from ${addressed}) then
      case when (select count(*) from ${addressed}) > 1
        or exists (select 1 from ${addressed} and (${taken} or ${answeredByOthers(sql`u.email`)})) then 'conflict'
      else 'imported' end
    when a.odd_name = 1 or ${answeredByOthers(sql`a.user_principal_name`)} then 'conflict'
    else 'new' end)`
}

/** Everything that decides about these accounts, in a handful of queries. At most 500 at a time. */
export async function claimsOn(
  db: Kysely<Database>,
  connectionId: string,
  accounts: readonly StoredAccount[],
): Promise<Map<string, Claims>> {
  if (accounts.length === 0) return new Map()
  const licences = await usesLicences(db, connectionId)
  const ids = accounts.map(({ account }) => account.id)
  const holders = await holdersOf(db, connectionId, ids)
  const marks = new Map(accounts.flatMap(({ account }) => markOf(account.immutableId).map((id) => [account.id, id])))
  const pairs = await addressedBy(db, connectionId, ids)
  const userIds = new Set([...holders.values(), ...marks.values(), ...pairs.map(({ user }) => user)])
  const people = await peopleOf(db, connectionId, [...userIds])
  const addresses = [
    ...accounts.map(({ account }) => account.userPrincipalName.toLowerCase()),
    ...[...people.values()].map(({ email }) => email),
  ]
  const answering = await answeringTo(db, connectionId, addresses)
  const markedBy = await markedFor(db, connectionId, [...people.keys()])
  return new Map(
    accounts.map((stored) => {
      const { account, protection, traits } = stored
      const byAddress = pairs.flatMap(({ id, user }) => (id === account.id ? (people.get(user) ?? []) : []))
      return [
        account.id,
        {
          account,
          protection,
          mailbox: traits.mailbox,
          looksShared: traits.looksShared && licences,
          nameFits: traits.nameFits,
          holder: people.get(holders.get(account.id) ?? '') ?? null,
          marked: living(people.get(marks.get(account.id) ?? '')),
          addressed: byAddress,
          answering,
          marks: markedBy,
        },
      ]
    }),
  )
}

const living = (person: Person | undefined): Person | null => (person === undefined || person.leaving ? null : person)

const markOf = (immutableId: string | null): string[] =>
  immutableId?.startsWith(immutableIdPrefix) ? [immutableId.slice(immutableIdPrefix.length)] : []

/** By account: who is bound to it or was imported from it. At most 500 at a time. */
export async function holdersOf(db: Kysely<Database>, connectionId: string, ids: readonly string[]) {
  const linked = await db
    .selectFrom('import_links')
    .select(['account_id', 'user_id'])
    .where('connection_id', '=', connectionId)
    .where('account_id', 'in', ids)
    .execute()
  const bound = await db
    .selectFrom('bindings')
    .select(['account_id', 'user_id'])
    .where('connection_id', '=', connectionId)
    .where('account_id', 'in', ids)
    .execute()
  return new Map([...linked, ...bound].map((row) => [row.account_id ?? '', row.user_id]))
}

async function addressedBy(db: Kysely<Database>, connectionId: string, ids: readonly string[]) {
  return await db
    .selectFrom('account_addresses as x')
    .innerJoin('users as u', 'u.email', 'x.address')
    .select(['x.account_id as id', 'u.id as user'])
    .where('x.connection_id', '=', connectionId)
    .where('x.account_id', 'in', ids)
    .where('u.deleted_at', 'is', null)
    .orderBy('u.email')
    .execute()
}

/** People with the account that each has here and the other connection that each is bound to. */
export async function peopleOf(
  db: Kysely<Database>,
  connectionId: string,
  ids: readonly string[],
): Promise<Map<string, Person>> {
  const people = new Map<string, Person>()
  for (let start = 0; start < ids.length; start += 500) {
    const some = ids.slice(start, start + 500)
    const rows = await db
      .selectFrom('users')
      .select(['id', 'email', 'display_name', 'deleted_at'])
      .where('id', 'in', some)
      .execute()
    const bound = await db
      .selectFrom('bindings as b')
      .innerJoin('connections as c', 'c.id', 'b.connection_id')
      .select(['b.user_id', 'b.connection_id', 'b.account_id', 'b.unbind', 'c.name', 'c.state'])
      .where('b.user_id', 'in', some)
      .orderBy('c.name')
      .execute()
    const linked = await db
      .selectFrom('import_links')
      .select(['user_id', 'account_id'])
      .where('connection_id', '=', connectionId)
      .where('user_id', 'in', some)
      .execute()
    const here = new Map([
      ...linked.map((row) => [row.user_id, row.account_id] as const),
      ...bound.flatMap((row) =>
        row.connection_id === connectionId && row.account_id !== null ? [[row.user_id, row.account_id] as const] : [],
      ),
    ])
    const elsewhere = new Map(
      bound.flatMap((row) =>
        row.connection_id !== connectionId && row.unbind === null && row.state !== 'deactivated'
          ? [[row.user_id, row.name] as const]
          : [],
      ),
    )
    for (const row of rows)
      people.set(row.id, {
        id: row.id,
        email: row.email,
        displayName: row.display_name,
        accountId: here.get(row.id) ?? null,
        boundElsewhere: elsewhere.get(row.id) ?? null,
        leaving: row.deleted_at !== null,
      })
  }
  return people
}

/** By address in lower case: the living accounts that answer to it. */
export async function answeringTo(db: Kysely<Database>, connectionId: string, addresses: readonly string[]) {
  const wanted = [...new Set(addresses)]
  const found = new Map<string, string[]>()
  for (let start = 0; start < wanted.length; start += 500) {
    const rows = await db
      .selectFrom('account_addresses')
      .select(['address', 'account_id'])
      .where('connection_id', '=', connectionId)
      .where('address', 'in', wanted.slice(start, start + 500))
      .execute()
    for (const row of rows) found.set(row.address, [...(found.get(row.address) ?? []), row.account_id])
  }
  return found
}

/** By user: the living accounts that carry the mark. */
export async function markedFor(db: Kysely<Database>, connectionId: string, userIds: readonly string[]) {
  const found = new Map<string, string[]>()
  for (let start = 0; start < userIds.length; start += 500) {
    const marks = userIds.slice(start, start + 500).map((id) => immutableIdPrefix + id)
    const rows = await db
      .selectFrom('accounts')
      .select(['id', 'immutable_id'])
      .where('connection_id', '=', connectionId)
      .where('immutable_id', 'in', marks)
      .where('deleted_at', 'is', null)
      .execute()
    for (const row of rows) {
      const user = (row.immutable_id ?? '').slice(immutableIdPrefix.length)
      found.set(user, [...(found.get(user) ?? []), row.id])
    }
  }
  return found
}
