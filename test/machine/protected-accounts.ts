import { isPrivileged } from '../practice-tenant/rights.ts'
import type { Check } from './facts.ts'

/** Invariant 7. An account counts as protected once a whole cycle could have seen that it is. */
export const protectedAccountsAreLeftAlone: Check = ({ world, model, memory, writes, connection }) => {
  const { state } = world.practice
  if (connection.last_cycle !== null) {
    const { at, took } = JSON.parse(connection.last_cycle) as { at: number; took: number }
    const [, last] = memory.cyclesBegan
    if (at - took > last) memory.cyclesBegan = [last, at - took]
  }
  const wrong: string[] = []
  for (const write of writes) {
    const since = memory.protectedSince.get(write.accountId)
    const began = memory.cyclesBegan.findLast((one) => one <= write.at) ?? Number.NEGATIVE_INFINITY
    if (!write.applied || since === undefined || since >= began - state.lagMs) continue
    const owner = memory.owners.get(write.accountId)
    if (owner === undefined || !model.overridden.has(owner))
      wrong.push(`${write.kind} of ${write.accountId}, which is protected`)
  }
  for (const { id, properties } of state.people.values()) {
    const isProtected =
      isPrivileged(state, id) ||
      state.roleAssignments.some(({ principalId }) => principalId === id) ||
      properties['userType'] === 'Guest' ||
      properties['onPremisesSyncEnabled'] === true
    if (!isProtected) memory.protectedSince.delete(id)
    else if (!memory.protectedSince.has(id)) memory.protectedSince.set(id, world.time.now())
  }
  return wrong
}
