import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { insertJob, updateJob } from '../store/jobs.ts'
import { startImportUndo } from './import-undo.ts'
import { createJobs, type JobKinds } from './jobs.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

let sync: TestSync
beforeEach(async () => {
  sync = await testSync({})
})
afterEach(() => sync.close())

test('an import can be undone for 48 hours after its end, and not a moment longer', async () => {
  const { store, runtime } = sync.context
  const none = async () => undefined
  const kinds = new Proxy({}, { get: () => none }) as JobKinds
  const jobs = createJobs(sync.context, kinds)
  const ended = runtime.now()
  await store.change(system, async (change) => {
    change.quiet('test')
    const job = { id: 'j1', kind: 'import', connection_id: testConnection, actor: JSON.stringify(system) } as const
    await insertJob(change.trx, { ...job, input: '{"dryRun":false}', total: 0, created_at: ended })
    await updateJob(change.trx, 'j1', { state: 'done', ended_at: ended })
  })
  const at = (ms: number) =>
    startImportUndo({ ...sync.context, runtime: { ...runtime, now: () => ended + ms } }, jobs, system, 'j1')
  await expect(at(48 * 3_600_000)).resolves.toMatchObject({ kind: 'import_undo', total: 0 })
  await expect(at(48 * 3_600_000 + 1)).rejects.toMatchObject({ code: 'import_too_old' })
  await jobs.stop()
})
