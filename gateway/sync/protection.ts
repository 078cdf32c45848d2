import type { Kysely } from 'kysely'
import { system } from '../domain/actor.ts'
import { type FoundProtection, putProtection } from '../store/accounts.ts'
import { markAccountsDirty } from '../store/bindings.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import type { Database } from '../store/schema.ts'
import type { SyncContext } from './context.ts'

/** The administrator whose sign-in a connection uses. */
export const authoriserOf = ({
  authorised_by,
}: Pick<ConnectionRow, 'authorised_by'>): { accountId: string; name: string } | null =>
  authorised_by === null ? null : (JSON.parse(authorised_by) as { accountId: string; name: string })

export const isAuthoriser = (connection: ConnectionRow, accountId: string): boolean =>
  authoriserOf(connection)?.accountId === accountId

/** At once, where the account is known; the next read of who is protected says it of any. */
export async function protectAuthoriser(trx: Kysely<Database>, connectionId: string, accountId: string): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ protection: 'authoriser' satisfies FoundProtection })
    .where('connection_id', '=', connectionId)
    .where('id', '=', accountId)
    .where('protection', 'is', null)
    .execute()
  await markAccountsDirty(trx, connectionId, [accountId])
}

/** Roles may have been given since: who is protected is read again before anything is written. */
export async function readProtection(context: SyncContext, connection: ConnectionRow): Promise<void> {
  const tenant = context.tenants.of(connection)
  const ids = new Map<string, FoundProtection>(await tenant.protectedAccounts())
  const { breakGlass } = JSON.parse(connection.settings) as { breakGlass: string[] }
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    for (const entry of breakGlass) {
      const row = await change.trx
        .selectFrom('accounts')
        .select('id')
        .where('connection_id', '=', connection.id)
        .where((e) => e.or([e('id', '=', entry.toLowerCase()), e('user_principal_name', '=', entry.toLowerCase())]))
        .executeTakeFirst()
      if (row !== undefined) ids.set(row.id, 'break_glass')
    }
    const authoriser = authoriserOf(connection)
    if (authoriser !== null) ids.set(authoriser.accountId, 'authoriser')
    const changed = await putProtection(change.trx, connection.id, ids)
    await markAccountsDirty(change.trx, connection.id, changed)
    await updateConnection(change.trx, connection.id, { protected_read_at: context.runtime.now() })
  })
}
