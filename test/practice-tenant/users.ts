import type { Call } from './call.ts'
import { badRequest, notFound, objectOf } from './errors.ts'
import { index, refuseTaken, takenAddress, unindex } from './names.ts'
import { checkPassword } from './passwords.ts'
import { touch } from './replicas.ts'
import { demand, demandPassword, demandReach, demandReachToDelete } from './rights.ts'
import { type Actor, audit, hashOf, instant, type Person, type Properties, type State } from './state.ts'
import { present, readBody } from './user-properties.ts'

/** What happens to users. A call of null is an administrator in the admin center: no permissions to check. */
type By = Call | null

const actorOf = (by: By): Actor => (by === null || by.caller.userId !== null ? 'user' : 'app')

/** A living user by id or name; both count without regard to case. */
export function find(state: State, key: string): Person {
  const id = state.byName.get(key.toLowerCase()) ?? key.toLowerCase()
  const person = state.people.get(id)
  if (person === undefined || person.deletedAt !== null) throw notFound(key)
  return person
}

/** "Create user". The permission to write users is enough for the first password. */
export function createUser(state: State, by: By, body: unknown): Properties {
  if (by !== null) demand(by, 'User.ReadWrite.All')
  const given = readBody(body)
  const need = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName']
  const name = String(given['userPrincipalName'] ?? '')
  if (isFederated(state, name)) need.push('onPremisesImmutableId')
  const missing = need.find((each) => given[each] === undefined || given[each] === null)
  if (missing !== undefined)
    throw badRequest(`A value is required for property '${missing}' of resource 'User'.`, missing)
  const profile = profileOf(given['passwordProfile'])
  if (profile?.password === undefined) throw badRequest('A password must be specified to create a new user.')
  const properties: Properties = {
    id: state.newId(),
    userType: 'Member',
    proxyAddresses: [],
    businessPhones: [],
    createdDateTime: instant(state),
    lastPasswordChangeDateTime: instant(state),
  }
  assign(state, properties, given)
  checkPassword(profile.password, properties)
  const person = personOf(properties, profile.password, profile.mustChange)
  state.people.set(person.id, person)
  index(state, person)
  touch(state, person, null, null)
  audit(state, actorOf(by), 'Add user', { id: person.id, type: 'User' })
  return present(properties, null)
}

export function personOf(properties: Properties, password: string, mustChange: boolean): Person {
  return {
    id: String(properties['id']),
    properties,
    passwordHash: hashOf(password),
    mustChange,
    deletedAt: null,
    manager: null,
    versions: [],
    lockout: { wrong: [], count: 0, until: 0 },
  }
}

/** "Update user": all of the body or nothing. */
export function updateUser(state: State, by: By, key: string, body: unknown): void {
  const person = find(state, key)
  const given = readBody(body)
  const names = Object.keys(given)
  if (by !== null) demandUpdate(state, by, person, names)
  refuseSynced(person)
  const before = person.properties
  const after = { ...before }
  const profile = profileOf(given['passwordProfile'])
  assign(state, after, given)
  if (profile?.password !== undefined) {
    if (isFederated(state, String(after['userPrincipalName']))) throw external('PasswordProfile')
    checkPassword(profile.password, after)
    person.passwordHash = hashOf(profile.password)
    person.lockout = { wrong: [], count: 0, until: 0 }
    after['lastPasswordChangeDateTime'] = instant(state)
  }
  if (profile !== null) person.mustChange = profile.mustChange
  unindex(state, person)
  person.properties = after
  index(state, person)
  touch(state, person, before, namesChanged(before, after))
  auditUpdate(state, actorOf(by), person, before, profile?.password !== undefined)
}

function demandUpdate(state: State, call: Call, person: Person, names: readonly string[]): void {
  const plain = names.filter((name) => name !== 'passwordProfile')
  const narrow = plain.every((name) => name === 'accountEnabled') ? ['User.EnableDisableAccount.All'] : []
  if (plain.length > 0 || names.length === 0) demand(call, 'User.ReadWrite.All', ...narrow)
  if (names.includes('passwordProfile')) demandPassword(state, call)
  demandReach(state, call, person, names)
}

