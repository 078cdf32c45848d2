import type { Binding } from '@lockstep/shared/contract/binding'
import type { BindingRow } from '../store/bindings.ts'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** A row as the contract shows it. */
export function presentBinding(row: BindingRow, user: { email: string }, connection: { id: string }): Binding {
  const drift = JSON.parse(row.drift) as {
    attribute: string
    ours: string | null
    theirs: string | null
    seenAt: number
  }[]
  return {
    userId: row.user_id as Binding['userId'],
    connectionId: connection.id as Binding['connectionId'],
    accountId: row.account_id as Binding['accountId'],
    userPrincipalName: user.email,
    state: row.state,
    password: {
      state: row.password_state,
      version: row.password_version,
      syncedAt: iso(row.password_synced_at),
      awaitingSince: row.password_state === 'awaiting_login' ? iso(row.awaiting_since) : null,
      reason: row.password_reason,
    },
    lastSyncAt: iso(row.last_sync_at),
    nextAttemptAt: iso(row.next_attempt_at),
    error: row.error === null ? null : (JSON.parse(row.error) as NonNullable<Binding['error']>),
    drift: drift.map((entry) => ({ ...entry, seenAt: new Date(entry.seenAt).toISOString() })),
    unmapped: JSON.parse(row.unmapped) as Binding['unmapped'],
  }
}
