import type { Kysely } from 'kysely'
import type { BlockCause } from '../domain/operation.ts'
import { type BindingRow, blankBinding, insertBinding } from './bindings.ts'
import type { Database } from './schema.ts'
import { findUsersEvenDeleted } from './users.ts'

/** How long a deactivated connection can come back in one plan, in ms. */
export const tombstoneMs = 30 * 86_400_000

/** What of a binding is still true when its connection comes back. */
type Kept = Pick<
  BindingRow,
  | 'attributes_mode'
  | 'baseline'
  | 'override_protected'
  | 'password_state'
  | 'password_version'
  | 'password_synced_at'
  | 'password_tenant_at'
  | 'created_at'
  | 'licences'
  | 'blocked_at'
>

/** Keeps who was bound to what, and which accounts are blocked by us; nothing else of the connection stays. */
export async function buryConnection(
  trx: Kysely<Database>,
  connection: { id: string; tenant_id: string },
  endsAt: number,
): Promise<void> {
  await eraseTombstone(trx, connection.tenant_id)
  const bindings = await trx.selectFrom('bindings').selectAll().where('connection_id', '=', connection.id).execute()
  const blocks = await trx
    .selectFrom('accounts')
    .select(['id', 'blocked_by'])
    .where('connection_id', '=', connection.id)
    .where('blocked_by', 'is not', null)
    .execute()
  const blockedBy = new Map(blocks.map((row) => [row.id, row.blocked_by]))
  const bound = bindings.filter((row) => row.account_id !== null && row.unbind === null)
  const rows = [
    ...bound.map((row) => ({ account_id: row.account_id ?? '', user_id: row.user_id, binding: keptOf(row) })),
    ...blocks
      .filter(({ id }) => !bound.some((row) => row.account_id === id))
      .map(({ id }) => ({ account_id: id, user_id: null, binding: null })),
  ]
  for (const row of rows) {
    await trx
      .insertInto('tombstones')
      .values({
        ...row,
        tenant_id: connection.tenant_id,
        blocked_by: blockedBy.get(row.account_id) ?? null,
        ends_at: endsAt,
      })
      .execute()
  }
}

function keptOf(row: BindingRow): string {
  const pending = row.password_state === 'pending'
  const kept: Kept = {
    attributes_mode: row.attributes_mode,
    baseline: row.baseline,
    override_protected: row.override_protected,
    // A sealed password does not survive: the next sign-in brings it again.
    password_state: pending ? 'awaiting_login' : row.password_state,
    password_version: row.password_version,
    password_synced_at: row.password_synced_at,
    password_tenant_at: row.password_tenant_at,
    created_at: row.created_at,
    licences: row.licences,
    blocked_at: row.blocked_at,
  }
  return JSON.stringify(kept)
}

/** Binds everybody again who is still here, each to be planned before anything is written. Returns how many. */
export async function returnBindings(
  trx: Kysely<Database>,
  connection: { id: string; tenant_id: string },
  now: number,
): Promise<number> {
  const rows = await trx
    .selectFrom('tombstones')
    .selectAll()
    .where('tenant_id', '=', connection.tenant_id)
    .where('ends_at', '>', now)
    .where('binding', 'is not', null)
    .execute()
  const users = await findUsersEvenDeleted(
    trx,
    rows.flatMap((row) => row.user_id ?? []),
  )
  let returned = 0
  for (const row of rows) {
    const user = users.get(row.user_id ?? '')
    if (user === undefined || user.deleted_at !== null || row.binding === null) continue
    const elsewhere = await trx
      .selectFrom('bindings')
      .select('user_id')
      .where('user_id', '=', user.id)
      .executeTakeFirst()
    if (elsewhere !== undefined) continue
    const kept = JSON.parse(row.binding) as Kept
    const key = { connection_id: connection.id, user_id: user.id, created_at: kept.created_at }
    await insertBinding(trx, { ...blankBinding(key), ...kept, account_id: row.account_id, recover: 'return' })
    returned += 1
  }
  return returned
}

/** Accounts that we had blocked are ours to enable again, if they are still blocked. */
export async function returnBlocks(
  trx: Kysely<Database>,
  connection: { id: string; tenant_id: string },
): Promise<void> {
  const rows = await trx
    .selectFrom('tombstones')
    .select(['account_id', 'blocked_by'])
    .where('tenant_id', '=', connection.tenant_id)
    .where('blocked_by', 'is not', null)
    .execute()
  for (const { account_id, blocked_by } of rows) {
    const account = await trx
      .selectFrom('accounts')
      .select('observed')
      .where('connection_id', '=', connection.id)
      .where('id', '=', account_id)
      .executeTakeFirst()
    if (account === undefined || (JSON.parse(account.observed) as { enabled: boolean }).enabled) continue
    await trx
      .updateTable('accounts')
      .set({ blocked_by: blocked_by as BlockCause })
      .where('connection_id', '=', connection.id)
      .where('id', '=', account_id)
      .execute()
  }
}

export async function eraseTombstone(trx: Kysely<Database>, tenantId: string): Promise<void> {
  await trx.deleteFrom('tombstones').where('tenant_id', '=', tenantId).execute()
}

export async function erasePastTombstones(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('tombstones').where('ends_at', '<=', now).execute()
}
