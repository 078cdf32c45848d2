import { createHash } from 'node:crypto'
import { type LockstepEvent, LockstepEvent as LockstepEventSchema } from '@lockstep/shared/contract/event'
import type { Kysely, Selectable, Transaction } from 'kysely'
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

export type EventQuery = {
  limit: number
  cursor?: string | undefined
  count?: 'true' | 'false' | undefined
  type?: string | undefined
  user?: string | undefined
  connection?: string | undefined
  outcome?: LockstepEvent['outcome'] | undefined
  /** ISO-8601, inclusive. */
  since?: string | undefined
  /** ISO-8601, exclusive. */
  until?: string | undefined
}

/** Newest first. Problem `validation_failed` for a cursor that is not ours. */
export async function listEvents(db: Kysely<Database>, query: EventQuery): Promise<Page<LockstepEvent>> {
  let select = db.selectFrom('events')
  if (query.type !== undefined) select = select.where('type', '=', query.type)
  if (query.user !== undefined) select = select.where('user_id', '=', query.user)
  if (query.connection !== undefined) select = select.where('connection_id', '=', query.connection)
  if (query.outcome !== undefined) select = select.where('outcome', '=', query.outcome)
  if (query.since !== undefined) select = select.where('at', '>=', Date.parse(query.since))
  if (query.until !== undefined) select = select.where('at', '<', Date.parse(query.until))
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

/** Events after a sequence number, oldest first: what a stream that was cut off has missed. */
export async function eventsAfter(db: Kysely<Database>, id: string, limit: number): Promise<LockstepEvent[]> {
  const from = db.selectFrom('events').select('seq').where('id', '=', id)
  const rows = await db.selectFrom('events').selectAll().where('seq', '>', from).orderBy('seq').limit(limit).execute()
  return rows.map(eventFromRow)
}

export type ChainReport = { ok: boolean; checked: number; head: string; firstBad?: string }

/** Walks the whole chain; `firstBad` is the id of the first event that does not follow from the one before. */
export async function verifyEvents(db: Kysely<Database>): Promise<ChainReport> {
  let previous = chainStart
  let seq = 0
  for (;;) {
    const rows = await db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(1_000).execute()
    for (const row of rows) {
      const follows = row.seq === seq + 1 && row.hash === hashOrNothing(previous, row)
      if (!follows) return { ok: false, checked: seq, head: previous, firstBad: row.id }
      previous = row.hash
      seq = row.seq
    }
    if (rows.length < 1_000) break
  }
  const head = await db.selectFrom('event_head').selectAll().where('id', '=', 1).executeTakeFirst()
  const ok = head !== undefined && head.seq === seq && head.hash === previous
  return { ok, checked: seq, head: previous }
}

/** Null for a row that was edited so that it can no longer be read. */
function hashOrNothing(previous: string, row: Selectable<Events>): string | null {
  try {
    return chainHash(previous, eventFromRow(row), sha256)
  } catch {
    return null
  }
}
