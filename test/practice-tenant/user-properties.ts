import { badRequest, notImplemented, objectOf } from './errors.ts'
import type { Properties } from './state.ts'

/** "user resource type": what a plain answer holds, and nothing more. */
const shownByDefault = [
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

/** Longest value in characters ("user resource type", "Update user"). */
const text: Record<string, number> = {
  displayName: 256,
  givenName: 64,
  surname: 64,
  jobTitle: 128,
  department: 64,
  companyName: 64,
  officeLocation: 128,
  mobilePhone: 64,
  faxNumber: 64,
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
const collections = new Set([
  'businessPhones',
  'otherMails',
  'proxyAddresses',
  'assignedLicenses',
  'licenseAssignmentStates',
  'assignedPlans',
  'provisionedPlans',
  'onPremisesProvisioningErrors',
])
const readOnly = new Set([
  'id',
  'proxyAddresses',
  'lastPasswordChangeDateTime',
  'signInSessionsValidFromDateTime',
  'onPremisesSyncEnabled',
  'onPremisesLastSyncDateTime',
  'onPremisesDistinguishedName',
  'onPremisesDomainName',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesUserPrincipalName',
  'onPremisesProvisioningErrors',
  'createdDateTime',
  'deletedDateTime',
  'assignedLicenses',
  'licenseAssignmentStates',
  'assignedPlans',
  'provisionedPlans',
  'isManagementRestricted',
  'isResourceAccount',
  'showInAddressList',
  'externalUserState',
  'creationType',
  'securityIdentifier',
])
const known = new Set([
  ...Object.keys(text),
  ...collections,
  ...readOnly,
  'accountEnabled',
  'passwordProfile',
  'onPremisesExtensionAttributes',
])
const notNull = new Set(['displayName', 'usageLocation', 'accountEnabled', 'userPrincipalName', 'mailNickname'])
const outsideDirectory = new Set(
  'aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills'
    .toLowerCase()
    .split(' '),
)

const canonical = new Map([...known].map((name) => [name.toLowerCase(), name]))

/** A property by its name, which counts without regard to case. Undefined: there is none. */
export function propertyNamed(name: string): string | undefined {
  if (outsideDirectory.has(name.toLowerCase())) throw notImplemented()
  return canonical.get(name.toLowerCase())
}

/** The names of `$select`. Null: the default ones. */
export function parseSelect(value: string | null, navigation: readonly string[] = []): string[] | null {
  if (value === null || value.trim() === '') return null
  return value.split(',').map((raw) => {
    const name = raw.trim()
    const property = navigation.find((each) => each.toLowerCase() === name.toLowerCase()) ?? propertyNamed(name)
    if (property === undefined)
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.user'.`)
    return property
  })
}

/** A user as a read shows it: unset values are null, collections empty, a password never. */
export function present(properties: Properties, select: readonly string[] | null): Properties {
  const out: Properties = {}
  for (const name of select ?? shownByDefault) out[name] = shownValue(properties, name)
  return { ...out, id: properties['id'] }
}

export const shownValue = (properties: Properties, name: string): unknown =>
  name === 'passwordProfile' ? null : (properties[name] ?? (collections.has(name) ? [] : null))

/** A body with its names as Microsoft spells them. Annotations are dropped, unknown and read-only names refused. */
export function readBody(body: unknown): Properties {
  const out: Properties = {}
  for (const [key, value] of Object.entries(objectOf(body))) {
    if (key.includes('@odata.')) continue
    const name = propertyNamed(key)
    if (name === undefined) throw badRequest(`Invalid property '${key}'.`, key)
    if (readOnly.has(name)) throw badRequest(`Property '${name}' is read-only and cannot be set.`, name)
    out[name] = name === 'passwordProfile' ? value : checked(name, value)
  }
  return out
}

/** "Password policies", user names: no accents, no dot before the @, 113 characters in all. */
const userName = /^(?=.{1,113}$)[A-Za-z0-9'._\-!#^~]{0,63}[A-Za-z0-9'_\-!#^~]@[A-Za-z0-9.-]{1,48}$/
const shapes: Record<string, RegExp> = {
  usageLocation: /^[A-Za-z]{2}$/,
  // No $ and no _, so no base64url.
  onPremisesImmutableId: /^[^$_]+$/,
  mailNickname: /^(?!\.)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)$/,
  preferredLanguage: /^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2}|-[0-9]{3})?$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is what the page asks for.
  mail: /^[\x00-\x7f]+@[A-Za-z0-9.-]+$/,
  passwordPolicies:
    /^$|^None$|^(DisablePasswordExpiration|DisableStrongPassword)(\s*,\s*(DisablePasswordExpiration|DisableStrongPassword))?$/,
  userType: /^(Member|Guest)$/i,
}

function checked(name: string, value: unknown): unknown {
  const invalid = () => badRequest(`Invalid value specified for property '${name}' of resource 'User'.`, name)
  if (value === null) {
    if (notNull.has(name) || collections.has(name)) throw invalid()
    return null
  }
  if (name === 'accountEnabled') {
    if (typeof value !== 'boolean') throw invalid()
    return value
  }
  if (name === 'onPremisesExtensionAttributes') return checkedExtensions(value, invalid)
  if (collections.has(name)) return checkedList(name, value, invalid)
  if (typeof value !== 'string' || value.length > (text[name] ?? 0)) throw invalid()
  if (name === 'userPrincipalName') {
    if (!userName.test(value)) throw badRequest('One or more properties contains invalid values.', name)
    return value
  }
  // An empty string clears nothing: that is what null is for.
  if (value === '' && name !== 'passwordPolicies') throw invalid()
  if (shapes[name]?.test(value) === false) throw invalid()
  return value
}

function checkedList(name: string, value: unknown, invalid: () => Error): unknown {
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) throw invalid()
  if (name === 'businessPhones' && value.length > 1) throw invalid()
  if (name === 'otherMails' && (value.length > 250 || value.some((each: string) => each.length > 250))) throw invalid()
  return value
}

function checkedExtensions(value: unknown, invalid: () => Error): unknown {
  for (const [key, each] of Object.entries(objectOf(value))) {
    if (!/^extensionAttribute([1-9]|1[0-5])$/.test(key)) throw invalid()
    if (each !== null && (typeof each !== 'string' || each.length > 1024)) throw invalid()
  }
  return value
}
