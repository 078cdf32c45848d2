import { type Answer, type Call, context, ok } from './call.ts'
import { badRequest, objectOf } from './errors.ts'
import { page } from './lists.ts'
import { touch, view } from './replicas.ts'
import { demand, demandRead } from './rights.ts'
import { audit, type State } from './state.ts'
import { present } from './user-properties.ts'
import { find } from './users.ts'

const sku = {
  skuId: '6fd2c87f-b296-42f0-b197-1e91e994b900',
  skuPartNumber: 'ENTERPRISEPACK',
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
}
const bought = 100

type Assigned = { skuId: string; disabledPlans: string[] }

const licencesOf = (properties: Record<string, unknown>) => (properties['assignedLicenses'] ?? []) as Assigned[]

const consumed = (state: State): number =>
  [...state.people.values()].filter((person) => licencesOf(person.properties).length > 0).length

/** "List subscribedSkus". */
export function listSkus(state: State, call: Call): Answer {
  demandRead(call, 'Organization.Read.All', 'LicenseAssignment.Read.All')
  const prepaidUnits = { enabled: bought, warning: 0, suspended: 0, lockedOut: 0 }
  const row = {
    id: `${state.tenantId}_${sku.skuId}`,
    ...sku,
    consumedUnits: consumed(state),
    prepaidUnits,
    servicePlans: [],
  }
  return ok(page(state, call, 'subscribedSkus', [row], (each) => each))
}

/** "user: assignLicense". A usage location that a replica has not heard of does not count. */
export function assignLicence(state: State, call: Call, [key = '']: string[]): Answer {
  demand(call, 'LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All')
  const person = find(state, key)
  const { addLicenses: add, removeLicenses: remove } = objectOf(call.body)
  if (!Array.isArray(add) || !Array.isArray(remove))
    throw badRequest('One or more parameters of the operation are missing.')
  if (add.length > 0 && !view(state, person)?.['usageLocation'])
    throw badRequest('License assignment cannot be done for user with invalid usage location.')
  const held = new Map(licencesOf(person.properties).map((each) => [each.skuId, each]))
  for (const id of remove) {
    if (!held.delete(String(id).toLowerCase())) throw badRequest('User does not have a corresponding license.')
  }
  for (const each of add) {
    const { skuId, disabledPlans = [] } = objectOf(each) as Partial<Assigned>
    if (skuId?.toLowerCase() !== sku.skuId)
      throw badRequest(`License ${String(skuId)} does not correspond to a valid company License.`)
    if (!held.has(sku.skuId) && consumed(state) >= bought)
      throw badRequest(`Subscription with SKU ${sku.skuId} does not have any available licenses.`)
    held.set(sku.skuId, { skuId: sku.skuId, disabledPlans })
  }
  const before = person.properties
  person.properties = { ...before, assignedLicenses: [...held.values()] }
  touch(state, person, before, ['assignedLicenses'])
  audit(state, 'app', 'Change user license', { id: person.id, type: 'User' })
  return ok({ '@odata.context': context(call, 'users/$entity'), ...present(person.properties, null) })
}
