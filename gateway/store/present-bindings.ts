import type { Binding } from '@lockstep/shared/contract/binding'
import type { Kysely } from 'kysely'
import { findAccounts } from './accounts.ts'
import type { BindingRow } from './bindings.ts'
import { presentDrift, presentLicences } from './licences.ts'
import type { Database } from './schema.ts'
import { findUsersEvenDeleted } from './users.ts'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

export async function presentBinding(db: Kysely<Database>, row: BindingRow): Promise<Binding> {
  const [binding] = await presentBindings(db, [row])
  if (binding === undefined) throw new Error('A binding could not be presented.')
  return binding
}

/** Bindings as the contract shows them, in the same order. */
export async function presentBindings(db: Kysely<Database>, rows: readonly BindingRow[]): Promise<Binding[]> {
  const names = await namesOf(db, rows)
  return rows.map((row) => toBinding(row, names.get(keyOf(row)) ?? ''))
}

const keyOf = ({ connection_id, user_id }: BindingRow) => `${connection_id} ${user_id}`

/** The name of each account, or what it would be while nobody has seen it. */
async function namesOf(db: Kysely<Database>, rows: readonly BindingRow[]): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const connectionId of new Set(rows.map((row) => row.connection_id))) {
    const here = rows.filter((row) => row.connection_id === connectionId)
    const accounts = await findAccounts(
      db,
      connectionId,
      here.flatMap(({ account_id }) => account_id ?? []),
    )
    for (const row of here) {
      const account = accounts.get(row.account_id ?? '')?.account
      if (account !== undefined) names.set(keyOf(row), account.userPrincipalName)
    }
  }
  const unseen = rows.filter((row) => !names.has(keyOf(row)))
  const people = await findUsersEvenDeleted(
    db,
    unseen.map(({ user_id }) => user_id),
  )
  for (const row of unseen) names.set(keyOf(row), people.get(row.user_id)?.email ?? '')
  return names
}

function toBinding(row: BindingRow, userPrincipalName: string): Binding {
  const drift = JSON.parse(row.drift) as {
    attribute: string
    ours: string | null
    theirs: string | null
    seenAt: number
  }[]
  return {
    userId: row.user_id as Binding['userId'],
    connectionId: row.connection_id as Binding['connectionId'],
    accountId: row.account_id as Binding['accountId'],
    userPrincipalName,
    state: row.state,
    password: {
      state: row.password_state,
      version: row.password_version,
      syncedAt: iso(row.password_synced_at),
      awaitingSince: row.password_state === 'awaiting_login' ? iso(row.awaiting_since) : null,
      reason: row.password_reason,
      old: row.old_password,
    },
    lastSyncAt: iso(row.last_sync_at),
    nextAttemptAt: iso(row.next_attempt_at),
    error: row.error === null ? null : (JSON.parse(row.error) as Binding['error']),
    drift: drift.map((entry) => ({ ...presentDrift(row, entry), seenAt: new Date(entry.seenAt).toISOString() })),
    unmapped: JSON.parse(row.unmapped) as Binding['unmapped'],
    licences: presentLicences(row),
  }
}
