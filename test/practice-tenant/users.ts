import { randomUUID } from 'node:crypto'
import { badRequest, conflict, denied, notFound, Refusal } from './errors.ts'
import { checkPassword } from './passwords.ts'
import { audit, hashOf, isPrivileged, type Person, type Properties, type State, touch } from './state.ts'

/** "user resource type": what a plain answer holds. */
const defaultSelect = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
]

const text: Record<string, number> = {
  displayName: 256,
  givenName: 64,
  surname: 64,
  jobTitle: 128,
  department: 64,
  companyName: 64,
  officeLocation: 128,
  mobilePhone: 64,
  streetAddress: 1024,
  city: 128,
  state: 128,
  country: 128,
  postalCode: 40,
  employeeId: 16,
  employeeType: 256,
  preferredLanguage: 16,
  usageLocation: 2,
  mailNickname: 64,
  mail: 113,
  userPrincipalName: 113,
  onPremisesImmutableId: 256,
  passwordPolicies: 200,
  userType: 16,
}
const collections = new Set(['businessPhones', 'otherMails'])
const readOnly = new Set([
  'id',
  'proxyAddresses',
  'lastPasswordChangeDateTime',
  'signInSessionsValidFromDateTime',
  'onPremisesSyncEnabled',
  'createdDateTime',
  'deletedDateTime',
  'assignedLicenses',
  'licenseAssignmentStates',
  'isManagementRestricted',
  'externalUserState',
  'creationType',
  'securityIdentifier',
])
const selectable = new Set([
  ...Object.keys(text),
  ...collections,
  ...readOnly,
  'accountEnabled',
  'passwordProfile',
  'assignedPlans',
  'provisionedPlans',
  'onPremisesExtensionAttributes',
  'onPremisesLastSyncDateTime',
  'isResourceAccount',
  'showInAddressList',
])
const notNull = new Set(['displayName', 'usageLocation', 'accountEnabled', 'userPrincipalName', 'mailNickname'])
const outsideDirectory = new Set([
  'aboutme',
  'birthday',
  'hiredate',
  'interests',
  'mysite',
  'pastprojects',
  'preferredname',
  'responsibilities',
  'schools',
  'skills',
])
/** "Who can perform sensitive actions". */
const sensitive = new Set([
  'accountEnabled',
  'businessPhones',
  'mobilePhone',
  'onPremisesImmutableId',
  'otherMails',
  'passwordProfile',
  'userPrincipalName',
])

const canonical = new Map([...selectable].map((name) => [name.toLowerCase(), name]))

export function parseSelect(value: string | null, navigation: readonly string[] = []): string[] | null {
  if (value === null) return null
  return value.split(',').map((raw) => {
    const name = raw.trim()
    if (outsideDirectory.has(name.toLowerCase()))
      throw new Refusal(501, 'NotImplemented', 'This operation target is not yet supported.')
    if (navigation.includes(name)) return name
    const known = canonical.get(name.toLowerCase())
    if (known === undefined)
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.user'.`)
    return known
  })
}

/** A user as a read shows it: unset values are null, collections empty. */
export function present(properties: Properties, select: string[] | null): Properties {
  const out: Properties = {}
  for (const name of select ?? defaultSelect) {
    if (name === 'passwordProfile') out[name] = null
    else
      out[name] =
        properties[name] ??
        (collections.has(name) || name === 'proxyAddresses' || name === 'assignedLicenses' ? [] : null)
  }
  out['id'] = properties['id']
  return out
}

export function find(state: State, key: string): Person {
  const id = state.byName.get(key.toLowerCase()) ?? key.toLowerCase()
  const person = state.people.get(id)
  if (person === undefined || person.deletedAt !== null) throw notFound(key)
  return person
}

/** What a replica shows: app-only reads may reach one that lags. Null: it has not heard of the user. */
export function view(state: State, person: Person): Properties | null {
  if (person.stale !== null && state.now() < person.stale.until && state.random() < 0.5) return person.stale.properties
  return person.properties
}

