import type { Call } from './call.ts'
import { badRequest, conflict, denied, notFound, objectOf } from './errors.ts'
import { presentGroup, readGroupBody } from './group-properties.ts'
import { note, view } from './replicas.ts'
import { demand } from './rights.ts'
import { type Actor, audit, type Group, instant, type Properties, type State } from './state.ts'

/** What happens to groups. A call of null is an administrator in the admin center. */
type By = Call | null
export type Side = 'members' | 'owners'

const actorOf = (by: By): Actor => (by === null || by.caller.userId !== null ? 'user' : 'app')

export function findGroup(state: State, id: string): Group {
  const group = state.groups.get(id.toLowerCase())
  if (group === undefined || group.deletedAt !== null) throw notFound(id)
  return group
}

const typesOf = (properties: Properties) => (properties['groupTypes'] ?? []) as string[]
const isUnified = (properties: Properties) => typesOf(properties).includes('Unified')

/** Who may change a group: one that roles can be given to is out of reach of the usual permissions. */
function demandWrite(by: By, properties: Properties, ...narrower: string[]): void {
  if (by === null) return
  demand(by, 'Group.ReadWrite.All', ...narrower)
  if (properties['isAssignableToRole'] === true && !by.caller.permissions.has('RoleManagement.ReadWrite.Directory'))
    throw denied()
}

/** Groups of Exchange can be read and no more ("Create group", "Update group"). */
function refuseExchange(properties: Properties): void {
  if (properties['mailEnabled'] !== true || isUnified(properties)) return
  throw badRequest(
    'Unable to update the specified properties for objects that have originated within an external service.',
  )
}

/** "Create group". */
export function createGroup(state: State, by: By, body: unknown): Properties {
  const given = readGroupBody(body)
  demandWrite(by, given, 'Group.Create')
  const missing = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'].find(
    (key) => given[key] === undefined,
  )
  if (missing !== undefined)
    throw badRequest(`A value is required for property '${missing}' of resource 'Group'.`, missing)
  if (by !== null) refuseExchange(given)
  if (
    given['isAssignableToRole'] === true &&
    (given['securityEnabled'] !== true || given['membershipRule'] !== undefined)
  )
    throw badRequest(
      "Invalid value specified for property 'isAssignableToRole' of resource 'Group'.",
      'isAssignableToRole',
    )
  const { 'members@odata.bind': members = [], 'owners@odata.bind': owners = [], ...plain } = given
  const [memberIds, ownerIds] = [
    bound(state, members as string[], 'members'),
    bound(state, owners as string[], 'owners'),
  ]
  if (memberIds.length + ownerIds.length > 20) throw tooMany()
  const id = state.newId()
  const properties: Properties = {
    ...addressed(state, given),
    groupTypes: [],
    ...plain,
    id,
    createdDateTime: instant(state),
  }
  if (properties['isAssignableToRole'] === true) properties['visibility'] = 'Private'
  const group: Group = { id, properties, members: new Set(memberIds), owners: new Set(ownerIds), deletedAt: null }
  state.groups.set(id, group)
  for (const address of properties['proxyAddresses'] as string[])
    state.byAddress.set(address.toLowerCase(), { kind: 'Group', id })
  changed(
    state,
    group,
    null,
    memberIds.map((member) => ({ id: member, removed: false })),
  )
  audit(state, actorOf(by), 'Add group', { id, type: 'Group' })
  return presentGroup(properties, null)
}

function addressed(state: State, given: Properties): Properties {
  if (given['mailEnabled'] !== true) return { mail: null, proxyAddresses: [] }
  const domain = [...state.domains.values()].find((each) => each.isDefault)?.id
  const mail = `${String(given['mailNickname'])}@${domain}`
  const holder = state.byAddress.get(`smtp:${mail.toLowerCase()}`)
  if (holder !== undefined) throw conflict('proxyAddresses', holder)
  return { mail, proxyAddresses: [`SMTP:${mail}`], visibility: 'Public' }
}

/** "Update group", with up to 20 new members: one that cannot be added fails all of it. */
export function updateGroup(state: State, by: By, id: string, body: unknown): void {
  const group = findGroup(state, id)
  const given = readGroupBody(body)
  const { 'members@odata.bind': members = [], 'owners@odata.bind': _, ...plain } = given
  const onlyMembers = Object.keys(plain).length === 0
  demandWrite(by, group.properties, ...(onlyMembers ? ['GroupMember.ReadWrite.All'] : []))
  if (by !== null) refuseExchange(group.properties)
  for (const fixed of ['mailEnabled', 'isAssignableToRole'] as const) {
    if (plain[fixed] !== undefined && plain[fixed] !== (group.properties[fixed] ?? null))
      throw badRequest(`Property '${fixed}' is read-only and cannot be set.`, fixed)
  }
  const added = bound(state, members as string[], 'members')
  if (added.length > 20) throw tooMany()
  for (const each of added) refuseMember(state, group, each, 'members')
  for (const each of added) group.members.add(each)
  Object.assign(group.properties, plain)
  changed(
    state,
    group,
    [...Object.keys(plain), ...(added.length > 0 ? ['members'] : [])],
    added.map((each) => ({ id: each, removed: false })),
  )
  if (!onlyMembers) audit(state, actorOf(by), 'Update group', { id: group.id, type: 'Group' })
  for (const each of added) audit(state, actorOf(by), 'Add member to group', { id: each, type: 'User' })
}

