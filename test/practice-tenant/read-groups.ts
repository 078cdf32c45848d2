import { type Answer, type Call, context, isAdvanced, ok, option } from './call.ts'
import { objectOf } from './errors.ts'
import { parseGroupSelect, presentGroup } from './group-properties.ts'
import { findDeletedGroup, findGroup, type Side } from './groups.ts'
import { filterOf, ordered, page, searched } from './lists.ts'
import { view } from './replicas.ts'
import { demandRead } from './rights.ts'
import type { Group, Properties, State } from './state.ts'
import { parseSelect, present } from './user-properties.ts'
import { find } from './users.ts'

const demandGroups = (call: Call) => demandRead(call, 'Group.Read.All', 'GroupMember.Read.All')
const selectOf = (call: Call) => parseGroupSelect(option(call, '$select'))

/** "List groups". */
export function listGroups(state: State, call: Call): Answer {
  demandGroups(call)
  const rows = rowsOf(state, call, (group) => group.deletedAt === null)
  const select = selectOf(call)
  return ok(page(state, call, 'groups', ordered(call, rows, ['displayName']), (row) => presentGroup(row, select)))
}

export function listDeletedGroups(state: State, call: Call): Answer {
  demandGroups(call)
  const rows = rowsOf(state, call, (group) => group.deletedAt !== null)
  const select = selectOf(call)
  return ok(page(state, call, 'groups', rows, (row) => presentGroup(row, select)))
}

function rowsOf(state: State, call: Call, wanted: (group: Group) => boolean): Properties[] {
  const filter = filterOf(call, 'group')
  const rows = [...state.groups.values()].filter(wanted).map((group) => group.properties)
  return searched(call, filter === null ? rows : rows.filter(filter.test))
}

export function getGroup(state: State, call: Call, [id = '']: string[]): Answer {
  demandGroups(call)
  const body = presentGroup(findGroup(state, id).properties, selectOf(call))
  return ok({ '@odata.context': context(call, 'groups/$entity'), ...body })
}

export function getDeletedGroup(state: State, call: Call, id: string): Answer {
  demandGroups(call)
  const body = presentGroup(findDeletedGroup(state, id).properties, selectOf(call))
  return ok({ '@odata.type': '#microsoft.graph.group', ...body })
}

/** "List group members", "List group owners": users and groups mixed, or only users with the cast. */
export function listSide(side: Side, onlyUsers = false) {
  return (state: State, call: Call, [id = '']: string[]): Answer => {
    demandGroups(call)
    return ok(listObjects(state, call, findGroup(state, id)[side], onlyUsers))
  }
}

export function listTransitiveMembers(state: State, call: Call, [id = '']: string[]): Answer {
  demandGroups(call)
  const found = new Set<string>()
  const visit = (group: Group) => {
    for (const member of group.members) {
      if (found.has(member)) continue
      found.add(member)
      const nested = state.groups.get(member)
      if (nested !== undefined) visit(nested)
    }
  }
  visit(findGroup(state, id))
  return ok(listObjects(state, call, found, false))
}

function listObjects(state: State, call: Call, ids: Iterable<string>, onlyUsers: boolean): Properties {
  const select = option(call, '$select')
  // A user in the recycle bin keeps memberships, and is not shown.
  const rows = [...ids].flatMap((id) => {
    const person = state.people.get(id)
    const shown = person === undefined ? null : view(state, person, isAdvanced(call))
    if (shown !== null) return { '@odata.type': '#microsoft.graph.user', ...present(shown, parseSelect(select)) }
    const group = onlyUsers ? undefined : state.groups.get(id)
    return group === undefined
      ? []
      : { '@odata.type': '#microsoft.graph.group', ...presentGroup(group.properties, null) }
  })
  return page(state, call, onlyUsers ? 'users' : 'directoryObjects', rows, (row) => row)
}

function groupsOf(state: State, id: string, transitive: boolean): Group[] {
  const found = new Set<Group>()
  const visit = (member: string) => {
    for (const group of state.groups.values()) {
      if (group.deletedAt !== null || found.has(group) || !group.members.has(member)) continue
      found.add(group)
      if (transitive) visit(group.id)
    }
  }
  visit(id)
  return [...found]
}

/** "List a user's memberships (direct)", and transitive. */
export function listMemberOf(transitive: boolean) {
  return (state: State, call: Call, [key = '']: string[]): Answer => {
    demandGroups(call)
    const select = selectOf(call)
    const show = (group: Group) => ({
      '@odata.type': '#microsoft.graph.group',
      ...presentGroup(group.properties, select),
    })
    return ok(page(state, call, 'directoryObjects', groupsOf(state, find(state, key).id, transitive), show))
  }
}

/** "directoryObject: getMemberGroups": ids, transitive. */
export function getMemberGroups(state: State, call: Call, [key = '']: string[]): Answer {
  demandGroups(call)
  const only = objectOf(call.body)['securityEnabledOnly'] === true
  const found = groupsOf(state, find(state, key).id, true).filter(
    (group) => !only || group.properties['securityEnabled'],
  )
  return ok({ '@odata.context': context(call, 'Collection(Edm.String)'), value: found.map((group) => group.id) })
}
