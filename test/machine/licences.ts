import { setMembership } from '@lockstep/gateway/directory/groups'
import { groupAt, licenceGroups } from './licence-rules.ts'
import type { Step } from './steps.ts'
import { admin, connectionId, type World } from './world.ts'

export const changeMembership = (world: World, userId: string, step: Extract<Step, { do: 'licence_group' }>) =>
  setMembership(world.directory, admin, { groupId: groupAt(step.n).id, userId }, step.isIn)

/** What is told of a person's licences is what the account holds. */
export async function untrueLicences({ store, practice }: World): Promise<string[]> {
  const wrong: string[] = []
  const rows = await store.db
    .selectFrom('bindings')
    .innerJoin('users', 'users.id', 'bindings.user_id')
    .select(['user_id', 'account_id', 'licences'])
    .where('connection_id', '=', connectionId)
    .where('bindings.state', '=', 'in_sync')
    .where('users.state', '!=', 'suspended')
    .execute()
  for (const { user_id, account_id, licences } of rows) {
    const properties = practice.state.people.get(account_id ?? '')?.properties
    if (properties === undefined) continue
    const held = ((properties['assignedLicenses'] ?? []) as { skuId: string }[]).map(({ skuId }) => skuId)
    const told = new Map((JSON.parse(licences) as { sku: string; state: string }[]).map((one) => [one.sku, one.state]))
    const memberships = await store.db
      .selectFrom('memberships')
      .select('group_id')
      .where('user_id', '=', user_id)
      .execute()
    for (const { id, sku } of licenceGroups) {
      const wanted = memberships.some(({ group_id }) => group_id === id)
      if (wanted && !told.has(sku)) wrong.push(`nothing is told of ${sku}, which ${user_id} is to have`)
      if (!wanted && told.has(sku)) wrong.push(`${sku} is told of ${user_id}, who is not to have it`)
      if (told.has(sku) && (told.get(sku) === 'assigned') !== held.includes(sku))
        wrong.push(
          `${sku} of ${user_id} is told to be ${told.get(sku)}, and ${held.includes(sku) ? 'is' : 'is not'} held`,
        )
    }
  }
  return wrong
}