/** "Delete group": Microsoft 365 groups go to the recycle bin, security groups only where that switch is on. */
export function deleteGroup(state: State, by: By, id: string): void {
  const group = findGroup(state, id)
  demandWrite(by, group.properties)
  for (const address of group.properties['proxyAddresses'] as string[]) state.byAddress.delete(address.toLowerCase())
  if (isUnified(group.properties) || state.switches.securityGroupsRestorable) {
    group.deletedAt = state.now()
    group.properties['deletedDateTime'] = instant(state)
  } else state.groups.delete(group.id)
  changed(state, group, null)
  audit(state, actorOf(by), 'Delete group', { id: group.id, type: 'Group' })
}

export function findDeletedGroup(state: State, id: string): Group {
  const group = state.groups.get(id.toLowerCase())
  if (group === undefined || group.deletedAt === null) throw notFound(id)
  return group
}

export function restoreGroup(state: State, by: By, id: string): Properties {
  const group = findDeletedGroup(state, id)
  demandWrite(by, group.properties)
  for (const address of group.properties['proxyAddresses'] as string[]) {
    const holder = state.byAddress.get(address.toLowerCase())
    if (holder !== undefined) throw conflict('proxyAddresses', holder)
    state.byAddress.set(address.toLowerCase(), { kind: 'Group', id: group.id })
  }
  group.deletedAt = null
  delete group.properties['deletedDateTime']
  changed(state, group, null)
  audit(state, actorOf(by), 'Restore group', { id: group.id, type: 'Group' })
  return presentGroup(group.properties, null)
}

export function purgeGroup(state: State, by: By, id: string): void {
  const group = findDeletedGroup(state, id)
  demandWrite(by, group.properties)
  state.groups.delete(group.id)
  changed(state, group, null)
  audit(state, actorOf(by), 'Hard Delete group', { id: group.id, type: 'Group' })
}

/** "Add members", "Add owners". */
export function addTo(state: State, by: By, side: Side, id: string, body: unknown): void {
  const group = findGroup(state, id)
  demandWrite(by, group.properties, 'GroupMember.ReadWrite.All')
  if (by !== null) refuseExchange(group.properties)
  const link = objectOf(body)['@odata.id']
  if (typeof link !== 'string') throw badRequest("The property '@odata.id' is required.")
  const target = targetOf(state, link)
  refuseMember(state, group, target, side)
  group[side].add(target)
  changed(state, group, [side], side === 'members' ? [{ id: target, removed: false }] : [])
  audit(state, actorOf(by), side === 'members' ? 'Add member to group' : 'Add owner to group', {
    id: target,
    type: 'User',
  })
}

/** "Remove member", "Remove owner". */
export function removeFrom(state: State, by: By, side: Side, id: string, target: string): void {
  const group = findGroup(state, id)
  demandWrite(by, group.properties, 'GroupMember.ReadWrite.All')
  if (by !== null) refuseExchange(group.properties)
  const member = target.toLowerCase()
  if (!group[side].has(member)) throw notFound(target)
  if (side === 'members') refuseDynamic(group)
  if (side === 'owners' && isUnified(group.properties) && group.owners.size === 1)
    throw badRequest('The group must have at least one owner, hence this owner cannot be removed.')
  group[side].delete(member)
  changed(state, group, [side], side === 'members' ? [{ id: member, removed: true }] : [])
  const activity = side === 'members' ? 'Remove member from group' : 'Remove owner from group'
  audit(state, actorOf(by), activity, { id: member, type: 'User' })
}

function refuseDynamic(group: Group): void {
  if (!typesOf(group.properties).includes('DynamicMembership')) return
  throw badRequest('Unable to update the members of a group with dynamic membership.')
}

function refuseMember(state: State, group: Group, id: string, side: Side): void {
  if (side === 'members') refuseDynamic(group)
  if (isUnified(group.properties) && !state.people.has(id))
    throw badRequest("Invalid value specified for property 'members' of resource 'Group'.", 'members')
  if (group[side].has(id))
    throw badRequest(
      `One or more added object references already exist for the following modified properties: '${side}'.`,
    )
}

const tooMany = () => badRequest('The limit of 20 relationships in one request was exceeded.')

function bound(state: State, links: readonly string[], side: Side): string[] {
  const ids = links.map((link) => targetOf(state, link))
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined)
    throw badRequest(
      `Object '[ResourceType=User,Id=${twice}]' referenced from '${side}' can only be present once as an add/remove change.`,
    )
  return ids
}

/** Who a link names; a replica that has not heard of somebody new says that they do not exist. */
function targetOf(state: State, link: string): string {
  const id = /\/(?:directoryObjects|users|groups)(?:\/|\(')([0-9a-f-]{36})/i.exec(link)?.[1]?.toLowerCase()
  if (id === undefined) throw badRequest(`Invalid object identifier '${link}'.`)
  const person = state.people.get(id)
  if (person !== undefined ? view(state, person) === null : state.groups.get(id)?.deletedAt !== null) throw notFound(id)
  return id
}

function changed(
  state: State,
  group: Group,
  names: readonly string[] | null,
  members: { id: string; removed: boolean }[] = [],
): void {
  note(state, 'groups', { id: group.id, visibleAt: state.now(), names, members })
}
