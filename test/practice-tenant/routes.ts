import { getApplication, getApplicationByAppId, listApplications } from './applications.ts'
import { type Answer, type Call, context, done, ok } from './call.ts'
import { groupsDelta, usersDelta } from './delta.ts'
import { badRequest, denied, notFound, Refusal } from './errors.ts'
import * as groups from './groups.ts'
import { assignLicence, listSkus } from './licences.ts'
import * as readGroups from './read-groups.ts'
import * as readUsers from './read-users.ts'
import { listSignIns } from './sign-in-log.ts'
import type { State } from './state.ts'
import * as info from './tenant-info.ts'
import * as users from './users.ts'

type Handler = (state: State, call: Call, keys: string[]) => Answer
export type Route = {
  method: string
  pattern: RegExp
  /** Resource units before the modifiers ("Microsoft Graph service-specific throttling limits"). */
  units: number
  write: boolean
  run: Handler
}

const created = (state: State, call: Call, what: string, make: typeof users.createUser): Answer => {
  const body = make(state, call, call.body)
  const location = `${call.origin}/v1.0/${what}/${String(body['id'])}`
  return {
    status: 201,
    headers: { Location: location },
    body: { '@odata.context': context(call, `${what}/$entity`), ...body },
  }
}
const then = (run: (state: State, call: Call, keys: string[]) => void): Handler => {
  return (state, call, keys) => {
    run(state, call, keys)
    return done
  }
}
const refuse = (refusal: () => Refusal): Handler => {
  return () => {
    throw refusal()
  }
}
const notContained = () => new Refusal(400, 'BadRequest', 'Write requests are only supported on contained entities')
const isGroup = (state: State, key: string) => state.groups.has(key.toLowerCase())

const restore: Handler = (state, call, [key = '']) => {
  const group = isGroup(state, key)
  const body = group ? groups.restoreGroup(state, call, key) : users.restoreUser(state, call, key, call.body)
  return ok({ '@odata.type': group ? '#microsoft.graph.group' : '#microsoft.graph.user', ...body })
}

/**
 * Everything that the practice tenant knows of Microsoft Graph v1.0. `{}` stands for a key: `/users/{}` is found by
 * `/users/KEY` and `/users('KEY')`, `(appId={})` by that key in quotes alone. The first row that fits answers.
 */
