import type { AuthorizeConnection } from '@lockstep/shared/contract/authorize'
import type { BindInput, Binding } from '@lockstep/shared/contract/binding'
import type { AccountDetail, Connection, CreateConnection, ImportInput } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import type { Plan } from '@lockstep/shared/contract/plan'
import type { RolloutInput } from '@lockstep/shared/contract/rollout'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { findAccount } from '../store/accounts.ts'
import { bindingPage, findBinding } from '../store/bindings.ts'
import { connectionPage } from '../store/connections.ts'
import type { Page } from '../store/page.ts'
import { presentBinding, presentBindings } from '../store/present-bindings.ts'
import { beginAuthorization, type Delegated, finishAuthorization, type SignInAnswer } from './authorize.ts'
import { bindUser, unbindUser } from './bind.ts'
import { type BulkInput, runBulk, startBulk } from './bulk.ts'
import * as connections from './connections.ts'
import type { SyncContext } from './context.ts'
import { type DriftDeps, listDrift, resolveDrift, runResolveAll, startResolveAll, type UpdatePerson } from './drift.ts'
import { bindGroup, listGroupBindings, listRemoteGroups, unbindGroup } from './groups.ts'
import { runImport, startImport } from './import.ts'
import { importQueue, listAccounts } from './import-list.ts'
import { runImportUndo, startImportUndo } from './import-undo.ts'
import { createJobs, type JobRun, type Jobs } from './jobs.ts'
import { listLicences } from './list-licences.ts'
import { testMapping } from './mapping-test.ts'
import { endOldPassword } from './old-password.ts'
import { syncOnDemand } from './on-demand.ts'
import { type Sent, sendPassword } from './password-lane.ts'
import { approvePlan, previewPlan } from './preview.ts'
import { listReadiness, sumReadiness } from './readiness.ts'
import { requireConnection } from './require-connection.ts'
import { continueRollout, runRollout, startRollout } from './rollout.ts'
import { runUndo } from './run-undo.ts'
import { createRunner, type Runner, startAll } from './runner.ts'
import { assertUsable } from './sync-bindings.ts'
import { listUndoable, previewUndo, startUndo, type UndoInput } from './undo.ts'

/** How long a plan waits for the first read of a new connection, in ms. */
const firstReadMs = 10_000

/** Everything the engine does for the outside, by the names of the contract's endpoints. */
export type Sync = ReturnType<typeof createSync>

export type SyncOptions = {
  everyMs: number
  owner: string
  /** Creates the people of a CSV file; the directory does. */
  importUsers(run: JobRun): Promise<void>
  /** Changes a person; the directory does. */
  updateUser: UpdatePerson
  /** How administrators sign in to connect a tenant. */
  delegated: Delegated
}

