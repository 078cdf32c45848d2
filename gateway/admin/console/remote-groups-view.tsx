import type { Connection } from '@lockstep/shared/contract/connection'
import type { RemoteGroup } from '@lockstep/shared/contract/group'
import type { Job } from '@lockstep/shared/contract/job'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { importWords, JobEnd, JobProgress } from './job-progress.tsx'
import { More } from './more.tsx'
import { Badge, Empty, Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { useJob } from './use-job.ts'
import { usePages } from './use-pages.ts'
import { groupKinds } from './words.ts'

/** The groups of the tenant: which follow one here, which could, and why the others cannot. */
export function RemoteGroupsView({ connection, mayWrite }: { connection: Connection; mayWrite: boolean }) {
  const [search, setSearch] = useState('')
  const [asked, setAsked] = useState<RemoteGroup | null>(null)
  const [jobId, setJobId] = useState<string | null>(null)
  const [ended, setEnded] = useState<Job | null>(null)
  const { busy, refusal, run } = useAction()
  const term = search.trim()
  const params = { id: connection.id }
  const pages = usePages(
    (cursor, signal) =>
      api.call('GET /connections/{id}/remote-groups', {
        params,
        query: { limit: 50, ...(term !== '' && { search: term }), ...cursor },
        ...(signal && { signal }),
      }),
    [connection.id, term],
  )
  const job = useJob(jobId, (last) => {
    setJobId(null)
    setEnded(last)
    pages.again()
  })
  const start = (group: RemoteGroup) =>
    run(async () => {
      setEnded(null)
      const { job: started } = await api.call('POST /connections/{id}/imports', {
        params,
        body: { groups: [group.id] },
      })
      setAsked(null)
      setJobId(started.id)
    })
  return (
    <>
      <h2>Groups of the tenant</h2>
      <p class="actions">
        <input
          type="search"
          placeholder="Search by name"
          aria-label="Search by name"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </p>
      {asked && (
        <div class="card">
          <header>
            <strong>{asked.displayName}</strong>
          </header>
          <Confirm label="Import" busy={busy} refusal={refusal} go={() => start(asked)} cancel={() => setAsked(null)}>
            <p>
              A group of the same name is made here, with those of its members who are bound to people of this
              directory. From then on the one at Microsoft 365 follows it; who is in it stays in it.
            </p>
          </Confirm>
        </div>
      )}
      {job && jobId !== null && <JobProgress job={job} />}
      {ended && <JobEnd job={ended} words={importWords} />}
      <Shown answer={pages.answer}>
        {() =>
          pages.items.length === 0 ? (
            <Empty>{term === '' ? 'The tenant has no group yet.' : 'No group of the tenant begins like this.'}</Empty>
          ) : (
            <table class="stack">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Kind</th>
                  <th scope="col" class="number">
                    Members
                  </th>
                  <th scope="col">Follows the directory</th>
                </tr>
              </thead>
              <tbody>
                {pages.items.map((group) => (
                  <tr key={group.id} data-remote={group.id}>
                    <th scope="row">{group.displayName}</th>
                    <td data-label="Kind" class="nowrap">
                      {groupKinds[group.kind]}
                    </td>
                    <td data-label="Members" class="number">
                      {group.members}
                    </td>
                    <td data-label="Follows">
                      <Follows group={group} mayImport={mayWrite && !jobId} ask={() => setAsked(group)} />
                    </td>
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

type FollowsProps = { group: RemoteGroup; mayImport: boolean; ask: () => void }

function Follows({ group, mayImport, ask }: FollowsProps) {
  if (group.groupId !== undefined)
    return (
      <>
        <Badge tone="in-sync" word="Yes" />{' '}
        <a href={`/admin/groups/${encodeURIComponent(group.groupId)}`}>Open the group</a>
      </>
    )
  if (group.refusal !== null)
    return (
      <>
        <Badge tone="waiting" word="Cannot be managed" /> <span class="quiet line">{group.refusal}</span>
      </>
    )
  return mayImport ? (
    <button type="button" class="small" aria-label={`Import ${group.displayName}`} onClick={ask}>
      Import…
    </button>
  ) : (
    <Badge tone="note" word="No" />
  )
}
