import type { BindInput, Binding } from '@lockstep/shared/contract/binding'
import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { Actor } from '../domain/actor.ts'
import { immutableIdOf } from '../domain/desire.ts'
import { match } from '../domain/match.ts'
import { Problem } from '../domain/problem.ts'
import { restorable } from '../domain/restorable.ts'
import { findAccount } from '../store/accounts.ts'
import { type BindingRow, bindingOfAccount, bindingsOfUser, findBinding } from '../store/bindings.ts'
import { type ConnectionRow, findConnection } from '../store/connections.ts'
import { importedFrom } from '../store/import-links.ts'
import { presentBinding } from '../store/present-bindings.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { refuseLastWayIn } from './break-glass.ts'
import type { SyncContext } from './context.ts'
import { remember } from './observe.ts'
import { isAuthoriser } from './protection.ts'
import { markLeaving, putBinding } from './put-binding.ts'
import { recoverBinding } from './recover.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { syncBindings } from './sync-bindings.ts'
import { hearsOfBinding, tellBound } from './tell-people.ts'

/** How long a bind or unbind waits for the tenant before it answers with what is known, in ms. */
const waitMs = 2_000

export async function requireUser(context: SyncContext, userId: string): Promise<UserRow> {
  const user = await findUser(context.store.db, userId)
  if (user !== undefined) return user
  throw new Problem('user_not_found', 'There is no user with this id. Search for the person to find the right one.')
}

/** Binds a user: takes over the account that matches, or provisions one. Says no now rather than later. */
export async function bindUser(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  ids: { connectionId: string; userId: string },
  input: BindInput,
): Promise<{ created: boolean; binding: Binding }> {
  const connection = await requireConnection(context, ids.connectionId)
  const user = await requireUser(context, ids.userId)
  const before = await findBinding(context.store.db, connection.id, user.id)
  if (before !== undefined && before.unbind === null && before.state !== 'failed' && before.state !== 'missing') {
    return { created: false, binding: await presentBinding(context.store.db, before) }
  }
  await refuseImpossible(context, connection, user)
  if (before?.state === 'missing' && before.unbind === null)
    await recoverBinding(context, actor, connection, user, before, input)
  else {
    const accountId = await chooseAccount(context, connection, user, input)
    await context.store.change(actor, async (change) => {
      await putBinding(context, change.trx, connection, user, { ...input, accountId, named: false })
      const isNew = before === undefined || before.unbind !== null
      if (isNew && hearsOfBinding(connection, user, input.notify)) await tellBound(context, change, user)
      change.event({
        type: 'binding_create',
        user: user.id,
        connection: connection.id,
        account: accountId,
        cause: accountId === null ? 'provision' : 'takeover',
      })
    })
  }
  const row = await attempt(context, runner, actor, connection, user.id)
  return { created: true, binding: await presentBinding(context.store.db, row ?? missingRow()) }
}

const missingRow = (): never => {
  throw new Problem('binding_not_found', 'The binding was ended while it was made. Bind again if you still want it.')
}

/** Works on one binding at once, and answers with what it is after at most two seconds. */
export async function attempt(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  connection: ConnectionRow,
  userId: string,
): Promise<BindingRow | undefined> {
  const { mode } = JSON.parse(connection.settings) as ConnectionSettings
  if (mode === 'apply' && connection.state === 'active') {
    const late = new AbortController()
    const run = syncBindings(context, connection, context.tenants.of(connection), [userId], 'interactive', actor).catch(
      (error: unknown) => {
        // The binding stays marked: the next cycle tries again, and the connection shows what is wrong.
        context.log({
          msg: 'a binding could not be worked on at once',
          connection: connection.id,
          user: userId,
          error: String(error),
        })
      },
    )
    await Promise.race([run, context.runtime.sleep(waitMs, late.signal)])
    late.abort()
    runner.wake(connection.id)
  }
  return await findBinding(context.store.db, connection.id, userId)
}

/** What makes a binding impossible whatever the tenant says. */
export async function refuseImpossible(context: SyncContext, connection: ConnectionRow, user: UserRow): Promise<void> {
  const domains = JSON.parse(connection.domains) as string[]
  const domain = user.email.slice(user.email.indexOf('@') + 1)
  if (!domains.includes(domain)) {
    throw new Problem(
      'domain_not_in_connection',
      `${domain} is not a verified domain of "${connection.name}" whose passwords we can set. Give the person an address in one of: ${domains.join(', ')}.`,
    )
  }
  for (const other of await bindingsOfUser(context.store.db, user.id)) {
    if (other.connection_id === connection.id || other.unbind !== null) continue
    const name = (await findConnection(context.store.db, other.connection_id))?.name ?? other.connection_id
    throw new Problem('bound_elsewhere', `${user.display_name} is bound to "${name}". Unbind there first.`)
  }
}