function refuseSynced(person: Person): void {
  if (person.properties['onPremisesSyncEnabled'] !== true) return
  throw badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  )
}

const external = (target: string) =>
  badRequest(
    'Unable to update the specified properties for objects that have originated within an external service.',
    target,
  )

const namesChanged = (before: Properties, after: Properties): string[] =>
  Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))

function auditUpdate(state: State, by: Actor, person: Person, before: Properties, reset: boolean): void {
  const target = { id: person.id, type: 'User' as const }
  if (reset) audit(state, by, 'Reset password', target)
  const after = person.properties
  const names = namesChanged(before, after).filter((name) => name !== 'lastPasswordChangeDateTime')
  if (names.length === 0) return
  const activity = !names.includes('accountEnabled')
    ? 'Update user'
    : after['accountEnabled'] === true
      ? 'Enable account'
      : 'Disable account'
  audit(
    state,
    by,
    activity,
    target,
    names.map((name) => ({ name, before: before[name], after: after[name] })),
  )
}

/** "user: revokeSignInSessions". */
export function revokeSessions(state: State, by: By, key: string): Properties {
  if (by !== null) demand(by, 'User.RevokeSessions.All', 'User.ReadWrite.All')
  const person = find(state, key)
  const before = person.properties
  person.properties = { ...before, signInSessionsValidFromDateTime: instant(state) }
  touch(state, person, before, ['signInSessionsValidFromDateTime'])
  audit(state, actorOf(by), 'Update StsRefreshTokenValidFrom Timestamp', { id: person.id, type: 'User' })
  return { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean', value: true }
}

/** "Delete a user": to the recycle bin, where it stays 30 days. */
export function deleteUser(state: State, by: By, key: string): void {
  const person = find(state, key)
  if (by !== null) {
    demand(by, 'User.ReadWrite.All', 'User.DeleteRestore.All')
    demandReachToDelete(state, by, person)
  }
  const before = person.properties
  unindex(state, person, { recycled: true })
  person.deletedAt = state.now()
  // The name is free at once: in the recycle bin it carries the object id in front.
  const prefix = person.id.replace(/-/g, '')
  person.properties = {
    ...before,
    userPrincipalName: prefix + String(before['userPrincipalName']),
    deletedDateTime: instant(state),
  }
  touch(state, person, before, null)
  audit(state, actorOf(by), 'Delete user', { id: person.id, type: 'User' })
}

export function findDeleted(state: State, id: string): Person {
  const person = state.people.get(id.toLowerCase())
  if (person === undefined || person.deletedAt === null) throw notFound(id)
  return person
}

/** "Restore deleted item": a name or an address that was given away meanwhile needs a word. */
export function restoreUser(state: State, by: By, id: string, body: unknown): Properties {
  const person = findDeleted(state, id)
  if (by !== null) {
    demand(by, 'User.ReadWrite.All', 'User.DeleteRestore.All')
    demandReachToDelete(state, by, person)
  }
  const options = body === null ? {} : objectOf(body)
  const { deletedDateTime: _, ...rest } = person.properties
  const name = String(options['newUserPrincipalName'] ?? String(rest['userPrincipalName']).slice(32))
  const after: Properties = { ...rest, userPrincipalName: name }
  if (options['autoReconcileProxyConflict'] === true) {
    const free = (address: string) => takenAddress(state, { proxyAddresses: [address] }, person.id) === undefined
    after['proxyAddresses'] = (after['proxyAddresses'] as string[]).filter(free)
  }
  refuseTaken(state, after, person.id)
  person.properties = after
  person.deletedAt = null
  index(state, person)
  touch(state, person, null, state.switches.restoreInDelta ? null : ['deletedDateTime'])
  audit(state, actorOf(by), 'Restore user', { id: person.id, type: 'User' })
  return present(after, null)
}

/** "Permanently delete an item". */
export function purgeUser(state: State, by: By, id: string): void {
  const person = findDeleted(state, id)
  if (by !== null) {
    demand(by, 'User.ReadWrite.All', 'User.DeleteRestore.All')
    demandReachToDelete(state, by, person)
  }
  unindex(state, person)
  const original = { ...person, properties: { ...person.properties } }
  original.properties['userPrincipalName'] = String(person.properties['userPrincipalName']).slice(32)
  unindex(state, original)
  state.people.delete(person.id)
  for (const group of state.groups.values()) group.members.delete(person.id)
  touch(state, person, null, null)
  audit(state, actorOf(by), 'Hard Delete user', { id: person.id, type: 'User' })
}

type Profile = { password: string | undefined; mustChange: boolean }

function profileOf(value: unknown): Profile | null {
  if (value === undefined || value === null) return null
  const profile = objectOf(value)
  const invalid = () =>
    badRequest("Invalid value specified for property 'passwordProfile' of resource 'User'.", 'PasswordProfile')
  for (const [key, each] of Object.entries(profile)) {
    const flag = key === 'forceChangePasswordNextSignIn' || key === 'forceChangePasswordNextSignInWithMfa'
    if (!flag && key !== 'password') throw badRequest(`Invalid property '${key}'.`, key)
    if (each !== null && typeof each !== (flag ? 'boolean' : 'string')) throw invalid()
  }
  const { password, forceChangePasswordNextSignIn: force } = profile
  // Left out, an updated password has to be changed at the next sign-in ("passwordProfile resource type").
  return { password: typeof password === 'string' ? password : undefined, mustChange: force !== false }
}

const domainOf = (name: string) => name.slice(name.indexOf('@') + 1).toLowerCase()
const isFederated = (state: State, name: string) =>
  state.domains.get(domainOf(name))?.authenticationType === 'Federated'

/** Takes over a checked body, and refuses what the rest of the tenant forbids. */
function assign(state: State, target: Properties, given: Properties): void {
  const { passwordProfile: _, ...plain } = given
  const primary = target['mail']
  Object.assign(target, plain)
  if (plain['userPrincipalName'] !== undefined) refuseForeignDomain(state, String(plain['userPrincipalName']))
  if (plain['mail'] !== undefined && plain['mail'] !== primary) {
    const addresses = (target['proxyAddresses'] ?? []) as string[]
    target['proxyAddresses'] = withPrimary(addresses, plain['mail'] as string | null)
  }
  refuseTaken(state, target, String(target['id']))
}

function refuseForeignDomain(state: State, name: string): void {
  if (state.domains.get(domainOf(name))?.isVerified === true) return
  throw badRequest(
    'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    'userPrincipalName',
  )
}

/** Writing `mail` makes it the primary address; the one before stays as an alias. */
function withPrimary(addresses: readonly string[], mail: string | null): string[] {
  const others = addresses
    .map((address) => address.replace(/^SMTP:/, 'smtp:'))
    .filter((address) => address.toLowerCase() !== `smtp:${mail?.toLowerCase()}`)
  return mail === null ? others : [`SMTP:${mail}`, ...others]
}

/** "Assign manager", "Remove manager". */
export function setManager(state: State, by: By, key: string, body: unknown): void {
  if (by !== null) demand(by, 'User.ReadWrite.All')
  const person = find(state, key)
  const link = body === undefined ? null : objectOf(body)['@odata.id']
  const manager = /\/(?:users|directoryObjects)\/([^/]+?)\/?$/i.exec(String(link))?.[1]
  if (manager === undefined) throw badRequest("The property '@odata.id' is required.")
  changeManager(state, person, find(state, decodeURIComponent(manager)).id)
}

export function removeManager(state: State, call: Call, key: string): void {
  demand(call, 'User.ReadWrite.All')
  const person = find(state, key)
  if (person.manager === null) throw notFound('manager')
  changeManager(state, person, null)
}

function changeManager(state: State, person: Person, manager: string | null): void {
  person.manager = manager
  touch(state, person, person.properties, ['manager'])
  audit(state, 'app', 'Set user manager', { id: person.id, type: 'User' })
}
