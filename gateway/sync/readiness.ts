import { setImmediate as turn } from 'node:timers/promises'
import type { Readiness, ReadinessCode, ReadinessRow } from '@lockstep/shared/contract/readiness'
import { plan } from '../domain/plan.ts'
import { isBlocking, readinessOf } from '../domain/readiness.ts'
import { type BindingRow, blankBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Page } from '../store/page.ts'
import { searchUsers, type UserQuery, type UserRow } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { loadUnits, type Unit } from './load.ts'
import { requireConnection } from './require-connection.ts'

type Query = Pick<UserQuery, 'limit' | 'cursor' | 'count'>

/** What would become of people if they were bound, from what was observed last: page by page, by name. */
export async function listReadiness(context: SyncContext, id: string, query: Query): Promise<Page<ReadinessRow>> {
  const connection = await requireConnection(context, id)
  const page = await searchUsers(context.store.db, query)
  return { ...page, items: await rowsOf(context, connection, page.items) }
}

export async function sumReadiness(context: SyncContext, id: string): Promise<Readiness> {
  const connection = await requireConnection(context, id)
  const sum: Readiness = { people: 0, ready: 0, reasons: {}, operations: {} }
  for (let cursor: string | undefined; ; ) {
    const page: Page<UserRow> = await searchUsers(context.store.db, { limit: 500, cursor })
    for (const row of await rowsOf(context, connection, page.items)) {
      sum.people += 1
      if (row.ready) sum.ready += 1
      for (const { code } of row.reasons) sum.reasons[code] = (sum.reasons[code] ?? 0) + 1
      for (const kind of row.operations) sum.operations[kind] = (sum.operations[kind] ?? 0) + 1
    }
    if (page.next === null) return sum
    cursor = page.next
    // The store answers without ever waiting: everybody else has a turn in between.
    await turn()
  }
}

async function rowsOf(
  context: SyncContext,
  connection: ConnectionRow,
  users: readonly UserRow[],
): Promise<ReadinessRow[]> {
  const { db } = context.store
  const present = await db
    .selectFrom('bindings')
    .selectAll()
    .where('connection_id', '=', connection.id)
    .where(
      'user_id',
      'in',
      users.map(({ id }) => id),
    )
    .execute()
  const bindings = new Map(present.map((row) => [row.user_id, row]))
  const supposed = users.map(({ id }): BindingRow => {
    return bindings.get(id) ?? blankBinding({ connection_id: connection.id, user_id: id, created_at: 0 })
  })
  const domains = new Set(JSON.parse(connection.domains) as string[])
  return (await loadUnits(db, connection, supposed, context.runtime.now())).map((unit) =>
    rowOf(unit, domains, bindings.has(unit.user.id)),
  )
}

function rowOf(unit: Unit, domains: ReadonlySet<string>, bound: boolean): ReadinessRow {
  const { user, desired, target } = unit
  const planned = plan(desired, target)
  const reasons = readinessOf(desired, target, planned, {
    state: user.state,
    domainFits: domains.has(user.email.slice(user.email.lastIndexOf('@') + 1)),
    hasAlternateMail: user.alternate_email !== null,
  })
  const ready = !reasons.some(isBlocking)
  return {
    userId: user.id as ReadinessRow['userId'],
    displayName: user.display_name,
    email: user.email,
    bound,
    ready,
    reasons: reasons.map((code) => ({ code, detail: sentences[code] })),
    operations: ready ? planned.operations.map(({ kind }) => kind) : [],
  }
}

const sentences: Readonly<Record<ReadinessCode, string>> = {
  domain_not_in_connection: 'The address is in none of the domains of this tenant.',
  out_of_scope: 'In none of the groups that the connection is for.',
  account_conflict: 'More than one account matches, or the account belongs to somebody else. Choose one when you bind.',
  account_protected:
    'The account is protected: it holds an administrator role, is a guest, or is synced from on-premises.',
  account_deleted: 'The account was deleted in Microsoft 365. Restore it, or create it anew.',
  no_alternate_mail: 'Staged, without an account and without another address: nobody can be told how to begin.',
  no_usage_location: 'No usage location on either side: without one no licence can be given.',
  old_password_valid: 'Staged, and the old Microsoft password still signs in until a first password is set here.',
  value_not_mapped: 'The mapping cannot make a value that fits. Test the mapping with this person.',
}
