import type { Connection } from '@lockstep/shared/contract/connection'
import type { Undoable } from '@lockstep/shared/contract/undo'
import { api } from './api.ts'
import { More } from './more.tsx'
import { Empty, Shown } from './parts.tsx'
import { usePages } from './use-pages.ts'
import { timeText } from './words.ts'

const jobWords: Record<NonNullable<Undoable['job']>, string> = {
  import: 'Import',
  import_undo: 'Import taken back',
  bulk: 'Bind and unbind many',
  sync: 'Sync',
  users_import: 'People from a file',
  undo: 'Undo',
  rollout: 'Roll-out',
  drift: 'Drift resolved',
}

/** What was written at once in the last 30 days, to be looked at and undone. */
export function UndoView({ connection }: { connection: Connection }) {
  const path = `/admin/connections/${encodeURIComponent(connection.id)}/undo`
  const pages = usePages(
    (cursor, signal) =>
      api.call('GET /connections/{id}/undoable', {
        params: { id: connection.id },
        query: { limit: 50, count: 'true', ...cursor },
        ...(signal && { signal }),
      }),
    [connection.id],
  )
  return (
    <>
      <h2>Undo</h2>
      <p class="quiet">
        What was written to accounts in the last 30 days goes back to what it was before. To undo what was written to
        one person, open the <a href="/admin">person</a>. Passwords are never undone.
      </p>
      <Shown answer={pages.answer}>
        {() =>
          pages.items.length === 0 ? (
            <Empty>Nothing was written in the last 30 days that has not been undone.</Empty>
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col">When</th>
                  <th scope="col" class="number">
                    Accounts
                  </th>
                </tr>
              </thead>
              <tbody>
                {pages.items.map((run) => (
                  <tr key={run.kind + run.id}>
                    <td>
                      <a href={`${path}/${run.kind}/${encodeURIComponent(run.id)}`}>
                        {run.job === null ? 'Cycle' : jobWords[run.job]}
                      </a>
                    </td>
                    <td class="when">{timeText(run.at)}</td>
                    <td class="number">{run.accounts}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Shown>
      <More pages={pages} />
    </>
  )
}
