import { type Answer, type Call, context, ok } from './call.ts'
import { badRequest, notFound, objectOf } from './errors.ts'
import { page } from './lists.ts'
import { touch, view } from './replicas.ts'
import { demand, demandRead } from './rights.ts'
import { audit, instant, type Person, type Sku, type State } from './state.ts'
import { present } from './user-properties.ts'
import { find } from './users.ts'

type Assigned = { skuId: string; disabledPlans: string[] }
/** "licenseAssignmentState resource type": `assignedByGroup` is null where the licence was given to the person. */
type Assignment = Assigned & {
  assignedByGroup: string | null
  state: 'Active'
  error: 'None'
  lastUpdatedDateTime: string
}

/** What a tenant of some size has bought. Two that exclude each other, one that needs another, one that nobody can hold. */
export const boughtSkus = (): Sku[] => [
  { skuId: '6fd2c87f-b296-42f0-b197-1e91e994b900', name: 'ENTERPRISEPACK', enabled: 100 },
  {
    skuId: 'c7df2760-2c81-4ef7-b578-5b5392b571df',
    name: 'ENTERPRISEPREMIUM',
    enabled: 5,
    excludes: '6fd2c87f-b296-42f0-b197-1e91e994b900',
  },
  { skuId: 'f8a1db68-be16-40ed-86d5-cb42ce701560', name: 'POWER_BI_PRO', enabled: 10 },
  { skuId: 'c5928f49-12ba-48f7-ada3-0d743a3601d5', name: 'VISIOCLIENT', enabled: 10 },
  {
    skuId: '0c266dff-15dd-4b49-8397-2bb16070ed52',
    name: 'MCOMEETADV',
    enabled: 10,
    needs: '6fd2c87f-b296-42f0-b197-1e91e994b900',
  },
  { skuId: '6470687e-a428-4b7a-bef2-8a291ad947c9', name: 'WINDOWS_STORE', enabled: 25, appliesTo: 'Company' },
]

const assignmentsOf = ({ properties }: Person) => (properties['licenseAssignmentStates'] ?? []) as Assignment[]
const holds = (person: Person, skuId: string) => assignmentsOf(person).some((each) => each.skuId === skuId)

const consumed = (state: State, skuId: string): number =>
  [...state.people.values()].filter((person) => person.deletedAt === null && holds(person, skuId)).length

/** "List subscribedSkus". */
export function listSkus(state: State, call: Call): Answer {
  demandRead(call, 'Organization.Read.All', 'LicenseAssignment.Read.All')
  const rows = state.skus.map(({ skuId, name, enabled, warning = 0, appliesTo = 'User', status = 'Enabled' }) => ({
    id: `${state.tenantId}_${skuId}`,
    skuId,
    skuPartNumber: name,
    appliesTo,
    capabilityStatus: status,
    consumedUnits: consumed(state, skuId),
    prepaidUnits: { enabled, warning, suspended: 0, lockedOut: 0 },
    servicePlans: [],
  }))
  return ok(page(state, call, 'subscribedSkus', rows, (each) => each))
}

/** "user: assignLicense": all of the request or nothing. */
export function assignLicence(state: State, call: Call, [key = '']: string[]): Answer {
  demand(call, 'LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All')
  const person = find(state, key)
  const { addLicenses: add, removeLicenses: remove } = objectOf(call.body)
  if (!Array.isArray(add) || !Array.isArray(remove))
    throw badRequest('One or more parameters of the operation are missing.')
  // A usage location that a replica has not heard of does not count (Microsoft Q&A 5984903).
  if (add.length > 0 && !view(state, person)?.['usageLocation'])
    throw badRequest('License assignment cannot be done for user with invalid usage location.')
  let held = assignmentsOf(person)
  for (const id of remove) held = without(held, String(id).toLowerCase())
  for (const each of add) held = withOne(state, person, held, objectOf(each) as Partial<Assigned>)
  refuseUnfit(state, held)
  put(state, person, held, 'app')
  return ok({ '@odata.context': context(call, 'users/$entity'), ...present(person.properties, null) })
}

