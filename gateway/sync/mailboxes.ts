import type { AccountId } from '@lockstep/shared/contract/ids'
import { system } from '../domain/actor.ts'
import { findAccounts, type StoredAccount } from '../store/accounts.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'

/**
 * Asks the tenant what the mailboxes are for that look as if they were nobody's, once each. Without the right to know
 * (MailboxSettings.Read), or while the tenant is silent, they go on looking so.
 */
export async function askMailboxes(
  context: SyncContext,
  connection: ConnectionRow,
  accounts: readonly StoredAccount[],
): Promise<StoredAccount[]> {
  const open = accounts.filter(({ traits }) => traits.looksShared && traits.mailbox === null)
  if (open.length === 0) return [...accounts]
  const ids = open.map(({ account }) => account.id)
  const purposes = await context.tenants
    .of(connection)
    .mailboxPurposes(ids)
    .catch((error: unknown) => {
      context.log({ msg: 'mailboxes could not be asked for', connection: connection.id, error: String(error) })
      return new Map<AccountId, string>()
    })
  if (purposes.size === 0) return [...accounts]
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    for (const [id, mailbox] of purposes)
      await change.trx
        .updateTable('accounts')
        .set({ mailbox })
        .where('connection_id', '=', connection.id)
        .where('id', '=', id)
        .execute()
  })
  const after = await findAccounts(context.store.db, connection.id, ids)
  return accounts.map((stored) => after.get(stored.account.id) ?? stored)
}
