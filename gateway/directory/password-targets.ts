import type { Kysely } from 'kysely'
import { type BindingRow, bindingsOfUser } from '../store/bindings.ts'
import { listConnections } from '../store/connections.ts'
import type { Database } from '../store/schema.ts'
import type { UserRow } from '../store/users.ts'
import { takenOver } from './takeover.ts'

export type PasswordTarget = { binding: BindingRow; tenantId: string; takeover: boolean; name: string }

/** Bindings that a password can go to, with the tenant that they are in; none for people who may not sign in. */
export async function passwordTargets(
  db: Kysely<Database>,
  user: Pick<UserRow, 'id' | 'state'>,
): Promise<PasswordTarget[]> {
  if (user.state !== 'active') return []
  const connections = new Map((await listConnections(db)).map((row) => [row.id, row]))
  const targets: PasswordTarget[] = []
  for (const binding of await bindingsOfUser(db, user.id)) {
    const connection = connections.get(binding.connection_id)
    if (connection === undefined || isOutOfReach[binding.state] === true) continue
    const takeover = (await takenOver(db, connection, [user.id])).has(user.id)
    targets.push({ binding, tenantId: connection.tenant_id, takeover, name: connection.name })
  }
  return targets
}

/** Whose account is gone or not followed, has nowhere to have a password. */
const isOutOfReach: Partial<Record<BindingRow['state'], boolean>> = {
  unbinding: true,
  missing: true,
  out_of_scope: true,
}
