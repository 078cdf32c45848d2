import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from '../domain/account.ts'
import { system } from '../domain/actor.ts'
import { isSuspicious } from '../domain/empty-read.ts'
import type { PartialObservation, Tenant } from '../graph/tenant.ts'
import { countAccounts, findAccounts, markDeleted, putAccounts, unseenSince } from '../store/accounts.ts'
import { markAccountsDirty } from '../store/bindings.ts'
import { dropOldBlockIntents } from '../store/blocks.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import type { SyncContext } from './context.ts'

/** A full read at least this often, whatever the deltas said, in ms. */
const fullReadEveryMs = 24 * 3_600_000

export type Observation = { observed: number; full: boolean }

/**
 * Follows the delta to its end and remembers every account as it is. A page may lack properties: what is not complete is
 * read by id. The link is stored only after all pages of the round are; absences are confirmed by id before they count, and
 * where too many are absent at once everything is read in full before.
 */
export async function observe(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<Observation> {
  const now = context.runtime.now()
  const due = connection.full_read_at === null || now - connection.full_read_at >= fullReadEveryMs
  const first = due ? null : await readRound(context, connection, tenant, connection.delta_link)
  const small = first !== null && first !== 'reset' && !(await lostTooMany(context, connection, first.removed.length))
  const round = small ? first : await readInFull(context, connection, tenant)
  await confirmAbsent(context, connection, tenant, round.removed)
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    await dropOldBlockIntents(change.trx, connection.id, now)
    await updateConnection(change.trx, connection.id, {
      delta_link: round.deltaLink,
      ...(!small && { full_read_at: now }),
    })
  })
  return { observed: round.observed, full: !small }
}

type Round = {
  observed: number
  deltaLink: string
  /** Known accounts that the round says are gone, or did not show. */
  removed: string[]
}

/** Everything from the beginning; twice when the first time lost so many that it may be the read that is wrong. */
async function readInFull(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<Round> {
  for (let again = false; ; again = true) {
    const since = context.runtime.now()
    const round = await readRound(context, connection, tenant, null)
    if (round === 'reset') throw new Error('The tenant gave up its delta token in a read from the beginning.')
    const removed = await unseenSince(context.store.db, connection.id, since)
    if (again || !(await lostTooMany(context, connection, removed.length))) return { ...round, removed }
    await context.store.change(system, async (change) => {
      change.event({
        type: 'connection_read_again',
        outcome: 'skipped',
        connection: connection.id,
        detail: `The tenant did not show ${removed.length} known accounts. Everything is read again before that means anything.`,
      })
    })
  }
}

const lostTooMany = async (context: SyncContext, connection: ConnectionRow, lost: number): Promise<boolean> =>
  lost > 0 && isSuspicious(lost, await countAccounts(context.store.db, connection.id))

async function readRound(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  link: string | null,
): Promise<'reset' | Round> {
  let observed = 0
  let deltaLink: string | null = null
  const removed = new Set<AccountId>()
  for await (const page of tenant.observe(link)) {
    if (page.kind === 'reset') return 'reset'
    const accounts = await complete(context, connection, tenant, page.accounts)
    await remember(context, connection.id, accounts)
    for (const { id } of page.accounts) removed.delete(id)
    for (const { id } of page.removed) removed.add(id)
    observed += page.accounts.length + page.removed.length
    deltaLink = page.deltaLink
  }
  if (deltaLink === null) throw new Error('The tenant ended its delta without a link for the next round.')
  return { observed, deltaLink, removed: await known(context, connection.id, [...removed]) }
}

/** Merges what the page says into what we knew; reads by id what remains incomplete. */
async function complete(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  partial: readonly PartialObservation[],
): Promise<ObservedAccount[]> {
  const stored = await findAccounts(
    context.store.db,
    connection.id,
    partial.map((item) => item.id),
  )
  const whole: ObservedAccount[] = []
  const missing: AccountId[] = []
  for (const item of new Map(partial.map((each) => [each.id, each])).values()) {
    const before = stored.get(item.id)?.account
    const merged = tenant.merge(before ?? null, item)
    if (merged === null) missing.push(item.id)
    else whole.push(merged)
  }
  if (missing.length > 0) whole.push(...(await tenant.readAccounts(missing)).values())
  return whole
}

/** Stores accounts and marks the bindings of those that changed. */
export async function remember(
  context: SyncContext,
  connectionId: string,
  accounts: readonly ObservedAccount[],
): Promise<void> {
  if (accounts.length === 0) return
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    const changed = await putAccounts(change.trx, connectionId, accounts, context.runtime.now())
    await markAccountsDirty(change.trx, connectionId, changed)
  })
}

async function known(context: SyncContext, connectionId: string, ids: readonly AccountId[]): Promise<AccountId[]> {
  const stored = await findAccounts(context.store.db, connectionId, ids)
  return ids.filter((id) => stored.get(id)?.deletedAt === null)
}

/** Absence is never derived: each is asked for by id, and what answers is no absence. */
async function confirmAbsent(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  const found = await tenant.readAccounts(ids as AccountId[])
  await remember(context, connection.id, [...found.values()])
  const gone = ids.filter((id) => !found.has(id as AccountId))
  if (gone.length === 0) return
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    await markDeleted(change.trx, connection.id, gone, context.runtime.now())
    await markAccountsDirty(change.trx, connection.id, gone)
  })
}
