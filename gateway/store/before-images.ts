import type { Kysely, Selectable } from 'kysely'
import type { BeforeImages, Database } from './schema.ts'

export type BeforeImageRow = Selectable<BeforeImages>

/** How long what was before a write is kept, in ms. */
export const keptForMs = 30 * 86_400_000

export async function insertBeforeImage(trx: Kysely<Database>, row: BeforeImageRow): Promise<void> {
  await trx.insertInto('before_images').values(row).execute()
}

/** Which writes: those to one person, of one job, or of one cycle. */
export type ImageSelection = { userId: string } | { jobId: string } | { cycleId: string }

/** Writes at a connection that can still be undone, oldest first. */
export async function listBeforeImages(
  db: Kysely<Database>,
  connectionId: string,
  selection: ImageSelection,
  since: number,
): Promise<BeforeImageRow[]> {
  let select = db
    .selectFrom('before_images')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('undone_at', 'is', null)
    .where('at', '>=', since)
    .orderBy('at')
    .orderBy('event_id')
  if ('userId' in selection) select = select.where('user_id', '=', selection.userId)
  else if ('jobId' in selection) select = select.where('job_id', '=', selection.jobId)
  else select = select.where('cycle_id', '=', selection.cycleId)
  return await select.execute()
}

export async function markUndone(trx: Kysely<Database>, eventIds: readonly string[], now: number): Promise<void> {
  for (let start = 0; start < eventIds.length; start += 500) {
    await trx
      .updateTable('before_images')
      .set({ undone_at: now })
      .where('event_id', 'in', eventIds.slice(start, start + 500))
      .execute()
  }
}

export async function erasePastImages(trx: Kysely<Database>, before: number): Promise<void> {
  await trx.deleteFrom('before_images').where('at', '<', before).execute()
}
