import { licenceChanges } from './licence-operation.ts'
import type { LicencePlan } from './licences.ts'
import type { Operation } from './operation.ts'
import type { BindingPlan } from './plan.ts'

/** The plan of a binding with other licences than those that it asked for. */
export function withLicences(plan: BindingPlan, licences: LicencePlan): BindingPlan {
  const changes = licenceChanges(licences)
  const operations = plan.operations.flatMap((operation): Operation[] => {
    if (operation.kind === 'provision') {
      const others = operation.next.filter(({ attribute }) => attribute !== 'licence')
      return [{ ...operation, next: [...others, ...changes] }]
    }
    if (operation.kind !== 'licence') return [operation]
    return changes.length === 0 ? [] : [{ ...operation, changes }]
  })
  return { ...plan, licences, operations, verdict: operations.length > 0 ? 'work' : 'in_step' }
}