function requireRight(state: State, ...any: string[]): void {
  if (!any.some((right) => state.app.permissions.has(right))) throw denied()
}

const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const privilegedAuthentication = ['7be44c8a-adaf-4e2a-84d6-ab2649e08a13', '62e90394-69f5-4237-9190-012177145e10']

/** An app needs the permission and a role: User Administrator for ordinary people, more for holders of roles. */
function requirePasswordRight(state: State, target: Person | null): void {
  if (target === null) return
  requireRight(state, 'User-PasswordProfile.ReadWrite.All', 'Directory.ReadWrite.All')
  const mighty = privilegedAuthentication.some((role) => state.app.roles.has(role))
  if (!mighty && !state.app.roles.has(userAdministrator)) throw denied()
}

function requireReach(state: State, target: Person, keys: readonly string[]): void {
  if (!keys.some((key) => sensitive.has(key))) return
  if (isPrivileged(state, target.id) && !privilegedAuthentication.some((role) => state.app.roles.has(role)))
    throw denied()
}

export function createUser(state: State, body: unknown): Properties {
  requireRight(state, 'User.ReadWrite.All', 'Directory.ReadWrite.All')
  const given = withKnownNames(object(body))
  for (const key of ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName']) {
    if (given[key] === undefined || given[key] === null || given[key] === '') {
      throw badRequest(`A value is required for property '${key}' of resource 'User'.`, key)
    }
  }
  const profile = profileOf(given['passwordProfile'])
  if (profile?.password === undefined) throw badRequest('A password must be specified to create a new user.')
  const id = randomUUID()
  const at = new Date(state.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  const properties: Properties = {
    id,
    userType: 'Member',
    proxyAddresses: [],
    businessPhones: [],
    createdDateTime: at,
    lastPasswordChangeDateTime: at,
  }
  assign(state, properties, given, null)
  if (
    state.domains.get(domainOf(String(given['userPrincipalName'])))?.authenticationType === 'Federated' &&
    given['onPremisesImmutableId'] == null
  ) {
    throw badRequest(
      "A value is required for property 'onPremisesImmutableId' of resource 'User'.",
      'onPremisesImmutableId',
    )
  }
  checkPassword(profile.password, properties)
  const person: Person = {
    id,
    properties,
    passwordHash: hashOf(profile.password),
    mustChange: profile.mustChange,
    deletedAt: null,
    manager: null,
    stale: null,
  }
  state.people.set(id, person)
  index(state, person)
  touch(state, person, null)
  audit(state, 'app', 'Add user', id, 'User')
  return present(properties, null)
}

export function updateUser(state: State, key: string, body: unknown, by: 'app' | 'user' = 'app'): void {
  const person = find(state, key)
  const given = withKnownNames(object(body))
  const keys = Object.keys(given)
  if (by === 'app') {
    const onlyPassword = keys.length > 0 && keys.every((each) => each === 'passwordProfile')
    const onlyEnabled = keys.every((each) => each === 'accountEnabled')
    if (!onlyPassword)
      requireRight(
        state,
        'User.ReadWrite.All',
        'Directory.ReadWrite.All',
        ...(onlyEnabled ? ['User.EnableDisableAccount.All'] : []),
      )
    if (keys.includes('passwordProfile')) requirePasswordRight(state, person)
    requireReach(state, person, keys)
  }
  if (person.properties['onPremisesSyncEnabled'] === true) {
    throw badRequest(
      'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
    )
  }
  const before = person.properties
  const after = { ...before }
  const profile = given['passwordProfile'] === undefined ? null : profileOf(given['passwordProfile'])
  assign(state, after, given, person)
  if (profile?.password !== undefined) {
    if (state.domains.get(domainOf(String(after['userPrincipalName'])))?.authenticationType === 'Federated') {
      throw badRequest(
        'Unable to update the specified properties for objects that have originated within an external service.',
        'PasswordProfile',
      )
    }
    checkPassword(profile.password, after)
    person.passwordHash = hashOf(profile.password)
    after['lastPasswordChangeDateTime'] = new Date(state.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    audit(state, by, 'Reset password', person.id, 'User')
  }
  if (profile !== null) person.mustChange = profile.mustChange
  unindex(state, person)
  person.properties = after
  index(state, person)
  touch(state, person, before)
  const changed = keys.filter((each) => each !== 'passwordProfile')
  if (changed.length > 0) {
    const enabled = before['accountEnabled'] !== after['accountEnabled']
    audit(
      state,
      by,
      enabled ? (after['accountEnabled'] ? 'Enable account' : 'Disable account') : 'Update user',
      person.id,
      'User',
      changed,
    )
  }
}

export function revokeSessions(state: State, key: string): unknown {
  requireRight(state, 'User.ReadWrite.All', 'User.RevokeSessions.All', 'Directory.ReadWrite.All')
  const person = find(state, key)
  const before = person.properties
  person.properties = {
    ...before,
    signInSessionsValidFromDateTime: new Date(state.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
  touch(state, person, before)
  audit(state, 'app', 'Update StsRefreshTokenValidFrom Timestamp', person.id, 'User')
  return { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean', value: true }
}

export function deleteUser(state: State, key: string, by: 'app' | 'user' = 'app'): void {
  if (by === 'app') requireRight(state, 'User.ReadWrite.All', 'User.DeleteRestore.All', 'Directory.ReadWrite.All')
  const person = find(state, key)
  if (by === 'app') requireReach(state, person, ['accountEnabled'])
  const before = person.properties
  person.deletedAt = state.now()
  unindex(state, person)
  // The name is free at once: in the recycle bin it carries the object id.
  const freed = `${person.id.replace(/-/g, '')}${String(before['userPrincipalName'])}`
  person.properties = { ...before, userPrincipalName: freed, deletedDateTime: new Date(state.now()).toISOString() }
  touch(state, person, before)
  audit(state, by, 'Delete user', person.id, 'User')
}

export function restoreUser(state: State, id: string, body: unknown): Properties {
  requireRight(state, 'User.ReadWrite.All', 'User.DeleteRestore.All', 'Directory.ReadWrite.All')
  const person = state.people.get(id.toLowerCase())
  if (person === undefined || person.deletedAt === null) throw notFound(id)
  const options = body === null || body === undefined ? {} : object(body)
  const name = String(options['newUserPrincipalName'] ?? String(person.properties['userPrincipalName']).slice(32))
  const { deletedDateTime: _, ...rest } = person.properties
  const after = { ...rest, userPrincipalName: name }
  refuseTaken(state, after, person.id)
  person.properties = after
  person.deletedAt = null
  index(state, person)
  touch(state, person, after)
  audit(state, 'app', 'Restore user', person.id, 'User')
  return present(after, null)
}

/** Property names are matched without regard to case. */
const withKnownNames = (given: Properties): Properties =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [canonical.get(key.toLowerCase()) ?? key, value]))

function object(body: unknown): Properties {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest(
      "An unexpected 'EndOfInput' node was found when reading from the JSON reader. A 'StartObject' node was expected.",
    )
  }
  return body as Properties
}

function profileOf(value: unknown): { password: string | undefined; mustChange: boolean } | null {
  if (value === undefined || value === null) return null
  const profile = object(value)
  const password = profile['password']
  if (password !== undefined && typeof password !== 'string')
    throw badRequest("Invalid value specified for property 'passwordProfile' of resource 'User'.", 'PasswordProfile')
  // Left out, an updated password has to be changed at the next sign-in ("passwordProfile resource type").
  return { password, mustChange: profile['forceChangePasswordNextSignIn'] !== false }
}

const namePattern = /^(?=.{1,113}$)[A-Za-z0-9'._\-!#^~]{0,63}[A-Za-z0-9'_\-!#^~]@[A-Za-z0-9.-]{1,48}$/
const domainOf = (name: string) => name.slice(name.indexOf('@') + 1).toLowerCase()

/** Checks and takes over every property of a body. */
function assign(state: State, target: Properties, given: Properties, person: Person | null): void {
  for (const [key, value] of Object.entries(given)) {
    if (key === 'passwordProfile' || key.startsWith('@odata')) continue
    if (outsideDirectory.has(key.toLowerCase()))
      throw new Refusal(501, 'NotImplemented', 'This operation target is not yet supported.')
    const name = canonical.get(key.toLowerCase())
    if (name === undefined) throw badRequest(`Invalid property '${key}'.`, key)
    if (readOnly.has(name)) throw badRequest(`Property '${name}' is read-only and cannot be set.`, name)
    target[name] = checkedValue(name, value)
  }
  const name = String(target['userPrincipalName'])
  if (!namePattern.test(name)) throw badRequest('One or more properties contains invalid values.', 'userPrincipalName')
  if (given['userPrincipalName'] !== undefined && state.domains.get(domainOf(name))?.isVerified !== true) {
    throw badRequest(
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
      'userPrincipalName',
    )
  }
  if (given['mail'] !== undefined)
    target['proxyAddresses'] = typeof given['mail'] === 'string' ? [`SMTP:${given['mail']}`] : []
  refuseTaken(state, target, person?.id ?? null)
}

function checkedValue(name: string, value: unknown): unknown {
  const invalid = () => badRequest(`Invalid value specified for property '${name}' of resource 'User'.`, name)
  if (value === null) {
    if (notNull.has(name) || collections.has(name)) throw invalid()
    return null
  }
  if (name === 'accountEnabled') {
    if (typeof value !== 'boolean') throw invalid()
    return value
  }
  if (collections.has(name)) {
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) throw invalid()
    if (name === 'businessPhones' && value.length > 1)
      throw badRequest('Invalid value specified for property businessPhones: only one number can be set.', name)
    return value
  }
  if (typeof value !== 'string') throw invalid()
  const limit = text[name]
  if (limit !== undefined && value.length > limit) throw invalid()
  if (value === '' && name !== 'passwordPolicies') throw invalid()
  if (name === 'usageLocation' && !/^[A-Z]{2}$/i.test(value)) throw invalid()
  if (name === 'onPremisesImmutableId' && /[$_]/.test(value)) throw invalid()
  if (name === 'mailNickname' && !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/.test(value)) throw invalid()
  if (name === 'preferredLanguage' && !/^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$/.test(value)) throw invalid()
  return value
}

/** Names, addresses and immutable ids are unique, addresses also against groups, ids also against deleted users. */
function refuseTaken(state: State, properties: Properties, self: string | null): void {
  const name = state.byName.get(String(properties['userPrincipalName']).toLowerCase())
  if (name !== undefined && name !== self) throw conflict('userPrincipalName', { kind: 'User', id: name })
  for (const address of (properties['proxyAddresses'] ?? []) as string[]) {
    const holder = state.byAddress.get(address.toLowerCase())
    if (holder !== undefined && holder.id !== self) throw conflict('proxyAddresses', holder)
  }
  const immutable = properties['onPremisesImmutableId']
  if (typeof immutable === 'string') {
    const holder = state.byImmutableId.get(immutable)
    if (holder !== undefined && holder !== self) throw conflict('onPremisesImmutableId', { kind: 'User', id: holder })
  }
}

export function index(state: State, person: Person): void {
  const { properties, id } = person
  state.byName.set(String(properties['userPrincipalName']).toLowerCase(), id)
  for (const address of (properties['proxyAddresses'] ?? []) as string[])
    state.byAddress.set(address.toLowerCase(), { kind: 'User', id })
  const immutable = properties['onPremisesImmutableId']
  if (typeof immutable === 'string') state.byImmutableId.set(immutable, id)
}

function unindex(state: State, person: Person): void {
  const { properties } = person
  state.byName.delete(String(properties['userPrincipalName']).toLowerCase())
  for (const address of (properties['proxyAddresses'] ?? []) as string[]) state.byAddress.delete(address.toLowerCase())
  // The immutable id stays taken while the user is in the recycle bin; an update writes it again.
  const immutable = properties['onPremisesImmutableId']
  if (typeof immutable === 'string' && person.deletedAt === null) state.byImmutableId.delete(immutable)
}