/** What comes through a group can be removed there alone. */
function without(held: readonly Assignment[], skuId: string): Assignment[] {
  const found = held.filter((each) => each.skuId === skuId)
  if (found.length === 0) throw badRequest('User does not have a corresponding license.')
  if (found.every(({ assignedByGroup }) => assignedByGroup !== null))
    throw badRequest(
      'User license is inherited from a group membership and it cannot be removed directly from the user.',
    )
  return held.filter((each) => each.skuId !== skuId || each.assignedByGroup !== null)
}

/** One that is held already takes the new plans. */
function withOne(state: State, person: Person, held: readonly Assignment[], given: Partial<Assigned>): Assignment[] {
  const skuId = String(given.skuId).toLowerCase()
  const sku = skuOf(state, skuId)
  if (sku === undefined || sku.appliesTo === 'Company')
    throw badRequest(`License ${String(given.skuId)} does not correspond to a valid company License.`)
  const seats = sku.enabled + (sku.warning ?? 0)
  if (!holds(person, skuId) && (consumed(state, skuId) >= seats || sku.status === 'Suspended'))
    throw badRequest(`Subscription with SKU ${skuId} does not have any available licenses.`)
  const others = held.filter((each) => each.skuId !== skuId || each.assignedByGroup !== null)
  return [...others, assignment(state, skuId, null, given.disabledPlans)]
}

function refuseUnfit(state: State, held: readonly Assignment[]): void {
  const has = (skuId: string | undefined) => held.some((each) => each.skuId === skuId)
  for (const { skuId } of held) {
    const sku = skuOf(state, skuId)
    if (sku?.excludes !== undefined && has(sku.excludes))
      throw badRequest(
        `License assignment failed because service plans of ${skuId} and ${sku.excludes} are mutually exclusive.`,
      )
    if (sku?.needs !== undefined && !has(sku.needs))
      throw badRequest(`License assignment failed because service plan of ${skuId} depends on ${sku.needs}.`)
  }
}

const assignment = (
  state: State,
  skuId: string,
  assignedByGroup: string | null,
  disabledPlans: string[] = [],
): Assignment => ({
  skuId,
  disabledPlans,
  assignedByGroup,
  state: 'Active',
  error: 'None',
  lastUpdatedDateTime: instant(state),
})

/** Direct and inherited ones look alike here. The delta never tells of the states (microsoft-graph-docs issue 16690). */
function put(state: State, person: Person, held: readonly Assignment[], by: 'app' | 'user'): void {
  const before = person.properties
  const assigned = new Map(held.map(({ skuId, disabledPlans }) => [skuId, { skuId, disabledPlans }]))
  person.properties = { ...before, assignedLicenses: [...assigned.values()], licenseAssignmentStates: held }
  touch(state, person, before, ['assignedLicenses'])
  audit(state, by, 'Change user license', { id: person.id, type: 'User' })
}

const skuOf = (state: State, key: string) =>
  state.skus.find(({ skuId, name }) => skuId === key.toLowerCase() || name === key)

function requireSku(state: State, key: string): Sku {
  const sku = skuOf(state, key)
  if (sku === undefined) throw notFound(key)
  return sku
}

/** Buying more, or less than are in use: `enabled`, `warning`, `status` of one SKU. */
export function changeSku(state: State, key: string, { enabled, warning, status }: Partial<Sku>): Sku {
  const sku = requireSku(state, key)
  if (enabled !== undefined) sku.enabled = enabled
  if (warning !== undefined) sku.warning = warning
  if (status !== undefined) sku.status = status
  return sku
}

/** What an administrator does: give a licence, take it, or let a group give it. */
export function licenceAct(
  state: State,
  act: 'give_licence' | 'take_licence' | 'inherit_licence',
  given: { user: string; sku: string; group: string },
): void {
  const person = find(state, given.user)
  const { skuId } = requireSku(state, given.sku)
  const held = assignmentsOf(person)
  const group = act === 'inherit_licence' ? given.group : null
  const after =
    act === 'take_licence'
      ? without(held, skuId)
      : [
          ...held.filter((each) => each.skuId !== skuId || each.assignedByGroup !== group),
          assignment(state, skuId, group),
        ]
  put(state, person, after, 'user')
}
