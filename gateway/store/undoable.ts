import type { Kysely } from 'kysely'
import { cursorOf, type Page, readCursor } from './page.ts'
import type { Database } from './schema.ts'

export type UndoableRow = { kind: 'job' | 'cycle'; id: string; at: number; accounts: number }

type Query = { limit: number; cursor?: string | undefined; count?: 'true' | 'false' | undefined }

/** Jobs and cycles with writes that can still be undone, by when they last wrote: newest first. */
export async function listUndoable(
  db: Kysely<Database>,
  connectionId: string,
  since: number,
  query: Query,
): Promise<Page<UndoableRow>> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor)
  const runs = [
    ...(await runsBy(db, 'job_id', connectionId, since)),
    ...(await runsBy(db, 'cycle_id', connectionId, since)),
  ].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
  const rest =
    after === null ? runs : runs.filter(({ at, id }) => at < after.number || (at === after.number && id > after.id))
  const items = rest.slice(0, query.limit)
  const last = items.at(-1)
  return {
    items,
    next: rest.length > items.length && last ? cursorOf({ text: '', number: last.at, id: last.id }) : null,
    ...(query.count === 'true' && { total: runs.length }),
  }
}

async function runsBy(
  db: Kysely<Database>,
  column: 'job_id' | 'cycle_id',
  connectionId: string,
  since: number,
): Promise<UndoableRow[]> {
  const rows = await db
    .selectFrom('before_images')
    .select((e) => [
      column,
      e.fn.max<number>('at').as('at'),
      e.fn.count<number>('account_id').distinct().as('accounts'),
    ])
    .where('connection_id', '=', connectionId)
    .where('undone_at', 'is', null)
    .where('at', '>=', since)
    .where(column, 'is not', null)
    .groupBy(column)
    .execute()
  const kind = column === 'job_id' ? 'job' : 'cycle'
  return rows.map((row) => ({ kind, id: row[column] ?? '', at: Number(row.at), accounts: Number(row.accounts) }))
}
