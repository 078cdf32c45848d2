import type { Actor } from '../domain/actor.ts'
import type { Handlers } from '../http/serve.ts'
import { listEvents, verifyEvents } from '../store/events.ts'
import type { Resealed } from '../store/reseal.ts'
import type { Sync } from '../sync/sync.ts'
import type { Directory } from './directory.ts'
import { assertMay, assertMayTouch } from './limits.ts'
import { exportEvents, type RecordSources, streamEvents, streamJob } from './records.ts'
import type { SecurityNames } from './security.ts'

export type HandlerSources = {
  directory: Directory
  security: Pick<Handlers, SecurityNames>
  sync: Sync
  keys: Keys
} & RecordSources

/** What may be done to the instance key by a gateway that runs. */
export type Keys = { rotate(actor: Actor): Promise<Resealed> }

/** The contract, endpoint by endpoint: who may do it to whom, then the use case. */
export function handlersOf(sources: HandlerSources): Handlers {
  return {
    ...ofPeople(sources),
    ...sources.security,
    ...ofImport(sources),
    ...ofConnections(sources),
    ...ofBindings(sources),
    ...ofGroups(sources),
    ...ofRecords(sources),
    rotateKey: ({ actor }) => sources.keys.rotate(actor),
  }
}

type PeopleNames =
  | 'signIn'
  | 'signOut'
  | 'forgotPassword'
  | 'sendActivation'
  | 'sendPasswordReset'
  | 'showLink'
  | 'me'
  | 'myStatus'
  | 'myNewsSeen'
  | 'changeMyPassword'
  | 'previewTakeover'
  | 'listUsers'
  | 'createUser'
  | 'getUser'
  | 'updateUser'
  | 'deleteUser'
  | 'activateUser'
  | 'suspendUser'
  | 'resumeUser'
  | 'setUserPassword'
  | 'userBindings'
  | 'listMails'
  | 'resendMail'
  | 'bounceMail'

function ofPeople({ directory }: HandlerSources): Pick<Handlers, PeopleNames> {
  return {
    async signIn({ body, session, address, agent }) {
      const visit = { address, agent, replaces: session.token, browser: session.browser }
      const signedIn = await directory.signIn(body, visit)
      session.start(signedIn.session, signedIn.browser)
      return { user: signedIn.user, sync: signedIn.sync }
    },
    async forgotPassword({ body, address }) {
      await directory.requestLink(body.email, address)
      return { detail: 'If somebody here has this address, a link is on its way by mail. It works for 30 minutes.' }
    },
    async signOut({ session }) {
      if (session.token !== null) await directory.signOut(session.token)
      session.end()
    },
    me: async ({ actor }) => ({ user: await directory.getUser(actor.id), role: actor.role }),
    myStatus: ({ actor }) => directory.myStatus(actor),
    myNewsSeen: ({ actor }) => directory.newsSeen(actor),
    async changeMyPassword({ actor, body, session, address, assertConfirmed }) {
      if (await directory.hasFactor(actor.id)) await assertConfirmed()
      return { sync: await directory.changeMyPassword(actor, { ...body, session: session.token, address }) }
    },
    previewTakeover: ({ params, query }) =>
      directory.previewTakeover(params.id, {
        enabled: query.enabled === 'true',
        except: (query.except ?? '').split(',').filter((id) => id !== ''),
      }),
    listUsers: ({ query }) => directory.listUsers(query),
    createUser: ({ actor, body }) => directory.createUser(actor, body),
    getUser: ({ params }) => directory.getUser(params.id),
    updateUser: ({ actor, params, body }) => directory.updateUser(actor, params.id, body),
    deleteUser: ({ actor, params, query }) => directory.deleteUser(actor, params.id, query.accounts),
    async activateUser({ actor, params, body }) {
      await assertMayTouch(directory, actor, [params.id])
      return directory.activateUser(actor, params.id, body)
    },
    async sendActivation({ actor, params }) {
      await assertMayTouch(directory, actor, [params.id])
      return directory.sendLink(actor, params.id, 'activation')
    },
    async sendPasswordReset({ actor, params }) {
      await assertMayTouch(directory, actor, [params.id])
      return directory.sendLink(actor, params.id, 'reset')
    },
    showLink: ({ actor, params }) => directory.showLink(actor, params.id),
    listMails: ({ query }) => directory.listMails(query),
    async resendMail({ actor, params }) {
      const userId = await directory.mailRecipient(params.id)
      await assertMayTouch(directory, actor, userId === null ? [] : [userId])
      return directory.resendMail(actor, params.id)
    },
    bounceMail: ({ actor, params, body }) => directory.bounceMail(actor, params.id, body.reason),
    suspendUser: ({ actor, params }) => directory.suspendUser(actor, params.id),
    resumeUser: ({ actor, params }) => directory.resumeUser(actor, params.id),
    setUserPassword: async ({ actor, params, body }) => ({
      sync: await directory.setUserPassword(actor, params.id, body),
    }),
    userBindings: ({ params, query }) => directory.userBindings(params.id, query),
  }
}

