import * as authorize from './authorize.ts'
import * as binding from './binding.ts'
import * as connection from './connection.ts'
import * as drift from './drift.ts'
import type { EndpointShape, StreamType } from './endpoint.ts'
import * as event from './event.ts'
import * as group from './group.ts'
import * as job from './job.ts'
import * as key from './key.ts'
import * as licence from './licence.ts'
import * as mail from './mail.ts'
import * as mapping from './mapping.ts'
import * as plan from './plan.ts'
import * as readiness from './readiness.ts'
import * as rollout from './rollout.ts'
import * as security from './security.ts'
import * as session from './session.ts'
import * as takeover from './takeover.ts'
import * as undo from './undo.ts'
import * as user from './user.ts'

/** Every endpoint by its name. A gateway serves all of them; what is not here is not served. */
export const endpoints = {
  signIn: session.signIn,
  signOut: session.signOut,
  forgotPassword: session.forgotPassword,
  me: session.me,
  myStatus: session.myStatus,
  myNewsSeen: session.myNewsSeen,
  changeMyPassword: session.changeMyPassword,

  myFactors: security.myFactors,
  beginTotp: security.beginTotp,
  addTotp: security.addTotp,
  beginPasskey: security.beginPasskey,
  addPasskey: security.addPasskey,
  renameFactor: security.renameFactor,
  removeFactor: security.removeFactor,
  renewRecoveryCodes: security.renewRecoveryCodes,
  confirmMe: security.confirmMe,
  mySessions: security.mySessions,
  endMySession: security.endMySession,
  endOtherSessions: security.endOtherSessions,
  resetFactors: security.resetFactors,

  listUsers: user.listUsers,
  createUser: user.createUser,
  getUser: user.getUser,
  updateUser: user.updateUser,
  deleteUser: user.deleteUser,
  activateUser: user.activateUser,
  sendActivation: user.sendActivation,
  sendPasswordReset: user.sendPasswordReset,
  showLink: user.showLink,
  suspendUser: user.suspendUser,
  resumeUser: user.resumeUser,
  setUserPassword: user.setUserPassword,
  userBindings: user.userBindings,
  importUsers: user.importUsers,
  userPhoto: user.userPhoto,

  listConnections: connection.listConnections,
  createConnection: connection.createConnection,
  authorizeConnection: authorize.authorizeConnection,
  getConnection: connection.getConnection,
  updateConnection: connection.updateConnection,
  deleteConnection: connection.deleteConnection,
  preflightConnection: connection.preflightConnection,
  previewTakeover: takeover.previewTakeover,
  pauseConnection: connection.pauseConnection,
  resumeConnection: connection.resumeConnection,
  syncConnection: connection.syncConnection,
  listAccounts: connection.listAccounts,
  importQueue: connection.importQueue,
  undoImport: connection.undoImport,
  getAccount: connection.getAccount,
  importAccounts: connection.importAccounts,
  listLicences: licence.listLicences,

  rotateKey: key.rotateKey,

  listMails: mail.listMails,
  resendMail: mail.resendMail,
  bounceMail: mail.bounceMail,

  testMapping: mapping.testMapping,
  getPlan: plan.getPlan,
  approvePlan: plan.approvePlan,
  listBindings: binding.listBindings,
  getBinding: binding.getBinding,
  bindUser: binding.bindUser,
  unbindUser: binding.unbindUser,
  bulkBindings: binding.bulkBindings,
  endOldPassword: binding.endOldPassword,
  syncBinding: binding.syncBinding,
  listReadiness: readiness.listReadiness,
  sumReadiness: readiness.sumReadiness,
  startRollout: rollout.startRollout,
  continueRollout: rollout.continueRollout,

  listDrift: drift.listDrift,
  resolveDrift: drift.resolveDrift,
  resolveAllDrift: drift.resolveAllDrift,
  listUndoable: undo.listUndoable,
  getUndo: undo.getUndo,
  undoWrites: undo.undoWrites,

  listGroups: group.listGroups,
  createGroup: group.createGroup,
  getGroup: group.getGroup,
  updateGroup: group.updateGroup,
  deleteGroup: group.deleteGroup,
  listGroupMembers: group.listGroupMembers,
  addGroupMember: group.addGroupMember,
  removeGroupMember: group.removeGroupMember,
  listRemoteGroups: group.listRemoteGroups,
  listGroupBindings: group.listGroupBindings,
  bindGroup: group.bindGroup,
  unbindGroup: group.unbindGroup,

  getJob: job.getJob,
  listJobResults: job.listJobResults,
  streamJob: job.streamJob,
  listEvents: event.listEvents,
  streamEvents: event.streamEvents,
  exportEvents: event.exportEvents,
  verifyEvents: event.verifyEvents,
} as const satisfies Record<string, EndpointShape>

export type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints

/** Endpoints by "METHOD /path", so that a client needs types alone. */
export type EndpointByRoute = {
  [N in EndpointName as Endpoints[N] extends Streaming ? never : RouteOf<Endpoints[N]>]: Endpoints[N]
}

/** The same, of those that answer a stream. */
export type StreamByRoute = {
  [N in EndpointName as Endpoints[N] extends Streaming ? RouteOf<Endpoints[N]> : never]: Endpoints[N]
}

type Streaming = { streams: readonly StreamType[] }
type RouteOf<E extends EndpointShape> = `${E['method']} ${E['path']}`
