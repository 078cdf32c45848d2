import type { ImportInput } from '@lockstep/shared/contract/connection'
import { AccountId } from '@lockstep/shared/contract/ids'
import { stripJpeg } from '../domain/jpeg.ts'
import type { ManagerPair } from '../graph/tenant.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { importedBy } from '../store/import-links.ts'
import { holdersOf } from '../store/importable.ts'
import { jobResultPage } from '../store/jobs.ts'
import { havePhotos, putPhoto } from '../store/photos.ts'
import { updateUser } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import type { JobRun } from './jobs.ts'

/** How many people are worked on together. */
const chunkSize = 200
/** Photos asked for at once: Exchange takes few at a time ("Outlook service limits", read 2026-11-23). */
const photosAtOnce = 4

/** Once all are in: whoever was created by this import gets the person as manager who belongs to the manager's account. */
export async function addManagers(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  input: ImportInput,
): Promise<void> {
  await orNote(context, run, connection, 'Managers could not be read', async () => {
    const tenant = context.tenants.of(connection)
    if (input.accountIds === 'all') return await setManagers(context, run, connection, tenant.managersOf('all'))
    for await (const people of imported(context, run))
      await setManagers(context, run, connection, tenant.managersOf(people.map(({ accountId }) => accountId)))
  })
}

async function setManagers(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  pairs: AsyncIterable<ManagerPair>,
): Promise<void> {
  let waiting: ManagerPair[] = []
  const flush = async () => {
    const some = waiting
    waiting = []
    await run.breathe()
    await context.store.change(run.actor, async (change) => {
      change.quiet('what changed something has its own event')
      const ids = some.map(({ accountId }) => accountId)
      const people = await importedBy(change.trx, run.id, connection.id, ids)
      const managers = await holdersOf(change.trx, connection.id, [...new Set(some.map(({ managerId }) => managerId))])
      for (const { accountId, managerId } of some) {
        const userId = people.get(accountId)
        const manager = managers.get(managerId)
        if (userId === undefined || manager === undefined || manager === userId) continue
        const { manager_id: before } = await change.trx
          .selectFrom('users')
          .select('manager_id')
          .where('id', '=', userId)
          .executeTakeFirstOrThrow()
        // Somebody of before the import, or chosen since, stays.
        if (before !== null || !(await createdBy(change.trx, run.id, accountId))) continue
        await updateUser(change.trx, userId, { manager_id: manager })
        const changes = [{ attribute: 'manager', before: null, after: manager }]
        change.event({ type: 'import_manager', user: userId, connection: connection.id, account: accountId, changes })
      }
    })
  }
  for await (const pair of pairs) {
    waiting.push(pair)
    if (waiting.length === chunkSize) await flush()
  }
  if (waiting.length > 0) await flush()
}

async function createdBy(db: SyncContext['store']['db'], jobId: string, item: string): Promise<boolean> {
  const row = await db
    .selectFrom('job_results')
    .select('result')
    .where('job_id', '=', jobId)
    .where('item', '=', item)
    .executeTakeFirst()
  return row !== undefined && (JSON.parse(row.result) as { result: string }).result === 'imported'
}

/** Photos of those who have none yet. */
export async function addPhotos(context: SyncContext, run: JobRun, connection: ConnectionRow): Promise<void> {
  const left = { tooLarge: 0, unreadable: 0 }
  await orNote(context, run, connection, 'Photos could not be read', async () => {
    for await (const people of imported(context, run)) {
      const known = await havePhotos(
        context.store.db,
        people.map(({ userId }) => userId),
      )
      const queue = people.filter(({ userId }) => !known.has(userId))
      const ask = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          await run.breathe()
          await addPhoto(context, run, connection, next, left)
        }
      }
      await Promise.all(Array.from({ length: Math.min(photosAtOnce, queue.length) }, ask))
    }
  })
  if (left.tooLarge > 0) await run.note(`Photos that are larger than 4 MB and were left out: ${left.tooLarge}.`)
  if (left.unreadable > 0) await run.note(`Photos that are no readable JPEG and were left out: ${left.unreadable}.`)
}

async function addPhoto(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  { accountId, userId }: Imported,
  left: { tooLarge: number; unreadable: number },
): Promise<void> {
  const photo = await context.tenants.of(connection).photoOf(accountId)
  if (photo === null) return
  if (photo === 'too_large') {
    left.tooLarge += 1
    return
  }
  const stripped = stripJpeg(photo)
  if (stripped === null) {
    left.unreadable += 1
    return
  }
  await context.store.change(run.actor, async (change) => {
    const user = await change.trx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst()
    if (user === undefined) return
    await putPhoto(change.trx, userId, stripped, change.now)
    change.event({ type: 'import_photo', user: userId, connection: connection.id, account: accountId })
  })
}

type Imported = { accountId: AccountId; userId: string; result: string }

/** Whom this import has imported or linked, page by page. */
async function* imported(context: SyncContext, run: Pick<JobRun, 'id'>): AsyncGenerator<Imported[]> {
  for (let after = ''; ; ) {
    const page = await jobResultPage(context.store.db, run.id, { after, limit: chunkSize })
    const last = page.at(-1)
    if (last === undefined) return
    after = last.item
    const people = page.flatMap(({ result: { accountId, userId, result } }) => {
      const id = AccountId.safeParse(accountId)
      return id.success && typeof userId === 'string' && (result === 'imported' || result === 'linked')
        ? [{ accountId: id.data, userId, result }]
        : []
    })
    if (people.length > 0) yield people
  }
}

/**
 * People are imported already when this fails: it is told, and no reason to call the import failed. What only reads is safe
 * to begin again once: a connection that has stood idle meanwhile may have been closed by the other side.
 */
async function orNote(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  what: string,
  read: () => Promise<void>,
): Promise<void> {
  for (let again = true; ; again = false) {
    try {
      return await read()
    } catch (error) {
      const { failure } = error as { failure?: { kind: string; detail: string } }
      if (failure === undefined) throw error
      context.log({ msg: what, connection: connection.id, error: String(error) })
      if (again && failure.kind === 'unavailable') continue
      return await run.note(`${what}: ${failure.detail}`)
    }
  }
}