type ImportNames = 'importUsers' | 'userPhoto'

function ofImport({ directory, sync }: HandlerSources): Pick<Handlers, ImportNames> {
  return {
    userPhoto: ({ params }) => directory.userPhoto(params.id),
    importUsers: async ({ actor, query, body }) => ({
      job: await sync.importUsers(actor, { rows: directory.usersOfCsv(body), dryRun: query.dryRun === 'true' }),
    }),
  }
}

type ConnectionNames =
  | 'listConnections'
  | 'createConnection'
  | 'authorizeConnection'
  | 'getConnection'
  | 'updateConnection'
  | 'deleteConnection'
  | 'preflightConnection'
  | 'pauseConnection'
  | 'resumeConnection'
  | 'syncConnection'
  | 'listAccounts'
  | 'getAccount'
  | 'importAccounts'
  | 'importQueue'
  | 'undoImport'
  | 'listLicences'
  | 'testMapping'
  | 'getPlan'
  | 'approvePlan'
  | 'listDrift'
  | 'resolveAllDrift'
  | 'listUndoable'
  | 'getUndo'
  | 'undoWrites'

function ofConnections({ sync }: HandlerSources): Pick<Handlers, ConnectionNames> {
  return {
    listConnections: ({ query }) => sync.listConnections(query),
    createConnection: ({ actor, body }) => sync.createConnection(actor, body),
    authorizeConnection: ({ actor, body, session }) => sync.authorizeConnection(actor, session.token, body),
    getConnection: ({ params }) => sync.getConnection(params.id),
    async updateConnection({ actor, params, body, assertConfirmed }) {
      if (body.clientSecret !== undefined || body.certificate !== undefined) await assertConfirmed()
      return sync.updateConnection(actor, params.id, body)
    },
    deleteConnection: ({ actor, params, query }) => sync.deleteConnection(actor, params.id, query),
    preflightConnection: ({ params }) => sync.preflightConnection(params.id),
    pauseConnection: ({ actor, params }) => sync.pauseConnection(actor, params.id),
    resumeConnection: ({ actor, params }) => sync.resumeConnection(actor, params.id),
    syncConnection: async ({ actor, params }) => ({ job: await sync.syncConnection(actor, params.id) }),
    listAccounts: ({ params, query }) => sync.listAccounts(params.id, query),
    getAccount: ({ params }) => sync.getAccount(params.id, params.accountId),
    importQueue: ({ params, query }) => sync.importQueue(params.id, query),
    undoImport: async ({ actor, params }) => ({ job: await sync.undoImport(actor, params.jobId) }),
    importAccounts: async ({ actor, params, body }) => ({ job: await sync.importAccounts(actor, params.id, body) }),
    listLicences: ({ params }) => sync.listLicences(params.id),
    testMapping: ({ params, query }) => sync.testMapping(params.id, query.user),
    getPlan: ({ params, query }) => sync.getPlan(params.id, query),
    async approvePlan({ actor, params }) {
      assertMay(actor, 'approve')
      return sync.approvePlan(actor, params.id, params.planId)
    },
    listDrift: ({ params, query }) => sync.listDrift(params.id, query),
    resolveAllDrift: async ({ actor, params, body }) => ({
      job: await sync.resolveAllDrift(actor, params.id, body),
    }),
    listUndoable: ({ params, query }) => sync.listUndoable(params.id, query),
    getUndo: ({ params, query }) => sync.getUndo(params.id, query),
    undoWrites: async ({ actor, params, body }) => ({ job: await sync.undoWrites(actor, params.id, body) }),
  }
}

type BindingNames =
  | 'listBindings'
  | 'getBinding'
  | 'bindUser'
  | 'unbindUser'
  | 'bulkBindings'
  | 'endOldPassword'
  | 'syncBinding'
  | 'listReadiness'
  | 'sumReadiness'
  | 'startRollout'
  | 'continueRollout'
  | 'resolveDrift'

