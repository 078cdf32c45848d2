import type { Desired } from './desire.ts'
import type { BindingPlan, Target } from './plan.ts'

export type ReadinessReason =
  | 'domain_not_in_connection'
  | 'out_of_scope'
  | 'account_conflict'
  | 'account_protected'
  | 'account_deleted'
  | 'no_alternate_mail'
  | 'no_usage_location'
  | 'old_password_valid'
  | 'value_not_mapped'

export type Standing = {
  state: 'staged' | 'active' | 'suspended'
  domainFits: boolean
  hasAlternateMail: boolean
}

/** These keep the person from being bound; the others are good to know before. */
const blocking: ReadonlySet<ReadinessReason> = new Set([
  'domain_not_in_connection',
  'out_of_scope',
  'account_conflict',
  'account_protected',
  'account_deleted',
])

export const isBlocking = (reason: ReadinessReason): boolean => blocking.has(reason)

/** What stands in the way of a person who is to be bound, or should be known before. */
export function readinessOf(
  desired: Desired,
  target: Target,
  { verdict }: Pick<BindingPlan, 'verdict'>,
  { state, domainFits, hasAlternateMail }: Standing,
): ReadinessReason[] {
  const reasons: ReadinessReason[] = []
  if (!domainFits) reasons.push('domain_not_in_connection')
  if (desired.outOfScope !== null) reasons.push('out_of_scope')
  if (verdict === 'conflict') reasons.push('account_conflict')
  if (verdict === 'protected') reasons.push('account_protected')
  if (verdict === 'missing') reasons.push('account_deleted')
  const account = target.kind === 'bound' || target.kind === 'matched' ? target.account : null
  const staged = state === 'staged'
  // Whoever has no account yet cannot read there how to begin.
  if (staged && account === null && !hasAlternateMail) reasons.push('no_alternate_mail')
  if (staged && account?.enabled === true) reasons.push('old_password_valid')
  if (desired.attributes.usageLocation === null && (account?.attributes.usageLocation ?? null) === null)
    reasons.push('no_usage_location')
  if (desired.unmapped.length > 0) reasons.push('value_not_mapped')
  return reasons
}
