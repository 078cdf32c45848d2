import type { DriftAction, DriftRow } from '@lockstep/shared/contract/drift'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Value } from './change-list.tsx'
import { Confirm } from './confirm.tsx'
import { useAction } from './use-action.ts'
import { driftSentence, labelOf, timeText } from './words.ts'

type Props = {
  class: string
  heading: ComponentChildren
  connectionId: string
  rows: [DriftRow, ...DriftRow[]]
  mayResolve: boolean
  resolved: () => void
}

type Asked = { action: DriftAction; rows: readonly DriftRow[] }

/** What differs of one person: each value, or all, is adopted or repaired once it is said what that does. */
export function DriftOfPerson({ class: look, heading, connectionId, rows, mayResolve, resolved }: Props) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const { busy, refusal, run } = useAction()
  const [{ userId, displayName }] = rows
  const resolve = ({ action, rows }: Asked) =>
    run(async () => {
      await api.call('POST /connections/{id}/bindings/{userId}/drift', {
        params: { id: connectionId, userId },
        body: { action, attributes: rows.map(({ attribute }) => attribute) },
      })
      setAsked(null)
      resolved()
    })
  const choice = (chosen: readonly DriftRow[], of: string, all = '') =>
    mayResolve &&
    asked === null && (
      <span class="choices">
        {actions.map((action) => {
          const possible = chosen.filter((row) => action === 'repair' || isAdoptable(row))
          if (possible.length === 0) return null
          return (
            <button
              key={action}
              type="button"
              class="small"
              data-action={action}
              aria-label={`${words[action]} ${of}`}
              onClick={() => setAsked({ action, rows: possible })}
            >
              {words[action]}
              {all}…
            </button>
          )
        })}
      </span>
    )
  return (
    <article class={look} data-user={userId}>
      <header>
        <strong>{heading}</strong>
        {rows.length > 1 && choice(rows, `all of ${displayName}`, ' all')}
      </header>
      <table class="stack drift">
        <thead>
          <tr>
            <th scope="col">Attribute</th>
            <th scope="col">Directory</th>
            <th scope="col">Microsoft 365</th>
            <th scope="col">Seen</th>
            {mayResolve && (
              <th scope="col">
                <span class="hidden">What to do</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.attribute} data-attribute={row.attribute}>
              <th scope="row">{labelOf(row.attribute)}</th>
              <td data-label="Directory">
                <Value attribute={row.attribute} value={row.ours} />
              </td>
              <td data-label="Microsoft 365">
                <Value attribute={row.attribute} value={row.theirs} />
              </td>
              <td data-label="Seen" class="quiet">
                {timeText(row.seenAt)}
              </td>
              {mayResolve && <td class="end">{choice([row], `${labelOf(row.attribute)} of ${displayName}`)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {asked && (
        <Confirm
          label={words[asked.action]}
          busy={busy}
          refusal={refusal}
          go={() => resolve(asked)}
          cancel={() => setAsked(null)}
        >
          <ul>
            {asked.rows.map((row) => (
              <li key={row.attribute}>{driftSentence(asked.action, row)}</li>
            ))}
          </ul>
        </Confirm>
      )}
    </article>
  )
}

const actions = ['adopt', 'repair'] as const

/** Whether passwords expire at Microsoft is a setting of the connection, not a value of the person. */
const isAdoptable = ({ attribute }: DriftRow) => attribute !== 'passwordPolicies'

export const words: Record<DriftAction, string> = { adopt: 'Adopt', repair: 'Repair' }
