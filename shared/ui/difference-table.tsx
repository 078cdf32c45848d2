import { useState } from 'preact/hooks'
import { say } from '../messages/say.ts'
import type { AttributeRow } from './differences.ts'
import { StatusIcon } from './status-badge.tsx'

/** Directory beside account. Differences come first; what is the same is there on demand. */
export function DifferenceTable({ rows }: { rows: readonly AttributeRow[] }) {
  const [showsSame, setShowsSame] = useState(false)
  const different = rows.filter((row) => !row.isSame)
  const same = rows.filter((row) => row.isSame)
  const shown = showsSame || different.length === 0 ? [...different, ...same] : different
  return (
    <section class="ls-section" aria-label={say('detail.attributes')}>
      <p class="ls-summary">
        <StatusIcon tone={different.length === 0 ? 'in_sync' : 'waiting'} /> {summary(different.length, rows.length)}
      </p>
      <table class="ls-differences">
        <thead>
          <tr>
            <th scope="col">{say('detail.attribute')}</th>
            <th scope="col">{say('detail.directory')}</th>
            <th scope="col">{say('detail.account')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.attribute} class={row.isSame ? undefined : 'ls-differs'} data-attribute={row.attribute}>
              <th scope="row">
                {row.label}
                {!row.isSame && <span class="ls-hidden"> ({say('detail.differs')})</span>}
              </th>
              <Value text={row.ours} />
              <Value text={row.theirs} />
            </tr>
          ))}
        </tbody>
      </table>
      {different.length > 0 && same.length > 0 && (
        <button type="button" class="ls-link" aria-expanded={showsSame} onClick={() => setShowsSame(!showsSame)}>
          {showsSame ? say('detail.hideSame') : say('detail.showSame', { count: String(same.length) })}
        </button>
      )}
    </section>
  )
}

const Value = ({ text }: { text: string | null }) => <td>{text ?? <i class="ls-quiet">{say('detail.empty')}</i>}</td>

function summary(different: number, all: number): string {
  if (different === 0) return say('detail.differences.none', { count: String(all) })
  return different === 1 ? say('detail.differences.one') : say('detail.differences.many', { count: String(different) })
}
