import { createHash } from 'node:crypto'
import { type LockstepEvent, LockstepEvent as LockstepEventSchema } from '@lockstep/shared/contract/event'
import type { Kysely, Selectable, Transaction } from 'kysely'
import { z } from 'zod'
import type { Actor } from '../domain/actor.ts'
import { chainHash, chainStart } from '../domain/event-chain.ts'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Database, Events } from './schema.ts'

/** What a change says about itself. Ids are ours, apart from `account` and `requestId`. */
export type NewEvent = {
  /** Given where the id had to be known before, since it goes to the tenant as client-request-id. */
  id?: string
  type: string
  outcome?: LockstepEvent['outcome']
  cause?: string | null
  user?: string | null
  connection?: string | null
  account?: string | null
  changes?: readonly { attribute: string; before: string | null; after: string | null }[]
  requestId?: string | null
  detail?: string | null
}

export type DatedEvent = NewEvent & { id: string; at: number }

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

export function eventFromRow(row: Selectable<Events>): LockstepEvent {
  return {
    id: row.id as LockstepEvent['id'],
    at: new Date(row.at).toISOString(),
    type: row.type,
    outcome: row.outcome,
    cause: row.cause,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    user: row.user_id,
    connection: row.connection_id,
    account: row.account_id,
    changes: LockstepEventSchema.shape.changes.parse(JSON.parse(row.changes)),
    requestId: row.request_id,
    detail: row.detail,
    hash: row.hash,
  }
}

const kindOf = (actor: Actor): Events['actor_kind'] =>
  actor.kind === 'user' && actor.role !== null ? 'admin' : actor.kind

/** Appends to the chain inside the transaction of the change, without a gap. */
export async function appendEvents(
  trx: Transaction<Database>,
  actor: Actor,
  events: readonly DatedEvent[],
): Promise<LockstepEvent[]> {
  if (events.length === 0) return []
  // The update takes the row's lock before anything is read from it.
  const head = await trx
    .updateTable('event_head')
    .set((e) => ({ seq: e('seq', '+', events.length) }))
    .where('id', '=', 1)
    .returning(['seq', 'hash'])
    .executeTakeFirstOrThrow()
  let previous = head.hash
  let seq = head.seq - events.length
  const rows: Events[] = []
  for (const event of events) {
    seq += 1
    const row: Events = {
      seq,
      id: event.id,
      at: event.at,
      type: event.type,
      outcome: event.outcome ?? 'success',
      cause: event.cause ?? null,
      actor_kind: kindOf(actor),
      actor_id: actor.id,
      actor_name: actor.name,
      user_id: event.user ?? null,
      connection_id: event.connection ?? null,
      account_id: event.account ?? null,
      changes: JSON.stringify(event.changes ?? []),
      request_id: event.requestId ?? null,
      detail: event.detail ?? null,
      hash: '',
    }
    row.hash = chainHash(previous, eventFromRow(row), sha256)
    previous = row.hash
    rows.push(row)
  }
  for (let start = 0; start < rows.length; start += 500) {
    await trx
      .insertInto('events')
      .values(rows.slice(start, start + 500))
      .execute()
  }
  await trx.updateTable('event_head').set({ hash: previous }).where('id', '=', 1).execute()
  return rows.map(eventFromRow)
}

/** Which events; absent means any. */
export type EventFilter = {
  /** With `*` at its end: all types that begin like that. */
  type?: string | undefined
  user?: string | undefined
  connection?: string | undefined
  outcome?: LockstepEvent['outcome'] | undefined
  /** ISO-8601, inclusive. */
  since?: string | undefined
  /** ISO-8601, exclusive. */
  until?: string | undefined
}

export type EventQuery = EventFilter & {
  limit: number
  cursor?: string | undefined
  count?: 'true' | 'false' | undefined
}

function matching(db: Kysely<Database>, filter: EventFilter) {
  let select = db.selectFrom('events')
  if (filter.type?.endsWith('*')) {
    const start = filter.type.slice(0, -1)
    select = select.where('type', '>=', start).where('type', '<', `${start}\u{10ffff}`)
  } else if (filter.type !== undefined) select = select.where('type', '=', filter.type)
  if (filter.user !== undefined) select = select.where('user_id', '=', filter.user)
  if (filter.connection !== undefined) select = select.where('connection_id', '=', filter.connection)
  if (filter.outcome !== undefined) select = select.where('outcome', '=', filter.outcome)
  if (filter.since !== undefined) select = select.where('at', '>=', Date.parse(filter.since))
  if (filter.until !== undefined) select = select.where('at', '<', Date.parse(filter.until))
  return select
}

/** Newest first. Problem `validation_failed` for a cursor that is not ours. */
/** Whether somebody has signed in more than once since the key by which browsers are known was changed last. */
export async function hasSignedInBefore(db: Kysely<Database>, userId: string): Promise<boolean> {
  const changed = await db
    .selectFrom('events')
    .select((e) => e.fn.max('seq').as('seq'))
    .where('type', 'in', ['key_rotate', 'key_lost'])
    .executeTakeFirst()
  const rows = await db
    .selectFrom('events')
    .select('seq')
    .where('user_id', '=', userId)
    .where('seq', '>', changed?.seq ?? 0)
    .where('type', '=', 'login_success')
    .limit(2)
    .execute()
  return rows.length > 1
}

