import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { type Administrator, breakGlassOf } from '../domain/break-glass.ts'
import { Problem } from '../domain/problem.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'
import { authoriserOf } from './protection.ts'

/** Nothing where nobody knows who the administrators are: that is said already. */
export async function breakGlassChecks(
  context: SyncContext,
  connection: ConnectionRow | null,
  administrators: readonly Administrator[] | null,
): Promise<PreflightCheck[]> {
  if (administrators === null) return []
  const left = await wayIn(context, connection, administrators)
  const check = { check: 'break_glass', level: 'warning' } as const
  if (left.length === 0)
    return [
      {
        ...check,
        ok: false,
        detail:
          'No cloud-only Global Administrator stands outside of Lockstep: if something goes wrong here or on-premises, nobody gets into the tenant.',
        remedy:
          'Make an emergency account in Entra that is enabled, not synced, a Global Administrator and not bound to anybody here, and put it on the break-glass list of the connection.',
      },
    ]
  const names = left.map(({ name }) => name).join(', ')
  const detail = `Cloud-only Global Administrators whom Lockstep does not look after: ${names}.${left.length === 1 ? ' Microsoft advises to have two.' : ''}`
  return [{ ...check, ok: true, detail, remedy: null }]
}

/** Whatever is overridden, one administrator has to be left who gets into the tenant without us. Asks the tenant itself. */
export async function refuseLastWayIn(
  context: SyncContext,
  connection: ConnectionRow,
  accountId: string,
): Promise<void> {
  const left = await wayIn(context, connection, await context.tenants.of(connection).globalAdministrators())
  if (left.length !== 1 || left[0]?.id !== accountId) return
  throw new Problem(
    'account_protected',
    'This is the last cloud-only Global Administrator whom Lockstep does not look after. Make another emergency account in Entra first.',
  )
}

async function wayIn(
  { store }: SyncContext,
  connection: ConnectionRow | null,
  administrators: readonly Administrator[],
): Promise<Administrator[]> {
  const bound = new Set<string>()
  if (connection !== null)
    for (const { id } of administrators)
      if ((await bindingOfAccount(store.db, connection.id, id)) !== undefined) bound.add(id)
  const authoriser = connection && (authoriserOf(connection)?.accountId ?? null)
  return breakGlassOf(administrators, { bound, authoriser })
}
