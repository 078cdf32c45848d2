import type { ImportableAccount, ImportInput, ImportResult } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import { Email } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { baselineOf } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import { accountPage, countAccounts, findAccount, type StoredAccount } from '../store/accounts.ts'
import { bindingOfAccount, findBinding, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { cursorOf, readCursor } from '../store/page.ts'
import { findUserByEmail, insertUser, type NewUser, type UserRow } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import type { ItemResult, JobRun, Jobs } from './jobs.ts'
import { desiredOf } from './load.ts'
import { readProtection } from './protection.ts'
import { putBinding } from './put-binding.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'

/** How long a list of accounts waits for the first read of a new connection, in ms. */
const firstReadMs = 30_000
const chunkSize = 100

/** What can be imported, with why not. */
export async function listAccounts(
  context: SyncContext,
  runner: Runner,
  id: string,
  query: {
    limit: number
    cursor?: string | undefined
    status?: ImportableAccount['status'] | undefined
    search?: string | undefined
  },
): Promise<{ items: ImportableAccount[]; next: string | null }> {
  const connection = await readyConnection(context, runner, id)
  const items: ImportableAccount[] = []
  let after = query.cursor === undefined ? '' : readCursor(query.cursor).text
  for (;;) {
    const page = await accountPage(context.store.db, id, { search: query.search, after, limit: query.limit })
    for (const stored of page) {
      const item = await presentAccount(context, connection, stored)
      after = stored.account.userPrincipalName.toLowerCase()
      if (query.status === undefined || item.status === query.status) items.push(item)
      if (items.length === query.limit) return { items, next: cursorOf({ text: after, number: 0, id: '' }) }
    }
    if (page.length < query.limit) return { items, next: null }
  }
}

/** Until the accounts and who is protected were read once, nothing is known that could be shown or imported. */
async function readyConnection(context: SyncContext, runner: Runner, id: string): Promise<ConnectionRow> {
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

async function presentAccount(
  context: SyncContext,
  connection: ConnectionRow,
  stored: StoredAccount,
): Promise<ImportableAccount> {
  const { account } = stored
  const standing = await standingOf(context, connection, stored)
  return {
    id: account.id,
    userPrincipalName: account.userPrincipalName,
    displayName: account.attributes.displayName,
    mail: account.mail,
    accountEnabled: account.enabled,
    status: standing.status,
    ...(standing.reason !== undefined && { reason: standing.reason }),
    ...(standing.userId !== undefined && { userId: standing.userId }),
  }
}

type Standing = { status: ImportableAccount['status']; reason?: string; userId?: string }

async function standingOf(
  context: SyncContext,
  connection: ConnectionRow,
  { account, protection }: StoredAccount,
): Promise<Standing> {
  const { db } = context.store
  const binding = await bindingOfAccount(db, connection.id, account.id)
  if (binding !== undefined) return { status: 'imported', userId: binding.user_id }
  if (protection === 'guest')
    return { status: 'guest', reason: 'The account is a guest: its password lives in another organisation.' }
  if (protection !== null)
    return { status: 'protected', reason: protectedBecause[protection] ?? 'The account is protected.' }
  const email = Email.safeParse(account.userPrincipalName)
  if (!email.success)
    return { status: 'conflict', reason: `${account.userPrincipalName} is no address that a user can have here.` }
  const user = await findUserByEmail(db, email.data)
  if (user === undefined) return { status: 'new' }
  if (await matches(context, connection, user, account.id)) return { status: 'imported', userId: user.id }
  return {
    status: 'conflict',
    userId: user.id,
    reason: `${user.display_name} has this address here and is bound to another account.`,
  }
}

const protectedBecause: Record<string, string> = {
  privileged_role: 'The account holds an administrator role in Entra.',
  synced: 'The account is synced from on-premises Active Directory.',
  restricted: 'The account is in a restricted management unit.',
  break_glass: 'The account is on the break-glass list.',
}

/** A user of the same address who is not bound to a different account is the same person. */
async function matches(
  context: SyncContext,
  connection: ConnectionRow,
  user: UserRow,
  accountId: string,
): Promise<boolean> {
  const binding = await findBinding(context.store.db, connection.id, user.id)
  return binding === undefined || binding.account_id === null || binding.account_id === accountId
}

export async function startImport(
  context: SyncContext,
  runner: Runner,
  jobs: Jobs,
  actor: Actor,
  id: string,
  input: ImportInput,
): Promise<Job> {
  await readyConnection(context, runner, id)
  const total = input.accountIds === 'all' ? await countAccounts(context.store.db, id) : new Set(input.accountIds).size
  return await jobs.start('import', id, actor, input, total)
}

export async function runImport(
  context: SyncContext,
  runner: Runner,
  run: JobRun,
  connectionId: string | null,
): Promise<void> {
  const input = run.input as ImportInput
  const id = connectionId ?? ''
  const connection = await requireConnection(context, id)
  await readProtection(context, connection)
  for await (const chunk of chunks(context, id, input)) {
    const results: ItemResult[] = []
    for (const accountId of chunk) {
      if (run.finished.has(accountId)) continue
      const result = await importOne(context, run.actor, connection, accountId, input)
      results.push({ item: accountId, ok: result.result !== 'failed', result })
    }
    await run.report(results)
    if (input.bind) runner.wake(id)
  }
}

async function* chunks(context: SyncContext, id: string, input: ImportInput): AsyncGenerator<string[]> {
  if (input.accountIds !== 'all') {
    const ids = [...new Set<string>(input.accountIds)]
    for (let start = 0; start < ids.length; start += chunkSize) yield ids.slice(start, start + chunkSize)
    return
  }
  for (let after = ''; ; ) {
    const page = await accountPage(context.store.db, id, { after, limit: chunkSize })
    const last = page.at(-1)
    if (last === undefined) return
    after = last.account.userPrincipalName.toLowerCase()
    yield page.map(({ account }) => account.id)
  }
}

async function importOne(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  accountId: string,
  input: ImportInput,
): Promise<ImportResult> {
  const stored = await findAccount(context.store.db, connection.id, accountId)
  if (stored === undefined || stored.deletedAt !== null) {
    return { accountId, result: 'failed', reason: 'The tenant has no account with this object id.' }
  }
  const standing = await standingOf(context, connection, stored)
  if (standing.status === 'guest' || standing.status === 'protected')
    return { accountId, result: 'skipped', ...reasonOf(standing) }
  if (standing.status === 'conflict')
    return { accountId, result: 'conflict', ...reasonOf(standing), ...userOf(standing) }
  const result = standing.userId === undefined ? 'imported' : 'linked'
  if (input.dryRun) return { accountId, result, ...userOf(standing) }
  const user = standing.userId === undefined ? newUser(context, stored) : undefined
  const userId = user?.id ?? standing.userId ?? ''
  await context.store.change(actor, async (change) => {
    if (user !== undefined) {
      await insertUser(change.trx, user)
      change.event({ type: 'import_user', user: userId, connection: connection.id, account: accountId })
    } else change.event({ type: 'import_link', user: userId, connection: connection.id, account: accountId })
    if (!input.bind || (await findBinding(change.trx, connection.id, userId)) !== undefined) return
    const row = await change.trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
    await bindImported(context, change, connection, row, stored)
  })
  return { accountId, userId, result }
}

const reasonOf = ({ reason }: Standing) => (reason === undefined ? {} : { reason })
const userOf = ({ userId }: Standing) => (userId === undefined ? {} : { userId })

/** The person as the account shows them; staged until activated. */
function newUser(context: SyncContext, { account }: StoredAccount): NewUser {
  const now = context.runtime.now()
  const { displayName, givenName, familyName, ...attributes } = account.attributes
  const kept = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
  return {
    id: context.runtime.newId(),
    email: account.userPrincipalName.toLowerCase(),
    display_name: displayName ?? account.userPrincipalName,
    given_name: givenName,
    family_name: familyName,
    alternate_email: null,
    state: 'staged',
    role: null,
    attributes: JSON.stringify(kept),
    manager_id: null,
    created_at: now,
    updated_at: now,
  }
}

/** Both sides are equal at this moment, so what differs later was changed by somebody. */
async function bindImported(
  context: SyncContext,
  change: {
    trx: Parameters<typeof putBinding>[1]
    event(event: { type: string; user: string; connection: string; account: string; cause: string }): void
  },
  connection: ConnectionRow,
  user: UserRow,
  stored: StoredAccount,
): Promise<void> {
  await putBinding(context, change.trx, connection, user, { accountId: stored.account.id, named: false })
  const binding = await findBinding(change.trx, connection.id, user.id)
  if (binding !== undefined) {
    const settings = JSON.parse(connection.settings)
    await updateBinding(change.trx, binding, {
      baseline: JSON.stringify(baselineOf(desiredOf(binding, user, settings, null), [])),
    })
  }
  change.event({
    type: 'binding_create',
    user: user.id,
    connection: connection.id,
    account: stored.account.id,
    cause: 'import',
  })
}
