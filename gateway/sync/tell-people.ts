import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import { type BindingRow, bindingsOfUser } from '../store/bindings.ts'
import { type ConnectionRow, listConnections } from '../store/connections.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { SyncContext } from './context.ts'

type Told = Pick<UserRow, 'state'>

/**
 * Whether somebody hears by mail of being bound: as was asked for, else as the connection has it. Whoever may not sign in
 * yet hears of it with the activation unless it was asked for, and a connection that only observes has nothing to tell.
 */
export function hearsOfBinding(connection: ConnectionRow, { state }: Told, notify: boolean | undefined): boolean {
  const { mode, notifyOnBind } = JSON.parse(connection.settings) as ConnectionSettings
  if (mode !== 'apply' || state === 'suspended') return false
  return state === 'active' ? (notify ?? notifyOnBind) : notify === true
}

/** One mail, with all accounts that the person has by now; whoever may not sign in yet has nothing to do. */
export async function tellBound(context: SyncContext, change: Change, user: UserRow): Promise<void> {
  const accounts = await accountsOf(change, user, ({ unbind }) => unbind === null)
  await context.tell(change, user.id, { kind: user.state === 'active' ? 'bound' : 'adopted', values: { accounts } })
}

/** The last word of a rehearsal. */
export function mailsSentence(count: number): string {
  if (count === 0) return 'Nobody would be told by mail.'
  return count === 1 ? 'One person would be told by mail.' : `${count} people would be told by mail.`
}

/** The password was changed at Microsoft. */
export async function tellDrift(context: SyncContext, change: Change, user: UserRow): Promise<void> {
  const accounts = await accountsOf(change, user, (binding) => binding.password_state === 'drifted')
  if (user.state === 'active') await context.tell(change, user.id, { kind: 'two_passwords', values: { accounts } })
}

/** Microsoft refused a password that is in force here: nobody is at the page any more to see it. */
export async function tellRefused(
  context: SyncContext,
  change: Change,
  userId: string,
  version: number | null,
): Promise<void> {
  const { trx } = change
  const user = await trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst()
  const inForce = await trx
    .selectFrom('user_credentials')
    .select('version')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (user?.state !== 'active' || version === null || inForce?.version !== version) return
  const accounts = await accountsOf(change, user, (binding) => binding.password_state === 'rejected')
  await context.tell(change, user.id, { kind: 'refused', values: { accounts } })
}

async function accountsOf({ trx }: Change, user: UserRow, which: (binding: BindingRow) => boolean): Promise<string> {
  const bindings = (await bindingsOfUser(trx, user.id)).filter(which)
  const connections = await listConnections(trx)
  const names = connections.filter(({ id }) => bindings.some(({ connection_id }) => connection_id === id))
  return names.map(({ name }) => `${user.email} (${name})`).join(', ')
}
