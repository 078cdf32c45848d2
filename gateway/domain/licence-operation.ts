import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Desired } from './desire.ts'
import { type LicencePlan, planLicences } from './licences.ts'
import type { Change, Operation, Reason } from './operation.ts'

/** The plan for the licences of an account that holds these; undefined where nobody has told yet what it holds. */
export function licencesOf(
  desired: Desired,
  account: { licences?: readonly string[]; usageLocation: string | null },
): LicencePlan | undefined {
  if (account.licences === undefined) return undefined
  return planLicences(desired.licences, account.licences, {
    location: account.usageLocation !== null,
    enforced: desired.driftPolicy === 'enforce' || desired.repair.includes('licence'),
  })
}

export const licenceChanges = ({ add, remove }: Pick<LicencePlan, 'add' | 'remove'>): Change[] => [
  ...add.map((after): Change => ({ attribute: 'licence', before: null, after })),
  ...remove.map((before): Change => ({ attribute: 'licence', before, after: null })),
]

/** The SKUs that changes give and take. */
export const skusOf = (changes: readonly Change[]): { add: string[]; remove: string[] } => {
  const licences = changes.filter(({ attribute }) => attribute === 'licence')
  return {
    add: licences.flatMap(({ after }) => after ?? []),
    remove: licences.flatMap(({ before, after }) => (after === null ? (before ?? []) : [])),
  }
}

/** One request for all licences of an account: several at once would meet each other there. */
export function licenceOperation(desired: Desired, accountId: AccountId, plan: LicencePlan): Operation[] {
  const changes = licenceChanges(plan)
  if (changes.length === 0) return []
  return [{ kind: 'licence', userId: desired.userId, accountId, reason: reasonOf(desired, plan), changes }]
}

function reasonOf({ licences, presence, outOfScope }: Desired, { add }: LicencePlan): Reason {
  if (outOfScope !== null) return 'out_of_scope'
  if (licences.standing === 'end' && presence.kind === 'blocked') return presence.cause
  return add.some((sku) => licences.agreed.includes(sku)) ? 'drift_enforced' : 'directory_changed'
}
