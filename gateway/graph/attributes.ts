import type { Attribute } from '@lockstep/shared/contract/attributes'
import type { Attributes } from '../domain/account.ts'

/** Our names and Graph's ("user resource type", Graph v1.0, read 2026-11-23). businessPhone is a list of at most one there. */
const graphNames = {
  displayName: 'displayName',
  givenName: 'givenName',
  familyName: 'surname',
  jobTitle: 'jobTitle',
  department: 'department',
  companyName: 'companyName',
  employeeId: 'employeeId',
  employeeType: 'employeeType',
  officeLocation: 'officeLocation',
  mobilePhone: 'mobilePhone',
  businessPhone: 'businessPhones',
  streetAddress: 'streetAddress',
  city: 'city',
  region: 'state',
  postalCode: 'postalCode',
  country: 'country',
  preferredLanguage: 'preferredLanguage',
  usageLocation: 'usageLocation',
} as const satisfies Record<Attribute, string>

const pairs = Object.entries(graphNames) as [Attribute, string][]

/** What we read of an account. */
export const accountSelect = [
  'id',
  'userPrincipalName',
  'mail',
  'proxyAddresses',
  'accountEnabled',
  'passwordPolicies',
  'lastPasswordChangeDateTime',
  'onPremisesSyncEnabled',
  'onPremisesImmutableId',
  'userType',
  'isManagementRestricted',
  'createdDateTime',
  'assignedLicenses',
  ...Object.values(graphNames),
]

/** A manager is a link: a delta tells it when it is selected, other reads when it is expanded. */
export const withManager = '$expand=manager($select=id)'
export const deltaSelect = [...accountSelect, 'manager']

/** The properties of a body for these values; null clears, and what may never be empty is left out when it is. */
export function toGraph(values: Partial<Attributes>): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [ours, theirs] of pairs) {
    const value = values[ours]
    if (value === undefined) continue
    if (ours === 'businessPhone') body[theirs] = value === null ? [] : [value]
    else if (value !== null || (ours !== 'displayName' && ours !== 'usageLocation')) body[theirs] = value
  }
  return body
}

/** The attributes that an answer tells; absent ones stay absent. */
export function fromGraph(user: Record<string, unknown>): Partial<Record<Attribute, string | null>> {
  const values: Partial<Record<Attribute, string | null>> = {}
  for (const [ours, theirs] of pairs) {
    const value = user[theirs]
    if (value === undefined) continue
    const single = Array.isArray(value) ? (value[0] ?? null) : value
    values[ours] = typeof single === 'string' && single !== '' ? single : null
  }
  return values
}