/** The account to take over, or null when one is to be provisioned. Asks the tenant itself. */
async function chooseAccount(
  context: SyncContext,
  connection: ConnectionRow,
  user: UserRow,
  input: BindInput,
): Promise<AccountId | null> {
  const tenant = context.tenants.of(connection)
  const imported = await importedFrom(context.store.db, connection.id, user.id)
  if (input.accountId === undefined && imported !== undefined) {
    const account = (await tenant.readAccounts([imported])).get(imported)
    if (account !== undefined) {
      await remember(context, connection.id, [account])
      await refuseUnfit(context, connection, user, imported, input)
      return imported
    }
  }
  if (input.accountId !== undefined) {
    await refuseTaken(context, connection, user, input.accountId)
    const account = (await tenant.readAccounts([input.accountId])).get(input.accountId)
    if (account === undefined) throw new Problem('account_not_found', 'The tenant has no account with this object id.')
    await remember(context, connection.id, [account])
    await refuseUnfit(context, connection, user, input.accountId, input)
    return input.accountId
  }
  const probe = { immutableId: immutableIdOf(user.id as UserId), email: user.email }
  const objects = await tenant.find({ immutableId: probe.immutableId, addresses: [probe.email] })
  const accounts = objects.flatMap((object) => (object.kind === 'user' ? [object.account] : []))
  await remember(context, connection.id, accounts)
  const hit = match(probe, accounts)
  if (hit.kind === 'account') {
    await refuseUnfit(context, connection, user, hit.account.id, input)
    return hit.account.id
  }
  if (hit.kind === 'conflict') {
    throw new Problem(
      'account_conflict',
      `More than one account answers to ${user.email}. Choose one and bind by its object id: ${hit.accountIds.join(', ')}.`,
    )
  }
  if (objects.some(({ kind }) => kind === 'group'))
    throw new Problem(
      'account_conflict',
      `A group in the tenant holds ${user.email}. Give the person or the group another address.`,
    )
  const deleted = objects.flatMap((object) => (object.kind === 'deleted' ? [object] : []))
  if (restorable(probe.immutableId, deleted) === 'conflict') {
    throw new Problem(
      'account_conflict',
      `Several deleted users of the tenant held ${user.email}. Restore the right one there, or delete the others for good, then bind again.`,
    )
  }
  return null
}

async function refuseTaken(
  context: SyncContext,
  connection: ConnectionRow,
  user: UserRow,
  accountId: AccountId,
): Promise<void> {
  const owner = await bindingOfAccount(context.store.db, connection.id, accountId)
  if (owner === undefined || owner.user_id === user.id) return
  throw new Problem('account_already_bound', 'This account is bound to another user. Unbind that one first.')
}

async function refuseUnfit(
  context: SyncContext,
  connection: ConnectionRow,
  user: UserRow,
  accountId: AccountId,
  input: BindInput,
): Promise<void> {
  await refuseTaken(context, connection, user, accountId)
  const stored = await findAccount(context.store.db, connection.id, accountId)
  const roles = await context.tenants.of(connection).protectedAccounts('interactive')
  const protection =
    stored?.protection ??
    (isAuthoriser(connection, accountId) ? 'authoriser' : roles.has(accountId) ? 'privileged_role' : null)
  if (protection === null) return
  if (input.override?.includes('protected')) return await refuseLastWayIn(context, connection, accountId)
  throw new Problem('account_protected', protectionSentence[protection] ?? protectionSentence.unknown)
}

const protectionSentence: Record<string, string> & { unknown: string } = {
  privileged_role:
    'The account holds an administrator role in Entra. Leave it to Microsoft 365, or bind with an explicit override.',
  synced:
    'The account is synced from on-premises Active Directory, where its password is kept. Bind it after it has become a cloud account.',
  guest: 'The account is a guest: its password lives in another organisation.',
  restricted: 'The account is in a restricted management unit, where this app has no rights.',
  break_glass: 'The account is on the break-glass list of this connection. Take it off the list first.',
  authoriser:
    'The connection works by the sign-in of this account, so it is left alone. Sign in as another administrator first.',
  unknown: 'It is not known whether the account is protected. Look at the preflight of the connection.',
}

/** Unbinds: the account is blocked, or kept enabled; the binding goes when that is done. */
export async function unbindUser(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  ids: { connectionId: string; userId: string },
  account: 'block' | 'keep',
): Promise<Binding> {
  const connection = await requireConnection(context, ids.connectionId)
  const binding = await findBinding(context.store.db, connection.id, ids.userId)
  const user = await requireUser(context, ids.userId)
  if (binding === undefined)
    throw new Problem('binding_not_found', `${user.display_name} is not bound to "${connection.name}".`)
  await context.store.change(actor, async (change) => {
    await markLeaving(change.trx, binding, account)
    change.event({
      type: 'binding_delete',
      user: user.id,
      connection: connection.id,
      account: binding.account_id,
      cause: account,
    })
  })
  const leaving: BindingRow = { ...binding, state: 'unbinding', unbind: account }
  const after = await attempt(context, runner, actor, connection, user.id)
  return await presentBinding(context.store.db, after ?? leaving)
}
