import type { ConnectionSettings, ImportableAccount } from '@lockstep/shared/contract/connection'
import { Problem } from '../domain/problem.ts'
import { type Person, type Standing, standingOf } from '../domain/standing.ts'
import type { StoredAccount } from '../store/accounts.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { type AccountQuery, accountsByStanding, claimsOn } from '../store/importable.ts'
import { cursorOf, readCursor } from '../store/page.ts'
import type { SyncContext } from './context.ts'
import { askMailboxes } from './mailboxes.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'

/** How long a list of accounts waits for the first read of a new connection, in ms. */
const firstReadMs = 30_000

export type ImportablePage = { items: ImportableAccount[]; next: string | null; total?: number }

/** What can be imported, with why not. */
export async function listAccounts(
  context: SyncContext,
  runner: Runner,
  id: string,
  query: AccountQuery,
): Promise<ImportablePage> {
  const connection = await readyConnection(context, runner, id)
  const page = await accountsByStanding(context.store.db, id, query)
  const asked = await askMailboxes(context, connection, page.items)
  const items = await presentAccounts(context, connection, asked)
  return { ...page, items: items.filter(({ status }) => query.status === undefined || status === query.status) }
}

/** Until the accounts and who is protected were read once, nothing is known that could be shown or imported. */
export async function readyConnection(context: SyncContext, runner: Runner, id: string): Promise<ConnectionRow> {
  const before = await requireConnection(context, id)
  if (before.protected_read_at !== null) return before
  await runner.firstRead(id, firstReadMs)
  const after = await requireConnection(context, id)
  if (after.protected_read_at !== null) return after
  throw new Problem(
    'connection_not_usable',
    `The accounts of "${after.name}" have not been read yet. Look at the connection, and try again in a minute.`,
  )
}

/** New accounts that match the rule of the connection. They wait here until an administrator imports them. */
export async function importQueue(
  context: SyncContext,
  runner: Runner,
  id: string,
  query: { limit: number; cursor?: string | undefined; count?: 'true' | 'false' | undefined },
): Promise<ImportablePage> {
  const connection = await readyConnection(context, runner, id)
  const { autoImport } = JSON.parse(connection.settings) as Partial<ConnectionSettings>
  // A cursor that is not ours is refused whether or not there is a rule.
  if (query.cursor !== undefined) readCursor(query.cursor)
  if (autoImport == null) return { items: [], next: null, ...(query.count === 'true' && { total: 0 }) }
  const members =
    autoImport.remoteGroup === undefined
      ? undefined
      : await context.tenants.of(connection).membersOf(autoImport.remoteGroup)
  const rule = { status: 'new', domain: autoImport.domain } as const
  const page =
    members === undefined
      ? await accountsByStanding(context.store.db, id, { ...query, ...rule })
      : await pageAmong(context, id, { ...query, ...rule }, members)
  return { ...page, items: await presentAccounts(context, connection, page.items) }
}

/** The accounts of a page that are among these, a page of the list at a time. */
async function pageAmong(context: SyncContext, id: string, query: AccountQuery, ids: ReadonlySet<string>) {
  const found: StoredAccount[] = []
  let cursor: string | undefined
  let next: string | null = null
  let total = 0
  for (let more = true; more; ) {
    const page = await accountsByStanding(context.store.db, id, { ...query, count: undefined, cursor, limit: 500 })
    const after = query.cursor === undefined ? null : readCursor(query.cursor)
    for (const stored of page.items.filter(({ account }) => ids.has(account.id))) {
      total += 1
      const position = positionOf(stored)
      if (after !== null && (position.text < after.text || (position.text === after.text && position.id <= after.id)))
        continue
      if (found.length < query.limit) found.push(stored)
      else if (next === null) next = cursorOf(positionOf(found.at(-1) ?? stored))
    }
    cursor = page.next ?? undefined
    more = cursor !== undefined && (next === null || query.count === 'true')
  }
  return { items: found, next, ...(query.count === 'true' && { total }) }
}

const positionOf = ({ account }: StoredAccount) => ({
  text: account.userPrincipalName.toLowerCase(),
  number: 0,
  id: account.id,
})

async function presentAccounts(
  context: SyncContext,
  connection: ConnectionRow,
  accounts: readonly StoredAccount[],
): Promise<ImportableAccount[]> {
  const claims = await claimsOn(context.store.db, connection.id, accounts)
  return accounts.flatMap(({ account }) => {
    const claim = claims.get(account.id)
    if (claim === undefined) return []
    return {
      id: account.id,
      userPrincipalName: account.userPrincipalName,
      displayName: account.attributes.displayName,
      mail: account.mail,
      accountEnabled: account.enabled,
      ...presentStanding(standingOf(claim)),
    }
  })
}

const brief = ({ id, email, displayName }: Person) => ({ id, email, displayName })

function presentStanding(
  standing: Standing,
): Pick<ImportableAccount, 'status' | 'reason' | 'userId' | 'user' | 'candidates'> {
  switch (standing.status) {
    case 'new':
      return { status: 'new' }
    case 'imported':
      return { status: 'imported', userId: standing.user.id, user: brief(standing.user) }
    case 'conflict': {
      const [only, ...more] = standing.users
      const one = only !== undefined && more.length === 0 && { userId: only.id, user: brief(only) }
      return { status: 'conflict', reason: standing.reason, candidates: standing.users.map(brief), ...one }
    }
    default:
      return standing
  }
}
