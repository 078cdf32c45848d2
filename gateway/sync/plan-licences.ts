import { skusOf } from '../domain/licence-operation.ts'
import { type LicencePlan, ration, type Seats } from '../domain/licences.ts'
import { plan } from '../domain/plan.ts'
import { withLicences } from '../domain/with-licences.ts'
import type { Tenant } from '../graph/tenant.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'
import { freshStock, seatsOf } from './licence-stock.ts'
import type { Planned } from './planned.ts'

/**
 * Asks the tenant what a plan for licences cannot know: which ones are inherited, before one is taken, and how many seats
 * are left, before one is given. Seats that were given stay given for the next call.
 */
export function openSeats(context: SyncContext, connection: ConnectionRow, tenant: Tenant) {
  let left: Seats | undefined
  return async (planned: readonly Planned[]): Promise<Planned[]> => {
    const taken = await withoutInherited(tenant, planned)
    const asking = taken.flatMap(({ unit, plan: { licences } }) =>
      licences !== undefined && licences.add.length > 0
        ? [{ userId: unit.user.id as string, waitsSince: unit.binding.licences_wait_since, plan: licences }]
        : [],
    )
    if (asking.length === 0) return taken
    left ??= seatsOf(await freshStock(context, connection.id, tenant))
    const rationed = ration(asking, left)
    left = rationed.left
    return taken.map((each) => rationedOf(each, rationed.plans.get(each.unit.user.id)))
  }
}

const rationedOf = ({ unit, plan }: Planned, licences: LicencePlan | undefined): Planned => ({
  unit,
  plan: licences === undefined ? plan : withLicences(plan, licences),
})

/** What is held through a group of the tenant cannot be taken from one person, and is not tried. */
async function withoutInherited(tenant: Tenant, planned: readonly Planned[]): Promise<Planned[]> {
  const takes = planned.flatMap(({ plan }) =>
    plan.operations.flatMap((operation) => (isRemoval(operation) ? [operation.accountId] : [])),
  )
  if (takes.length === 0) return [...planned]
  const held = await tenant.inheritedLicences(takes)
  return planned.map((each) => {
    const accountId = each.plan.operations.find(isRemoval)?.accountId
    const inherited = accountId === undefined ? [] : (held.get(accountId) ?? [])
    if (inherited.length === 0) return each
    const { unit } = each
    const desired = { ...unit.desired, licences: { ...unit.desired.licences, inherited } }
    return { unit: { ...unit, desired }, plan: plan(desired, unit.target) }
  })
}

type Operation = Planned['plan']['operations'][number]
const isRemoval = (operation: Operation): operation is Extract<Operation, { kind: 'licence' }> =>
  operation.kind === 'licence' && skusOf(operation.changes).remove.length > 0
