import type { Binding } from '@lockstep/shared/contract/binding'
import type { DriftAction, DriftRow } from '@lockstep/shared/contract/drift'
import type { Job } from '@lockstep/shared/contract/job'
import type { UpdateUser } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import type { Baseline } from '../domain/desire.ts'
import type { Tracked } from '../domain/operation.ts'
import { Problem } from '../domain/problem.ts'
import { TenantError } from '../graph/failure.ts'
import { findAccounts } from '../store/accounts.ts'
import { type BindingRow, findBinding, listDriftedPage, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { presentDrift } from '../store/licences.ts'
import { cursorOf, type Page, readCursor } from '../store/page.ts'
import { presentBinding } from '../store/present-bindings.ts'
import { findUsersEvenDeleted } from '../store/users.ts'
import { adopted, isAdoptable } from './adopt.ts'
import { attempt, requireUser } from './bind.ts'
import type { SyncContext } from './context.ts'
import type { JobRun, Jobs } from './jobs.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { assertUsable } from './sync-bindings.ts'

type Entry = { attribute: Tracked | 'licence'; ours: string | null; theirs: string | null; seenAt: number }

/** Changes a person of the directory; the directory does, with all its rules. */
export type UpdatePerson = (actor: Actor, userId: string, values: UpdateUser) => Promise<unknown>

export type DriftDeps = { runner: Runner; updateUser: UpdatePerson }

export async function listDrift(
  context: SyncContext,
  id: string,
  query: {
    limit: number
    cursor?: string | undefined
    count?: 'true' | 'false' | undefined
    attribute?: string | undefined
  },
): Promise<Page<DriftRow>> {
  await requireConnection(context, id)
  const after = query.cursor === undefined ? '' : readCursor(query.cursor).id
  const rows = await listDriftedPage(context.store.db, id, { after, limit: query.limit + 1 })
  const page = rows.slice(0, query.limit)
  const users = await findUsersEvenDeleted(
    context.store.db,
    page.map((row) => row.user_id),
  )
  const named = await managersOf(context, id, page.flatMap(entriesOf))
  const items = page.flatMap((row) =>
    entriesOf(row)
      .filter(({ attribute }) => query.attribute === undefined || attribute === query.attribute)
      .map((entry) => ({
        ...presentDrift(row, named(entry)),
        userId: row.user_id as DriftRow['userId'],
        displayName: users.get(row.user_id)?.display_name ?? '',
        accountId: row.account_id,
        seenAt: new Date(entry.seenAt).toISOString(),
      })),
  )
  const last = rows.length > page.length ? page.at(-1) : undefined
  return {
    items,
    next: last === undefined ? null : cursorOf({ text: '', number: 0, id: last.user_id }),
    ...(query.count === 'true' && { total: await countDrift(context, id, query.attribute) }),
  }
}

/** People know managers by their names, not by their object ids. */
async function managersOf(
  context: SyncContext,
  id: string,
  entries: readonly Entry[],
): Promise<(entry: Entry) => Entry> {
  const ids = entries.flatMap(({ attribute, ours, theirs }) => (attribute === 'manager' ? [ours, theirs] : []))
  const accounts = await findAccounts(
    context.store.db,
    id,
    ids.flatMap((each) => each ?? []),
  )
  const name = (value: string | null) => accounts.get(value ?? '')?.account.userPrincipalName ?? value
  return (entry) =>
    entry.attribute === 'manager' ? { ...entry, ours: name(entry.ours), theirs: name(entry.theirs) } : entry
}

async function countDrift(context: SyncContext, id: string, attribute: string | undefined): Promise<number> {
  let total = 0
  for await (const row of driftedWith(context, id, attribute))
    total += entriesOf(row).filter((entry) => attribute === undefined || entry.attribute === attribute).length
  return total
}

const entriesOf = (row: BindingRow) => JSON.parse(row.drift) as Entry[]

/** Takes over the values of the account into the directory, or sends ours again. */
export async function resolveDrift(
  context: SyncContext,
  deps: DriftDeps,
  actor: Actor,
  ids: { connectionId: string; userId: string },
  input: { action: DriftAction; attributes?: readonly string[] | undefined },
): Promise<Binding> {
  const connection = await requireConnection(context, ids.connectionId)
  assertUsable(connection)
  const user = await requireUser(context, ids.userId)
  const binding = await findBinding(context.store.db, connection.id, user.id)
  if (binding === undefined)
    throw new Problem('binding_not_found', `${user.display_name} is not bound to "${connection.name}".`)
  await resolve(context, deps, actor, connection, binding, input)
  const after = await attempt(context, deps.runner, actor, connection, user.id)
  return await presentBinding(context.store.db, after ?? binding)
}

async function resolve(
  context: SyncContext,
  deps: DriftDeps,
  actor: Actor,
  connection: ConnectionRow,
  binding: BindingRow,
  input: { action: DriftAction; attributes?: readonly string[] | undefined },
): Promise<void> {
  const entries = entriesToResolve(binding, input)
  if (entries.length === 0)
    throw new Problem('no_drift', 'Nothing of this differs any more. Look at the person again for what does.')
  if (input.action === 'adopt') {
    const values = await adopted(context.store.db, connection.id, entries)
    await deps.updateUser(actor, binding.user_id, values)
  }
  await context.store.change(actor, async (change) => {
    const now = await findBinding(change.trx, connection.id, binding.user_id)
    if (now === undefined) return change.quiet('unbound meanwhile')
    const values =
      input.action === 'repair'
        ? { repair: JSON.stringify(entries.map(({ attribute }) => attribute)) }
        : { baseline: JSON.stringify(agreed(now, entries)) }
    const attempt = { attempt: 0, next_attempt_at: null }
    await updateBinding(change.trx, now, { ...values, ...attempt, state: 'out_of_sync', dirty: now.dirty + 1 })
    change.event({
      type: `binding_drift_${input.action}`,
      user: binding.user_id,
      connection: connection.id,
      account: binding.account_id,
      changes: entries
        .map((entry) => presentDrift(binding, entry))
        .map(({ attribute, ours, theirs }) =>
          input.action === 'adopt'
            ? { attribute, before: ours, after: theirs }
            : { attribute, before: theirs, after: ours },
        ),
    })
  })
}

/** Those that are named, or all; what cannot be adopted is left where it is not named, unless there is nothing else. */
function entriesToResolve(
  binding: BindingRow,
  { action, attributes }: { action: DriftAction; attributes?: readonly string[] | undefined },
): Entry[] {
  const all = entriesOf(binding)
  if (attributes !== undefined) return all.filter(({ attribute }) => attributes.includes(attribute))
  const adoptable = all.filter(isAdoptable)
  return action === 'adopt' && adoptable.length > 0 ? adoptable : all
}

/** Both sides hold the account's values from now on. */
function agreed(binding: BindingRow, entries: readonly Entry[]): Baseline {
  const before = binding.baseline === null ? {} : (JSON.parse(binding.baseline) as Baseline)
  const both = entries.map(({ attribute, theirs }) => [attribute, { ours: theirs, theirs }])
  return { ...before, ...Object.fromEntries(both) }
}

export async function startResolveAll(
  context: SyncContext,
  jobs: Jobs,
  actor: Actor,
  id: string,
  input: { action: DriftAction; attribute?: string | undefined },
): Promise<Job> {
  const connection = await requireConnection(context, id)
  assertUsable(connection)
  let total = 0
  for await (const _ of driftedWith(context, id, input.attribute)) total += 1
  return await jobs.start('drift', id, actor, input, total)
}

export async function runResolveAll(
  context: SyncContext,
  deps: DriftDeps,
  run: JobRun,
  connectionId: string | null,
): Promise<void> {
  const input = run.input as { action: DriftAction; attribute?: string }
  const connection = await requireConnection(context, connectionId ?? '')
  for await (const binding of driftedWith(context, connection.id, input.attribute)) {
    if (run.finished.has(binding.user_id)) continue
    const userId = binding.user_id
    try {
      const attributes = input.attribute === undefined ? undefined : [input.attribute]
      await resolve(context, deps, run.actor, connection, binding, { action: input.action, attributes })
      await run.report([{ item: userId, ok: true, result: { userId, result: input.action } }])
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof TenantError) throw error
      const told = { code: error.code, detail: error.message }
      await run.report([{ item: userId, ok: false, result: { userId, result: 'failed', error: told } }])
    }
  }
  deps.runner.wake(connection.id)
}

async function* driftedWith(
  context: SyncContext,
  id: string,
  attribute: string | undefined,
): AsyncGenerator<BindingRow> {
  for (let after = ''; ; ) {
    const page = await listDriftedPage(context.store.db, id, { after, limit: 500 })
    const last = page.at(-1)
    if (last === undefined) return
    after = last.user_id
    yield* page.filter(
      (row) => attribute === undefined || entriesOf(row).some((entry) => entry.attribute === attribute),
    )
  }
}
