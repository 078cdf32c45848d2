import { z } from 'zod'
import { Problem } from '../domain/problem.ts'

/** Where a page ended, by the values that it was sorted by. */
export type Position = { text: string; number: number; id: string }

const Stored = z.tuple([z.string(), z.number().int(), z.string()])

export function cursorOf({ text, number, id }: Position): string {
  return Buffer.from(JSON.stringify([text, number, id])).toString('base64url')
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