const table: [method: string, path: string, units: number, run: Handler][] = [
  ['GET', '/users/delta', 2, usersDelta],
  ['GET', '/users/$count', 1, readUsers.countUsers],
  ['GET', '/users', 2, readUsers.listUsers],
  ['POST', '/users', 1, (state, call) => created(state, call, 'users', users.createUser)],
  ['GET', '/users/{}', 1, readUsers.getUser],
  ['PATCH', '/users/{}', 1, then((state, call, [key = '']) => users.updateUser(state, call, key, call.body))],
  ['DELETE', '/users/{}', 1, then((state, call, [key = '']) => users.deleteUser(state, call, key))],
  [
    'POST',
    '/users/{}/revokeSignInSessions',
    1,
    (state, call, [key = '']) => ok(users.revokeSessions(state, call, key)),
  ],
  ['POST', '/users/{}/restore', 1, refuse(() => notFound('restore'))],
  ['POST', '/users/{}/changePassword', 1, refuse(denied)],
  ['POST', '/users/{}/assignLicense', 1, assignLicence],
  ['POST', '/users/{}/getMemberGroups', 2, readGroups.getMemberGroups],
  ['GET', '/users/{}/memberOf', 2, readGroups.listMemberOf(false)],
  ['GET', '/users/{}/transitiveMemberOf', 2, readGroups.listMemberOf(true)],
  ['GET', '/users/{}/manager', 1, readUsers.getManager],
  ['GET', '/users/{}/photo/$value', 1, readUsers.getPhoto],
  [
    'PUT',
    '/users/{}/manager/$ref',
    1,
    then((state, call, [key = '']) => users.setManager(state, call, key, call.body)),
  ],
  ['DELETE', '/users/{}/manager/$ref', 1, then((state, call, [key = '']) => users.removeManager(state, call, key))],

  ['GET', '/directory/deletedItems/microsoft.graph.user', 1, readUsers.listDeletedUsers],
  ['GET', '/directory/deletedItems/microsoft.graph.group', 1, readGroups.listDeletedGroups],
  [
    'GET',
    '/directory/deletedItems',
    1,
    refuse(() => badRequest('A cast to an entity type is required for this request.')),
  ],
  [
    'GET',
    '/directory/deletedItems/{}',
    1,
    (state, call, [key = '']) =>
      isGroup(state, key) ? readGroups.getDeletedGroup(state, call, key) : readUsers.getDeletedUser(state, call, key),
  ],
  ['POST', '/directory/deletedItems/{}/restore', 1, restore],
  [
    'DELETE',
    '/directory/deletedItems/{}',
    1,
    then((state, call, [key = '']) =>
      isGroup(state, key) ? groups.purgeGroup(state, call, key) : users.purgeUser(state, call, key),
    ),
  ],
  ['POST', '/directoryObjects/getByIds', 5, readUsers.getByIds],

  ['GET', '/groups/delta', 1, groupsDelta],
  ['GET', '/groups', 1, readGroups.listGroups],
  ['POST', '/groups', 1, (state, call) => created(state, call, 'groups', groups.createGroup)],
  ['GET', '/groups/{}', 1, readGroups.getGroup],
  ['PATCH', '/groups/{}', 1, then((state, call, [key = '']) => groups.updateGroup(state, call, key, call.body))],
  ['DELETE', '/groups/{}', 1, then((state, call, [key = '']) => groups.deleteGroup(state, call, key))],
  ['GET', '/groups/{}/members', 3, readGroups.listSide('members')],
  ['GET', '/groups/{}/members/microsoft.graph.user', 3, readGroups.listSide('members', true)],
  ['GET', '/groups/{}/transitiveMembers', 5, readGroups.listTransitiveMembers],
  ['GET', '/groups/{}/owners', 1, readGroups.listSide('owners')],
  ['GET', '/groups/{}/owners/microsoft.graph.user', 1, readGroups.listSide('owners', true)],
  ['POST', '/groups/{}/members', 1, refuse(notContained)],
  ['POST', '/groups/{}/owners', 1, refuse(notContained)],
  [
    'POST',
    '/groups/{}/members/$ref',
    1,
    then((state, call, [key = '']) => groups.addTo(state, call, 'members', key, call.body)),
  ],
  [
    'POST',
    '/groups/{}/owners/$ref',
    1,
    then((state, call, [key = '']) => groups.addTo(state, call, 'owners', key, call.body)),
  ],
  [
    'DELETE',
    '/groups/{}/members/{}/$ref',
    1,
    then((state, call, [key = '', member = '']) => groups.removeFrom(state, call, 'members', key, member)),
  ],
  [
    'DELETE',
    '/groups/{}/owners/{}/$ref',
    1,
    then((state, call, [key = '', owner = '']) => groups.removeFrom(state, call, 'owners', key, owner)),
  ],
  // Without `/$ref` it is the member itself that is deleted ("Delete group - Remove member" warns of it).
  ['DELETE', '/groups/{}/members/{}', 1, then((state, call, [, member = '']) => users.deleteUser(state, call, member))],

  ['GET', '/organization', 1, info.listOrganization],
  ['GET', '/organization/{}', 1, info.getOrganization],
  ['GET', '/domains', 1, info.listDomains],
  ['GET', '/domains/{}', 1, info.getDomain],
  ['GET', '/domains/{}/federationConfiguration', 1, info.getFederation],
  ['GET', '/subscribedSkus', 3, listSkus],
  ['GET', '/roleManagement/directory/roleAssignments', 1, info.listRoleAssignments],
  ['GET', '/roleManagement/directory/roleEligibilityScheduleInstances', 1, info.listRoleEligibilities],
  ['GET', '/applications', 2, listApplications],
  ['GET', '/applications(appId={})', 2, getApplicationByAppId],
  ['GET', '/applications/{}', 2, getApplication],
  ['GET', '/servicePrincipals', 1, info.listServicePrincipals],
  ['GET', '/servicePrincipals/{}', 1, info.getServicePrincipal],
  ['GET', '/auditLogs/directoryAudits', 1, info.listAudits],
  ['GET', '/auditLogs/signIns', 1, listSignIns],
]

/** POST requests that only read. */
const reading = /\/(getByIds|getMemberGroups)$/

/** Actions and functions may carry their namespace, functions parentheses. Case does not count. */
function patternOf(path: string): RegExp {
  const parts = path
    .slice(1)
    .split('/')
    .map((part) => {
      if (part === 'delta') return '/(?:microsoft\\.graph\\.)?delta(?:\\(\\))?'
      if (part === 'revokeSignInSessions') return '/(?:microsoft\\.graph\\.)?revokeSignInSessions'
      const named = /^(\w+)\((\w+)=\{\}\)$/.exec(part)
      if (named !== null) return `/${named[1]}\\(${named[2]}=(?:((?!))|'((?:[^']|'')+)')\\)`
      if (part !== '{}') return `/${part.replace(/[$.]/g, '\\$&')}`
      return "(?:/([^/()]+)|\\('((?:[^']|'')+)'\\))"
    })
  return new RegExp(`^${parts.join('')}$`, 'i')
}

export const routes: readonly Route[] = table.map(([method, path, units, run]) => ({
  method,
  pattern: patternOf(path),
  units,
  write: method !== 'GET' && !reading.test(path),
  run,
}))
