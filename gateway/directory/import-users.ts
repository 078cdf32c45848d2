import { attributeNames } from '@lockstep/shared/contract/attributes'
import { CreateUser } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { findUserByEmail } from '../store/users.ts'
import type { Context } from './context.ts'
import { createUser } from './create-user.ts'
import type { CsvRow } from './users-csv.ts'

type Item = { item: string; ok: boolean; result: Record<string, unknown> }
type Run = {
  input: unknown
  actor: Actor
  finished: ReadonlySet<string>
  report(results: readonly Item[]): Promise<void>
}

const rowsAtOnce = 50

/** Creates the people of a CSV file, staged unless the row says otherwise; a row that is wrong harms no other. */
export async function importUsers(context: Context, run: Run): Promise<void> {
  const { rows, dryRun } = run.input as { rows: CsvRow[]; dryRun: boolean }
  const todo = rows.filter((row) => !run.finished.has(itemOf(row)))
  for (let start = 0; start < todo.length; start += rowsAtOnce) {
    const results: Item[] = []
    for (const row of todo.slice(start, start + rowsAtOnce))
      results.push(await importRow(context, run.actor, row, dryRun))
    await run.report(results)
  }
}

const itemOf = ({ row }: CsvRow) => String(row).padStart(6, '0')

async function importRow(context: Context, actor: Actor, given: CsvRow, dryRun: boolean): Promise<Item> {
  const { row, email } = given
  const told = (ok: boolean, result: 'created' | 'exists' | 'failed', reason?: string): Item => ({
    item: itemOf(given),
    ok,
    result: { row, email, result, ...(reason !== undefined && { reason }) },
  })
  const parsed = CreateUser.safeParse(inputOf(given))
  if (!parsed.success) {
    return told(
      false,
      'failed',
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' '),
    )
  }
  if ((await findUserByEmail(context.store.db, parsed.data.email)) !== undefined) return told(true, 'exists')
  if (dryRun) return told(true, 'created')
  try {
    await createUser(context, actor, parsed.data)
    return told(true, 'created')
  } catch (error) {
    if (error instanceof Problem) return told(false, 'failed', error.message)
    throw error
  }
}

const names: ReadonlySet<string> = new Set(['displayName', 'givenName', 'familyName'])

function inputOf({ values }: CsvRow): Record<string, unknown> {
  const attributes = Object.entries(values).filter(([key]) =>
    attributeNames.some((name) => name === key && !names.has(name)),
  )
  const own = Object.entries(values).filter(([key]) => !attributes.some(([name]) => name === key))
  return { state: 'staged', sendMail: false, ...Object.fromEntries(own), attributes: Object.fromEntries(attributes) }
}
