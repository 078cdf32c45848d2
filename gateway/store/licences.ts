import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { BindingLicence } from '@lockstep/shared/contract/licence'
import type { Kysely, Selectable } from 'kysely'
import type { LicenceState } from '../domain/licences.ts'
import type { BindingRow } from './bindings.ts'
import { listConnections } from './connections.ts'
import type { Database, Leavers } from './schema.ts'

/** A licence of a binding with the name that the tenant gives it. */
export type NamedLicence = LicenceState & { name: string }

export const licencesIn = (binding: Pick<BindingRow, 'licences'>): NamedLicence[] =>
  JSON.parse(binding.licences) as NamedLicence[]

/** As the contract shows them: one that was taken away there is one that is not held. */
export const presentLicences = (binding: Pick<BindingRow, 'licences'>): BindingLicence[] =>
  licencesIn(binding).map(({ sku, name, state, reason }) => ({
    sku,
    name,
    state: state === 'lost' ? 'failed' : state,
    reason,
  }))

/** A difference as people read it: a licence by its name. */
export function presentDrift<E extends { attribute: string; ours: string | null }>(
  binding: Pick<BindingRow, 'licences'>,
  entry: E,
): E {
  if (entry.attribute !== 'licence') return entry
  const licence = licencesIn(binding).find(({ sku }) => sku === entry.ours)
  return { ...entry, ours: licence?.name ?? entry.ours }
}

/** Members of a group have other licences than before, wherever a rule names it. Returns the connections. */
export async function markLicensedDirty(
  trx: Kysely<Database>,
  groupId: string,
  userId: string | 'everybody',
): Promise<string[]> {
  const named = (await listConnections(trx)).filter(({ settings }) => {
    const { licences } = JSON.parse(settings) as Partial<ConnectionSettings>
    return licences?.rules.some(({ group }) => group === groupId) ?? false
  })
  for (const { id } of named) {
    const bindings = trx
      .updateTable('bindings')
      .set((e) => ({ dirty: e('dirty', '+', 1), attempt: 0, next_attempt_at: null }))
      .where('connection_id', '=', id)
    if (userId !== 'everybody') await bindings.where('user_id', '=', userId).execute()
    else
      await bindings
        .where('user_id', 'in', (e) => e.selectFrom('memberships').select('user_id').where('group_id', '=', groupId))
        .execute()
  }
  return named.map(({ id }) => id)
}

/** Bindings of people who wait for a seat, the longest first. */
export async function bindingsThatWait(
  db: Kysely<Database>,
  connectionId: string,
  limit: number,
): Promise<Pick<BindingRow, 'user_id' | 'licences'>[]> {
  return await db
    .selectFrom('bindings')
    .select(['user_id', 'licences'])
    .where('connection_id', '=', connectionId)
    .where('licences_wait_since', 'is not', null)
    .orderBy('licences_wait_since')
    .orderBy('user_id')
    .limit(limit)
    .execute()
}

/** Licences of who was blocked at that time or before end now: the next plan takes them back. Returns how many people. */
export async function endLicences(trx: Kysely<Database>, connectionId: string, blockedUntil: number): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('bindings')
    .set((e) => ({ licences_end: 1, dirty: e('dirty', '+', 1) }))
    .where('connection_id', '=', connectionId)
    .where('blocked_at', '<=', blockedUntil)
    .where('licences_end', '=', 0)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** How many people who are bound are in any of these groups. */
export async function countBoundIn(
  db: Kysely<Database>,
  connectionId: string,
  groupIds: readonly string[],
): Promise<number> {
  if (groupIds.length === 0) return 0
  const row = await db
    .selectFrom('bindings')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('connection_id', '=', connectionId)
    .where('unbind', 'is', null)
    .where('user_id', 'in', (e) => e.selectFrom('memberships').select('user_id').where('group_id', 'in', groupIds))
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

export type LeaverRow = Selectable<Leavers>

/** The account was let go blocked: what we gave it is taken back later. */
export async function putLeaver(trx: Kysely<Database>, row: LeaverRow): Promise<void> {
  const { connection_id: _, account_id: __, ...values } = row
  await trx
    .insertInto('leavers')
    .values(row)
    .onConflict((c) => c.columns(['connection_id', 'account_id']).doUpdateSet(values))
    .execute()
}

/** Those who left at that time or before, the longest ago first. */
export async function dueLeavers(
  db: Kysely<Database>,
  connectionId: string,
  page: { blockedUntil: number; now: number; limit: number },
): Promise<LeaverRow[]> {
  return await db
    .selectFrom('leavers')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('blocked_at', '<=', page.blockedUntil)
    .where((e) => e.or([e('next_attempt_at', 'is', null), e('next_attempt_at', '<=', page.now)]))
    .orderBy('blocked_at')
    .orderBy('account_id')
    .limit(page.limit)
    .execute()
}

export async function retryLeaver(trx: Kysely<Database>, row: LeaverRow, next_attempt_at: number): Promise<void> {
  await trx
    .updateTable('leavers')
    .set({ next_attempt_at })
    .where('connection_id', '=', row.connection_id)
    .where('account_id', '=', row.account_id)
    .execute()
}

export async function eraseLeaver(trx: Kysely<Database>, row: LeaverRow): Promise<void> {
  await trx
    .deleteFrom('leavers')
    .where('connection_id', '=', row.connection_id)
    .where('account_id', '=', row.account_id)
    .execute()
}
