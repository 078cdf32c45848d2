import type { Operation, Plan } from '../contract/plan.ts'
import { say } from '../messages/say.ts'
import { labelOf } from './differences.ts'

/** What the person who looks is about to do. */
export type Intent = 'bind' | 'restore' | 'recreate' | 'unbind' | 'unbind_keep' | 'sync'

export type PlanSentence = {
  kind: Operation['kind'] | 'nothing' | 'held'
  text: string
  changes: { label: string; before: string | null; after: string | null }[]
}

/** The plan of one person in words: one sentence for each operation, or one that says why there is none. */
export function sentencesOf(plan: Plan, intent: Intent, account: string): PlanSentence[] {
  const sentences: PlanSentence[] = plan.operations.map((operation) => ({
    kind: operation.kind,
    text: say(`plan.${operation.kind}`, { account }),
    changes: changesOf(operation),
  }))
  if (sentences.length === 0) {
    sentences.push({ kind: 'nothing', text: say(`plan.nothing.${intent}`, { account }), changes: [] })
  }
  if (plan.brake !== null) sentences.push({ kind: 'held', text: say('plan.held'), changes: [] })
  return sentences
}

/** That an account is blocked or enabled, or gets a password, is in the sentence itself. */
function changesOf(operation: Operation): PlanSentence['changes'] {
  return operation.changes
    .filter(({ attribute }) => attribute !== 'accountEnabled' && attribute !== 'password')
    .map(({ attribute, before, after }) => ({ label: labelOf(attribute), before, after }))
}
