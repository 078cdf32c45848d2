import type { AccountStatus, ImportableAccount } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import type { Resolution } from './conflict-card.tsx'
import { ConflictList } from './conflict-list.tsx'
import { importWords, JobEnd, JobProgress } from './job-progress.tsx'
import { Badge, Empty, RefusalNotice, Shown } from './parts.tsx'
import { TakeBack } from './take-back.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { useJob } from './use-job.ts'
import type { Standing } from './words.ts'

const statuses: Record<AccountStatus, Standing> = {
  new: { tone: 'note', word: 'New' },
  imported: { tone: 'in-sync', word: 'Imported' },
  conflict: { tone: 'failed', word: 'Conflict' },
  protected: { tone: 'waiting', word: 'Protected' },
  guest: { tone: 'note', word: 'Guest' },
  shared: { tone: 'note', word: 'Shared mailbox' },
}

type ImportBody = { accountIds?: ImportableAccount['id'][]; resolutions?: Resolution[]; bind: boolean }

type Props = { connectionId: string; mayImport: boolean; imported: () => void }

/** The accounts of the tenant; the new ones can be chosen and become people here. */
export function ImportList({ connectionId, mayImport, imported }: Props) {
  const params = { id: connectionId }
  const [status, setStatus] = useState<AccountStatus>('new')
  const [chosen, setChosen] = useState<ReadonlySet<ImportableAccount['id']>>(new Set())
  const [bind, setBind] = useState(true)
  const [jobId, setJobId] = useState<string | null>(null)
  const [ended, setEnded] = useState<Job | null>(null)
  const { busy, refusal, run } = useAction()
  const { answer, again } = useAnswer(
    (signal) => api.call('GET /connections/{id}/accounts', { params, query: { status, limit: 200 }, signal }),
    [connectionId, status],
  )
  const job = useJob(jobId, (last) => {
    setJobId(null)
    setEnded(last)
    setChosen(new Set())
    again()
    imported()
  })
  const start = (body: ImportBody) =>
    run(async () => {
      setEnded(null)
      const { job: started } = await api.call('POST /connections/{id}/imports', { params, body })
      setJobId(started.id)
    })
  const toggle = (id: ImportableAccount['id']) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  return (
    <>
      <p class="actions">
        <select
          aria-label="Show accounts that are"
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value as AccountStatus)}
        >
          {Object.entries(statuses).map(([value, { word }]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
        {mayImport && status === 'new' && (
          <>
            <button
              type="button"
              class="primary"
              onClick={() => start({ accountIds: [...chosen], bind })}
              disabled={busy || jobId !== null || chosen.size === 0}
            >
              Import {chosen.size > 0 ? chosen.size : ''}
            </button>
            <label class="choice">
              <input type="checkbox" checked={bind} onChange={(event) => setBind(event.currentTarget.checked)} /> and
              bind them
            </label>
          </>
        )}
      </p>
      <RefusalNotice refusal={refusal} />
      {job && jobId !== null && <JobProgress job={job} />}
      {ended && (
        <>
          <JobEnd job={ended} words={importWords} />
          {mayImport && ended.done > 0 && (
            <TakeBack
              key={ended.id}
              jobId={ended.id}
              takenBack={() => {
                setEnded(null)
                again()
                imported()
              }}
            />
          )}
        </>
      )}
      <Shown answer={answer}>
        {({ items }) =>
          status === 'conflict' ? (
            <ConflictList
              connectionId={connectionId}
              accounts={items.filter((account) => account.status === 'conflict')}
              mayImport={mayImport}
              busy={busy || jobId !== null}
              carryOut={(resolutions, bind) => start({ resolutions, bind })}
            />
          ) : (
            <AccountTable
              accounts={items}
              choosable={mayImport && status === 'new'}
              chosen={chosen}
              toggle={toggle}
              all={(on) => setChosen(new Set(on ? items.map(({ id }) => id) : []))}
            />
          )
        }
      </Shown>
    </>
  )
}

type TableProps = {
  accounts: ImportableAccount[]
  choosable: boolean
  chosen: ReadonlySet<string>
  toggle: (id: ImportableAccount['id']) => void
  all: (on: boolean) => void
}

function AccountTable({ accounts, choosable, chosen, toggle, all }: TableProps) {
  if (accounts.length === 0) return <Empty>No account of this kind.</Empty>
  return (
    <table>
      <thead>
        <tr>
          {choosable && (
            <th scope="col">
              <input
                type="checkbox"
                aria-label="All"
                checked={chosen.size === accounts.length}
                onChange={(event) => all(event.currentTarget.checked)}
              />
            </th>
          )}
          <th scope="col">Name</th>
          <th scope="col">Account</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr key={account.id}>
            {choosable && (
              <td>
                <input
                  type="checkbox"
                  aria-label={account.userPrincipalName}
                  checked={chosen.has(account.id)}
                  onChange={() => toggle(account.id)}
                />
              </td>
            )}
            <td>{account.displayName}</td>
            <td class="quiet">
              {account.userPrincipalName}
              {!account.accountEnabled && ' (disabled)'}
            </td>
            <td>
              <Badge {...statuses[account.status]} /> <span class="quiet">{account.reason}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