export function createSync(context: SyncContext, options: SyncOptions) {
  const runner: Runner = createRunner(context, options)
  const drift: DriftDeps = { runner, updateUser: options.updateUser }
  const jobs: Jobs = createJobs(context, {
    bulk: (run, connectionId) => runBulk(context, run, connectionId),
    import: (run, connectionId) => runImport(context, runner, run, connectionId),
    import_undo: (run, connectionId) => runImportUndo(context, run, connectionId),
    async sync(run, connectionId) {
      const result = await runner.cycleNow(connectionId ?? '')
      await run.report([{ item: 'cycle', ok: true, result }])
    },
    users_import: (run) => options.importUsers(run),
    drift: (run, connectionId) => runResolveAll(context, drift, run, connectionId),
    undo: (run, connectionId) => runUndo(context, run, connectionId),
    rollout: (run, connectionId) => runRollout(context, run, connectionId),
  })
  context.store.onWake((connectionId) => runner.wake(connectionId))

  return {
    /** Goes on with everything that is connected and with the jobs that a stop has interrupted. */
    async start(): Promise<void> {
      await startAll(context, runner)
      await jobs.resume()
    },
    async stop(): Promise<void> {
      await jobs.stop()
      await runner.stop()
    },
    sendPassword: (userId: string, version: number, waitMs: number, actor: Actor): Promise<Sent[]> =>
      sendPassword(context, userId, version, waitMs, actor),

    async listConnections(query: Parameters<typeof connectionPage>[1]): Promise<Page<Connection>> {
      const page = await connectionPage(context.store.db, query)
      return {
        ...page,
        items: await Promise.all(page.items.map((row) => connections.presentConnection(context, row))),
      }
    },
    getConnection: async (id: string): Promise<Connection> =>
      await connections.presentConnection(context, await requireConnection(context, id)),
    createConnection: (actor: Actor, input: CreateConnection) =>
      connections.createConnection(context, runner, actor, input),
    authorizeConnection: (actor: Actor, session: string | null, input: AuthorizeConnection) =>
      beginAuthorization(context, options.delegated, actor, session, input),
    finishAuthorization: (actor: Actor, session: string | null, answer: SignInAnswer) =>
      finishAuthorization(context, runner, options.delegated, actor, session, answer),
    updateConnection: (actor: Actor, id: string, input: connections.UpdateConnection) =>
      connections.updateConnectionSettings(context, runner, actor, id, input),
    deleteConnection: (actor: Actor, id: string, input: { confirm: string; purge?: 'now' | undefined }) =>
      connections.deleteConnection(context, runner, actor, id, input),
    preflightConnection: (id: string) => connections.preflightConnection(context, id),
    pauseConnection: (actor: Actor, id: string) => connections.setPaused(context, runner, actor, id, true),
    resumeConnection: (actor: Actor, id: string) => connections.setPaused(context, runner, actor, id, false),
    async syncConnection(actor: Actor, id: string): Promise<Job> {
      assertUsable(await requireConnection(context, id))
      return await jobs.start('sync', id, actor, {}, 1)
    },

    listAccounts: (id: string, query: Parameters<typeof listAccounts>[3]) => listAccounts(context, runner, id, query),
    async getAccount(id: string, accountId: string): Promise<AccountDetail> {
      await requireConnection(context, id)
      const stored = await findAccount(context.store.db, id, accountId)
      if (stored === undefined || stored.deletedAt !== null)
        throw new Problem('account_not_found', 'The tenant has no account with this object id.')
      const { account, protection } = stored
      return {
        id: account.id,
        userPrincipalName: account.userPrincipalName,
        accountEnabled: account.enabled,
        protection,
        attributes: account.attributes,
        passwordChangedAt:
          account.passwordChangedAt === null ? null : new Date(account.passwordChangedAt).toISOString(),
      }
    },
    importQueue: (id: string, query: Parameters<typeof importQueue>[3]) => importQueue(context, runner, id, query),
    undoImport: (actor: Actor, jobId: string): Promise<Job> => startImportUndo(context, jobs, actor, jobId),
    importAccounts: (actor: Actor, id: string, input: ImportInput) =>
      startImport(context, runner, jobs, actor, id, input),

    listLicences: (id: string) => listLicences(context, id),
    testMapping: (id: string, userId: string) => testMapping(context, id, userId),
    async getPlan(id: string, query: Parameters<typeof previewPlan>[2]): Promise<Plan> {
      await runner.firstRead(id, firstReadMs)
      return await previewPlan(context, id, query)
    },
    approvePlan: (actor: Actor, id: string, planId: string): Promise<Plan> =>
      approvePlan(context, runner, actor, id, planId),

    listRemoteGroups: (id: string, query: Parameters<typeof listRemoteGroups>[2]) =>
      listRemoteGroups(context, id, query),
    listGroupBindings: (id: string, query: Parameters<typeof listGroupBindings>[2]) =>
      listGroupBindings(context, id, query),
    bindGroup: (
      actor: Actor,
      ids: { connectionId: string; groupId: string },
      input: { accountId?: string | undefined },
    ) => bindGroup(context, runner, actor, ids, input),
    unbindGroup: (actor: Actor, ids: { connectionId: string; groupId: string }) => unbindGroup(context, actor, ids),

    listDrift: (id: string, query: Parameters<typeof listDrift>[2]) => listDrift(context, id, query),
    resolveDrift: (
      actor: Actor,
      ids: { connectionId: string; userId: string },
      input: Parameters<typeof resolveDrift>[4],
    ) => resolveDrift(context, drift, actor, ids, input),
    resolveAllDrift: (actor: Actor, id: string, input: Parameters<typeof startResolveAll>[4]) =>
      startResolveAll(context, jobs, actor, id, input),
    listUndoable: (id: string, query: Parameters<typeof listUndoable>[2]) => listUndoable(context, id, query),
    getUndo: (id: string, query: UndoInput) => previewUndo(context, id, query),
    undoWrites: (actor: Actor, id: string, input: Parameters<typeof startUndo>[4]) =>
      startUndo(context, jobs, actor, id, input),

    async listBindings(id: string, query: Parameters<typeof bindingPage>[2]): Promise<Page<Binding>> {
      await requireConnection(context, id)
      const page = await bindingPage(context.store.db, id, query)
      const items = await presentBindings(context.store.db, page.items)
      return { ...page, items }
    },
    async getBinding(id: string, userId: string): Promise<Binding> {
      await requireConnection(context, id)
      const row = await findBinding(context.store.db, id, userId)
      if (row === undefined) throw new Problem('binding_not_found', 'This user is not bound to the connection.')
      return await presentBinding(context.store.db, row)
    },
    bindUser: (actor: Actor, ids: { connectionId: string; userId: string }, input: BindInput) =>
      bindUser(context, runner, actor, ids, input),
    unbindUser: (actor: Actor, ids: { connectionId: string; userId: string }, account: 'block' | 'keep') =>
      unbindUser(context, runner, actor, ids, account),
    bulkBindings: (actor: Actor, id: string, input: BulkInput): Promise<Job> =>
      startBulk(context, jobs, actor, id, input),

    listReadiness: (id: string, query: Parameters<typeof listReadiness>[2]) => listReadiness(context, id, query),
    sumReadiness: (id: string) => sumReadiness(context, id),
    startRollout: (actor: Actor, id: string, input: RolloutInput) => startRollout(context, jobs, actor, id, input),
    continueRollout: (actor: Actor, id: string, jobId: string) => continueRollout(context, jobs, actor, id, jobId),

    endOldPassword: (actor: Actor, ids: { connectionId: string; userId: string }) =>
      endOldPassword(context, runner, actor, ids),
    syncBinding: (actor: Actor, ids: { connectionId: string; userId: string }) => syncOnDemand(context, actor, ids),
    importUsers: (actor: Actor, input: { rows: readonly unknown[]; dryRun: boolean }): Promise<Job> =>
      jobs.start('users_import', null, actor, input, input.rows.length),
    listJobResults: jobs.results,
    getJob: jobs.find,
  }
}
