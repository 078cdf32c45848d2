import { randomUUID } from 'node:crypto'
import { badRequest, conflict, denied, notFound, Refusal } from './errors.ts'
import { audit, type Group, type Properties, type State } from './state.ts'

const writable = new Set([
  'displayName',
  'description',
  'mailNickname',
  'mailEnabled',
  'securityEnabled',
  'groupTypes',
  'visibility',
  'isAssignableToRole',
])

const canonical = new Map([...writable].map((name) => [name.toLowerCase(), name]))

export function findGroup(state: State, id: string): Group {
  const group = state.groups.get(id.toLowerCase())
  if (group === undefined || group.deletedAt !== null) throw notFound(id)
  return group
}

const requireWrite = (state: State) => {
  if (!['Group.ReadWrite.All', 'Directory.ReadWrite.All'].some((right) => state.app.permissions.has(right)))
    throw denied()
}
const external = () =>
  badRequest('Unable to update the specified properties for objects that have originated within an external service.')

export function createGroup(state: State, body: unknown): Properties {
  requireWrite(state)
  const given = bodyOf(body)
  for (const key of ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']) {
    if (given[key] === undefined || given[key] === null)
      throw badRequest(`A value is required for property '${key}' of resource 'Group'.`, key)
  }
  const types = (given['groupTypes'] ?? []) as string[]
  if (given['mailEnabled'] === true && !types.includes('Unified'))
    throw badRequest('The service does not currently support writing to mail-enabled groups.')
  if (given['isAssignableToRole'] === true && !state.app.permissions.has('RoleManagement.ReadWrite.Directory'))
    throw denied()
  const id = randomUUID()
  const mail = types.includes('Unified')
    ? `${String(given['mailNickname'])}@${[...state.domains.values()].find((domain) => domain.isDefault)?.id}`
    : null
  const address = mail === null ? null : `SMTP:${mail}`
  if (address !== null && state.byAddress.has(address.toLowerCase()))
    throw conflict('proxyAddresses', state.byAddress.get(address.toLowerCase()))
  const properties: Properties = {
    id,
    description: null,
    groupTypes: types,
    ...pick(given),
    mail,
    proxyAddresses: address === null ? [] : [address],
    createdDateTime: new Date(state.now()).toISOString(),
  }
  const group: Group = { id, properties, members: new Set(), deletedAt: null }
  const members = (given['members@odata.bind'] ?? []) as string[]
  if (members.length > 20) throw badRequest('The limit of 20 relationships was exceeded.')
  for (const member of members) group.members.add(targetOf(state, member))
  state.groups.set(id, group)
  if (address !== null) state.byAddress.set(address.toLowerCase(), { kind: 'Group', id })
  changed(state, id)
  audit(state, 'app', 'Add group', id, 'Group')
  return presentGroup(properties, null)
}

export function updateGroup(state: State, id: string, body: unknown): void {
  requireWrite(state)
  const group = findGroup(state, id)
  const given = bodyOf(body)
  const { properties } = group
  const types = properties['groupTypes'] as string[]
  if (properties['mailEnabled'] === true && !types.includes('Unified')) throw external()
  const bind = given['members@odata.bind'] as string[] | undefined
  if (bind !== undefined) {
    if (types.includes('DynamicMembership')) throw badRequest('Members of a dynamic group cannot be changed.')
    if (bind.length > 20) throw badRequest('The limit of 20 relationships was exceeded.')
    const ids = bind.map((link) => targetOf(state, link))
    if (new Set(ids).size !== ids.length)
      throw badRequest(
        `Object '[ResourceType=User,Id=${ids[0]}]' referenced from 'members' can only be present once as an add/remove change.`,
      )
    if (ids.some((each) => group.members.has(each))) throw alreadyThere()
    for (const each of ids) group.members.add(each)
  }
  Object.assign(properties, pick(given))
  changed(state, group.id)
  audit(state, 'app', 'Update group', group.id, 'Group')
}

export function deleteGroup(state: State, id: string): void {
  requireWrite(state)
  const group = findGroup(state, id)
  state.groups.delete(group.id)
  for (const address of group.properties['proxyAddresses'] as string[]) state.byAddress.delete(address.toLowerCase())
  changed(state, group.id)
  audit(state, 'app', 'Delete group', group.id, 'Group')
}

export function addMember(state: State, id: string, body: unknown): void {
  requireWrite(state)
  const group = findGroup(state, id)
  const link = bodyOf(body)['@odata.id']
  if (typeof link !== 'string') throw badRequest("The property '@odata.id' is required.")
  const member = targetOf(state, link)
  if (group.members.has(member)) throw alreadyThere()
  group.members.add(member)
  changed(state, group.id)
  audit(state, 'app', 'Add member to group', member, 'User')
}

export function removeMember(state: State, id: string, member: string): void {
  requireWrite(state)
  const group = findGroup(state, id)
  if (!group.members.delete(member.toLowerCase())) throw notFound(member)
  changed(state, group.id)
  audit(state, 'app', 'Remove member from group', member, 'User')
}

export function presentGroup(properties: Properties, select: string[] | null): Properties {
  const all = {
    description: null,
    visibility: null,
    isAssignableToRole: null,
    membershipRule: null,
    onPremisesSyncEnabled: null,
    ...properties,
  }
  if (select === null) return all
  const out: Properties = {}
  for (const name of select) {
    if (!(name in all)) throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.group'.`)
    out[name] = (all as Properties)[name]
  }
  return { ...out, id: properties['id'] }
}

const alreadyThere = () =>
  badRequest("One or more added object references already exist for the following modified properties: 'members'.")
const pick = (given: Properties) => Object.fromEntries(Object.entries(given).filter(([key]) => writable.has(key)))

function bodyOf(body: unknown): Properties {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    // Property names are matched without regard to case.
    return Object.fromEntries(
      Object.entries(body).map(([key, value]) => [canonical.get(key.toLowerCase()) ?? key, value]),
    )
  }
  throw new Refusal(
    400,
    'Request_BadRequest',
    "An unexpected 'EndOfInput' node was found when reading from the JSON reader. A 'StartObject' node was expected.",
  )
}

function targetOf(state: State, link: string): string {
  const id = /\/(?:directoryObjects|users|groups)(?:\/|\(')([0-9a-f-]{36})/i.exec(link)?.[1]?.toLowerCase() ?? ''
  const person = state.people.get(id)
  if ((person === undefined || person.deletedAt !== null) && !state.groups.has(id)) throw notFound(id)
  return id
}

function changed(state: State, id: string): void {
  state.seq += 1
  state.groupChanges.push({ seq: state.seq, id })
}