export async function listEvents(db: Kysely<Database>, query: EventQuery): Promise<Page<LockstepEvent>> {
  let select = matching(db, query)
  const total = query.count === 'true' ? await countOf(select) : undefined
  if (query.cursor !== undefined) select = select.where('seq', '<', readCursor(query.cursor).number)
  const rows = await select
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(query.limit + 1)
    .execute()
  const page = pageOf(rows, query.limit, (last) => ({ text: '', number: last.seq, id: '' }), total)
  return { ...page, items: page.items.map(eventFromRow) }
}

/** The place of an event in the chain; of the newest one when no id is given. */
export async function seqOf(db: Kysely<Database>, id?: string): Promise<number | undefined> {
  if (id === undefined) return (await headOf(db)).seq
  return (await db.selectFrom('events').select('seq').where('id', '=', id).executeTakeFirst())?.seq
}

/** Oldest first, behind one place in the chain and up to another. `last` is how far that looked. */
export async function eventsBetween(
  db: Kysely<Database>,
  filter: EventFilter,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<{ events: LockstepEvent[]; last: number }> {
  const rows = await matching(db, filter)
    .selectAll()
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .limit(limit)
    .execute()
  const last = rows.length < limit ? undefined : rows.at(-1)
  return { events: rows.map(eventFromRow), last: last?.seq ?? upTo }
}

const headOf = async (db: Kysely<Database>) =>
  await db.selectFrom('event_head').selectAll().where('id', '=', 1).executeTakeFirstOrThrow()

const anchorKey = 'events_erased'
const eraseType = 'events_erase'
const Anchor = z.object({ seq: z.number().int(), at: z.number().int(), hash: z.string() })
type Anchor = z.infer<typeof Anchor>

/** The last event that was erased, which the first one that is left follows. */
async function anchorOf(db: Kysely<Database>): Promise<Anchor | null> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', anchorKey).executeTakeFirst()
  return row === undefined ? null : Anchor.parse(JSON.parse(row.value))
}

/**
 * Erases the oldest events, those before `before` and at most `limit`, keeps what the chain needs to be checked from there
 * on, and gives the event that says so. Null when there is nothing to erase.
 */
export async function eraseEvents(
  trx: Transaction<Database>,
  { before, limit }: { before: number; limit: number },
): Promise<NewEvent | null> {
  // A clock that was wrong for a while leaves no holes: what is erased is the start of the chain and nothing else.
  const { kept } = await trx
    .selectFrom('events')
    .select((e) => e.fn.min('seq').as('kept'))
    .where('at', '>=', before)
    .executeTakeFirstOrThrow()
  const erased = (await anchorOf(trx))?.seq ?? 0
  const end = Math.min(kept === null ? (await headOf(trx)).seq : Number(kept) - 1, erased + limit)
  if (end <= erased) return null
  const last = await trx
    .selectFrom('events')
    .select(['seq', 'at', 'hash'])
    .where('seq', '=', end)
    .executeTakeFirstOrThrow()
  await trx.deleteFrom('events').where('seq', '<=', end).execute()
  const value = JSON.stringify(last)
  await trx
    .insertInto('settings')
    .values({ key: anchorKey, value })
    .onConflict((c) => c.column('key').doUpdateSet({ value }))
    .execute()
  return {
    type: eraseType,
    cause: 'retention',
    changes: [{ attribute: 'chain', before: last.hash, after: null }],
    detail: `${end - erased} events from before ${new Date(before).toISOString()} were erased. The chain goes on behind the hash given.`,
  }
}

export type ChainReport = {
  ok: boolean
  checked: number
  head: string
  firstBad?: string
  erased: { count: number; until: string } | null
}

/**
 * Walks the whole chain, from what was erased on; `firstBad` is the id of the first event that does not follow from the
 * one before.
 */
export async function verifyEvents(db: Kysely<Database>): Promise<ChainReport> {
  const anchor = await anchorOf(db)
  const start = anchor?.seq ?? 0
  const erased = anchor === null ? null : { count: start, until: new Date(anchor.at).toISOString() }
  let previous = anchor?.hash ?? chainStart
  let seq = start
  for (;;) {
    const rows = await db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(1_000).execute()
    for (const row of rows) {
      const follows = row.seq === seq + 1 && row.hash === hashOrNothing(previous, row)
      if (!follows) return { ok: false, checked: seq - start, head: previous, firstBad: row.id, erased }
      previous = row.hash
      seq = row.seq
    }
    if (rows.length < 1_000) break
  }
  const head = await headOf(db)
  const isWhole = head.seq === seq && head.hash === previous
  return {
    ok: isWhole && (anchor === null || (await isTold(db, anchor))),
    checked: seq - start,
    head: previous,
    erased,
  }
}

/** What was erased stands in the chain itself, so that its start cannot be cut off in silence. */
async function isTold(db: Kysely<Database>, anchor: Anchor): Promise<boolean> {
  const row = await db
    .selectFrom('events')
    .selectAll()
    .where('type', '=', eraseType)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined && eventFromRow(row).changes.some(({ before }) => before === anchor.hash)
}

/** Null for a row that was edited so that it can no longer be read. */
function hashOrNothing(previous: string, row: Selectable<Events>): string | null {
  try {
    return chainHash(previous, eventFromRow(row), sha256)
  } catch {
    return null
  }
}
