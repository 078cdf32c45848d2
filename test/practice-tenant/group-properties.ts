import { badRequest, objectOf } from './errors.ts'
import type { Properties } from './state.ts'

const writable = [
  'displayName',
  'description',
  'mailNickname',
  'mailEnabled',
  'securityEnabled',
  'groupTypes',
  'visibility',
  'isAssignableToRole',
  'membershipRule',
  'membershipRuleProcessingState',
  'classification',
  'preferredLanguage',
]
const readOnly = [
  'id',
  'mail',
  'proxyAddresses',
  'createdDateTime',
  'renewedDateTime',
  'expirationDateTime',
  'deletedDateTime',
  'onPremisesSyncEnabled',
  'onPremisesSamAccountName',
  'preferredDataLocation',
  'securityIdentifier',
  'theme',
  'resourceBehaviorOptions',
  'resourceProvisioningOptions',
  'uniqueName',
]
const binds = ['members@odata.bind', 'owners@odata.bind']
const canonical = new Map([...writable, ...readOnly, ...binds].map((name) => [name.toLowerCase(), name]))
const lists = new Set(['groupTypes', 'proxyAddresses', 'resourceBehaviorOptions', 'resourceProvisioningOptions'])

export function parseGroupSelect(value: string | null, navigation: readonly string[] = []): string[] | null {
  if (value === null || value.trim() === '') return null
  return value.split(',').map((raw) => {
    const name = raw.trim()
    const found = [...navigation, canonical.get(name.toLowerCase())].find(
      (each) => each?.toLowerCase() === name.toLowerCase(),
    )
    if (found === undefined)
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.group'.`)
    return found
  })
}

/** A group as a read shows it ("group resource type"): unset values are null, lists empty. */
export function presentGroup(properties: Properties, select: readonly string[] | null): Properties {
  const out: Properties = {}
  for (const name of select ?? [...readOnly, ...writable]) out[name] = properties[name] ?? (lists.has(name) ? [] : null)
  return { ...out, id: properties['id'] }
}

/** A body with its names as Microsoft spells them; names count without regard to case. */
export function readGroupBody(body: unknown): Properties {
  const out: Properties = {}
  for (const [key, value] of Object.entries(objectOf(body))) {
    const name = canonical.get(key.toLowerCase())
    if (name === undefined && key.includes('@odata.')) continue
    if (name === undefined) throw badRequest(`Invalid property '${key}'.`, key)
    if (readOnly.includes(name)) throw badRequest(`Property '${name}' is read-only and cannot be set.`, name)
    out[name] = checked(name, value)
  }
  return out
}

/** "Create group": ASCII without @ ( ) / [ ] ' ; : < > , and blanks; older pages add backslash, quote and dot. */
const nickname = /^(?!.*[@()/[\]';:<>,\s\\"])[\x21-\x7e]{1,64}$/

function checked(name: string, value: unknown): unknown {
  const invalid = () => badRequest(`Invalid value specified for property '${name}' of resource 'Group'.`, name)
  if (binds.includes(name) || name === 'groupTypes') {
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) throw invalid()
    return value
  }
  if (name === 'mailEnabled' || name === 'securityEnabled' || name === 'isAssignableToRole') {
    if (typeof value !== 'boolean' && !(value === null && name === 'isAssignableToRole')) throw invalid()
    return value
  }
  if (name === 'displayName' && (typeof value !== 'string' || value === '' || value.length > 256)) throw invalid()
  if (name === 'mailNickname' && (typeof value !== 'string' || !nickname.test(value))) throw invalid()
  if (value !== null && typeof value !== 'string') throw invalid()
  return value
}
