import { system } from '../domain/actor.ts'
import { putProtection } from '../store/accounts.ts'
import { markAccountsDirty } from '../store/bindings.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import type { SyncContext } from './context.ts'

/** Roles may have been given since: who is protected is read again before anything is written. */
export async function readProtection(context: SyncContext, connection: ConnectionRow): Promise<void> {
  const tenant = context.tenants.of(connection)
  const ids = new Map<string, 'privileged_role' | 'break_glass'>(await tenant.protectedAccounts())
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
    const changed = await putProtection(change.trx, connection.id, ids)
    await markAccountsDirty(change.trx, connection.id, changed)
    await updateConnection(change.trx, connection.id, { protected_read_at: context.runtime.now() })
  })
}
