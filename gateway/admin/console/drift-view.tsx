import type { Connection } from '@lockstep/shared/contract/connection'
import type { DriftAction, DriftRow } from '@lockstep/shared/contract/drift'
import { readingOrder } from '@lockstep/shared/ui/differences'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { DriftOfAll } from './drift-of-all.tsx'
import { DriftOfPerson } from './drift-of-person.tsx'
import { More } from './more.tsx'
import { Empty, Shown } from './parts.tsx'
import { usePages } from './use-pages.ts'
import { labelOf } from './words.ts'

const choices = [...readingOrder, 'manager']

type Props = { connection: Connection; mayResolve: boolean; changed: () => void }

/** Where accounts differ from the directory because somebody changed them at Microsoft 365. */
export function DriftView({ connection, mayResolve, changed }: Props) {
  const [attribute, setAttribute] = useState('')
  const [asked, setAsked] = useState<DriftAction | null>(null)
  const filter = attribute === '' ? {} : { attribute }
  const pages = usePages(
    (cursor, signal) =>
      api.call('GET /connections/{id}/drift', {
        params: { id: connection.id },
        query: { limit: 50, count: 'true', ...filter, ...cursor },
        ...(signal && { signal }),
      }),
    [connection.id, attribute],
  )
  const resolved = () => {
    pages.again()
    changed()
  }
  const total = pages.total ?? 0
  return (
    <>
      <h2>Drift</h2>
      <p class="quiet">
        {connection.settings.driftPolicy === 'enforce'
          ? 'What is changed at Microsoft 365 is set back to the directory by the next cycle.'
          : 'What somebody changed at Microsoft 365 is left as it is, until it is adopted or repaired here.'}
      </p>
      <p class="actions">
        <select
          aria-label="Attribute"
          value={attribute}
          onChange={(event) => {
            setAttribute(event.currentTarget.value)
            setAsked(null)
          }}
        >
          <option value="">Every attribute</option>
          {choices.map((name) => (
            <option key={name} value={name}>
              {labelOf(name)}
            </option>
          ))}
        </select>
        {mayResolve && total > 1 && asked === null && (
          <>
            <button type="button" onClick={() => setAsked('adopt')}>
              Adopt all {total}…
            </button>
            <button type="button" onClick={() => setAsked('repair')}>
              Repair all {total}…
            </button>
          </>
        )}
      </p>
      <DriftOfAll
        key={attribute}
        connectionId={connection.id}
        attribute={attribute}
        asked={asked}
        total={total}
        left={() => setAsked(null)}
        resolved={resolved}
      />
      <Shown answer={pages.answer}>
        {() =>
          pages.items.length === 0 ? (
            <Empty>
              {attribute === ''
                ? 'Nothing differs: every account is as the directory has it.'
                : `${labelOf(attribute)} differs nowhere.`}
            </Empty>
          ) : (
            byPerson(pages.items).map((rows) => (
              <DriftOfPerson
                key={rows[0].userId}
                class="card"
                heading={<a href={`/admin/users/${encodeURIComponent(rows[0].userId)}`}>{rows[0].displayName}</a>}
                connectionId={connection.id}
                rows={rows}
                mayResolve={mayResolve}
                resolved={resolved}
              />
            ))
          )
        }
      </Shown>
      <More pages={pages} />
    </>
  )
}

type Rows = [DriftRow, ...DriftRow[]]

function byPerson(rows: readonly DriftRow[]): Rows[] {
  const people = new Map<string, Rows>()
  for (const row of rows) {
    const known = people.get(row.userId)
    if (known) known.push(row)
    else people.set(row.userId, [row])
  }
  return [...people.values()]
}