function ofBindings({ directory, sync }: HandlerSources): Pick<Handlers, BindingNames> {
  const idsOf = (params: { id: string; userId: string }) => ({ connectionId: params.id, userId: params.userId })
  return {
    listBindings: ({ params, query }) => sync.listBindings(params.id, query),
    getBinding: ({ params }) => sync.getBinding(params.id, params.userId),
    async bindUser({ actor, params, body, assertConfirmed }) {
      await assertMayTouch(directory, actor, [params.userId])
      if (body.override !== undefined && body.override.length > 0) {
        assertMay(actor, 'override')
        await assertConfirmed()
      }
      const { created, binding } = await sync.bindUser(actor, idsOf(params), body)
      return { status: created ? 201 : 200, body: binding }
    },
    async unbindUser({ actor, params, query }) {
      await assertMayTouch(directory, actor, [params.userId])
      return sync.unbindUser(actor, idsOf(params), query.account)
    },
    async bulkBindings({ actor, params, body }) {
      await assertMayTouch(directory, actor, [...(body.bind ?? []), ...(body.unbind ?? [])])
      return { job: await sync.bulkBindings(actor, params.id, body) }
    },
    listReadiness: ({ params, query }) => sync.listReadiness(params.id, query),
    sumReadiness: ({ params }) => sync.sumReadiness(params.id),
    startRollout: async ({ actor, params, body }) => ({ job: await sync.startRollout(actor, params.id, body) }),
    continueRollout: async ({ actor, params }) => ({
      job: await sync.continueRollout(actor, params.id, params.jobId),
    }),
    resolveDrift: ({ actor, params, body }) => sync.resolveDrift(actor, idsOf(params), body),
    async endOldPassword({ actor, params }) {
      await assertMayTouch(directory, actor, [params.userId])
      return sync.endOldPassword(actor, idsOf(params))
    },
    async syncBinding({ actor, params }) {
      await assertMayTouch(directory, actor, [params.userId])
      return sync.syncBinding(actor, idsOf(params))
    },
  }
}

type GroupNames =
  | 'listGroups'
  | 'createGroup'
  | 'getGroup'
  | 'updateGroup'
  | 'deleteGroup'
  | 'listGroupMembers'
  | 'addGroupMember'
  | 'removeGroupMember'
  | 'listRemoteGroups'
  | 'listGroupBindings'
  | 'bindGroup'
  | 'unbindGroup'

function ofGroups({ directory, sync }: HandlerSources): Pick<Handlers, GroupNames> {
  const memberOf = (params: { id: string; userId: string }) => ({ groupId: params.id, userId: params.userId })
  const idsOf = (params: { id: string; groupId: string }) => ({ connectionId: params.id, groupId: params.groupId })
  return {
    listGroups: ({ query }) => directory.listGroups(query),
    createGroup: ({ actor, body }) => directory.createGroup(actor, body),
    getGroup: ({ params }) => directory.getGroup(params.id),
    updateGroup: ({ actor, params, body }) => directory.updateGroup(actor, params.id, body),
    deleteGroup: ({ actor, params }) => directory.deleteGroup(actor, params.id),
    listGroupMembers: ({ params, query }) => directory.listGroupMembers(params.id, query),
    addGroupMember: ({ actor, params }) => directory.setMembership(actor, memberOf(params), true),
    removeGroupMember: ({ actor, params }) => directory.setMembership(actor, memberOf(params), false),
    listRemoteGroups: ({ params, query }) => sync.listRemoteGroups(params.id, query),
    listGroupBindings: ({ params, query }) => sync.listGroupBindings(params.id, query),
    async bindGroup({ actor, params, body }) {
      const { created, binding } = await sync.bindGroup(actor, idsOf(params), body)
      return { status: created ? 201 : 200, body: binding }
    },
    unbindGroup: ({ actor, params }) => sync.unbindGroup(actor, idsOf(params)),
  }
}

type RecordNames =
  | 'getJob'
  | 'listJobResults'
  | 'streamJob'
  | 'listEvents'
  | 'streamEvents'
  | 'exportEvents'
  | 'verifyEvents'

function ofRecords({ sync, store, runtime }: HandlerSources): Pick<Handlers, RecordNames> {
  const sources = { store, runtime }
  return {
    getJob: ({ params }) => sync.getJob(params.id),
    listJobResults: ({ params, query }) => sync.listJobResults(params.id, query),
    streamJob: ({ params, stream }) => streamJob(sources, () => sync.getJob(params.id), stream.signal),
    listEvents: ({ query }) => listEvents(store.db, query),
    streamEvents: ({ query, stream }) => streamEvents(sources, query, stream),
    exportEvents: ({ query }) => exportEvents(sources, query),
    verifyEvents: () => verifyEvents(store.db),
  }
}
