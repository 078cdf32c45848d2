import type { PlannedChange } from '@lockstep/shared/contract/plan'
import { labelOf, valueText } from './words.ts'

/** Before and after, attribute by attribute. */
export function ChangeList({ changes }: { changes: readonly PlannedChange[] }) {
  if (changes.length === 0) return null
  return (
    <ul class="changes">
      {changes.map(({ attribute, before, after }) => (
        <li key={attribute}>
          <b>{labelOf(attribute)}</b> <Value attribute={attribute} value={before} />{' '}
          <span class="quiet">
            <span aria-hidden="true">→</span>
            <span class="hidden"> becomes </span>
          </span>{' '}
          <Value attribute={attribute} value={after} />
        </li>
      ))}
    </ul>
  )
}

export function Value({ attribute, value }: { attribute: string; value: string | null }) {
  if (value === null || value === '') return <i class="quiet">empty</i>
  return <span>{valueText(attribute, value)}</span>
}
