import type { SelectQueryBuilder } from 'kysely'
import { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import type { Database } from './schema.ts'

/** Where a page ended, by the values that it was sorted by. */
export type Position = { text: string; number: number; id: string }

const Stored = z.tuple([z.string(), z.number().int(), z.string()])

export function cursorOf({ text, number, id }: Position): string {
  return Buffer.from(JSON.stringify([text, number, id])).toString('base64url')
}

export type Page<T> = { items: T[]; next: string | null; total?: number }

/** A page out of `limit + 1` rows: the one too many says that there is another page. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  positionOf: (last: T) => Position,
  total?: number,
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const more = rows.length > limit && last !== undefined
  return { items, next: more ? cursorOf(positionOf(last)) : null, ...(total !== undefined && { total }) }
}

/** Everything that a query without its columns finds. */
export async function countOf<T extends keyof Database>(
  select: SelectQueryBuilder<Database, T, Record<never, never>>,
): Promise<number> {
  const row = await select.select((e) => e.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
  return Number(row.n)
}

/** Problem `validation_failed` for a cursor that is not ours. */
export function readCursor(cursor: string): Position {
  try {
    const [text, number, id] = Stored.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    return { text, number, id }
  } catch {
    throw new Problem('validation_failed', 'Give the cursor as the last page had it in "next", or leave it out.', {
      errors: [{ path: 'cursor', message: 'This is not a cursor of ours.' }],
    })
  }
}
