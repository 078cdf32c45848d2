import type { Connection } from '@lockstep/shared/contract/connection'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { ConnectionParts } from './connection-part.tsx'
import { ImportList } from './import-list.tsx'
import { Badge, Empty, RefusalNotice, Shown } from './parts.tsx'
import { signInAtMicrosoft } from './sign-in-at-microsoft.ts'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { useJob } from './use-job.ts'
import { type Standing, timeText } from './words.ts'

const states: Record<Connection['state'], Standing> = {
  active: { tone: 'in-sync', word: 'Active' },
  paused: { tone: 'waiting', word: 'Paused' },
  error: { tone: 'failed', word: 'Stopped' },
}

export function ConnectionsView({ mayConnect }: { mayConnect: boolean }) {
  const { answer } = useAnswer((signal) => api.call('GET /connections', { signal }), [])
  return (
    <section>
      <header class="head">
        <h1>Connections</h1>
        {mayConnect && (
          <a class="button primary" href="/admin/connections/new">
            Connect a tenant
          </a>
        )}
      </header>
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No tenant is connected yet. Connect one to begin; it starts by observing only.</Empty>
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Tenant</th>
                  <th scope="col">State</th>
                  <th scope="col" class="number">
                    Bound
                  </th>
                  <th scope="col" class="number">
                    In sync
                  </th>
                  <th scope="col" class="number">
                    Failed
                  </th>
                  <th scope="col">Last cycle</th>
                </tr>
              </thead>
              <tbody>
                {items.map((connection) => (
                  <tr key={connection.id}>
                    <td>
                      <a href={`/admin/connections/${encodeURIComponent(connection.id)}`}>{connection.name}</a>
                    </td>
                    <td class="quiet">{connection.defaultDomain}</td>
                    <td>
                      <Badge {...states[connection.state]} />
                    </td>
                    <td class="number">{connection.counts.bound}</td>
                    <td class="number">{connection.counts.inSync}</td>
                    <td class="number">{connection.counts.failed}</td>
                    <td>{timeText(connection.lastCycle?.at ?? null)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Shown>
    </section>
  )
}

export function ConnectionView({ id, role }: { id: string; role: string }) {
  const { answer, again } = useAnswer((signal) => api.call('GET /connections/{id}', { params: { id }, signal }), [id])
  return (
    <Shown answer={answer}>
      {(connection) => (
        <section>
          <p class="crumb">
            <a href="/admin/connections">Connections</a>
          </p>
          <header class="head">
            <h1>{connection.name}</h1>
            <Badge {...states[connection.state]} />
          </header>
          <ConnectionParts connection={connection} part="" />
          {connection.error && (
            <div class="notice failed">
              <strong>{connection.error.detail}</strong>
              <p>{connection.error.remedy}</p>
            </div>
          )}
          <dl class="facts">
            <dt>Tenant</dt>
            <dd>
              {connection.tenantName} <code>{connection.tenantId}</code>
            </dd>
            {connection.authorisedBy && (
              <>
                <dt>Signed in</dt>
                <dd>{connection.authorisedBy.name}</dd>
              </>
            )}
            {connection.credentialExpiresAt && (
              <>
                <dt>Credential</dt>
                <dd>Ends {timeText(connection.credentialExpiresAt)}</dd>
              </>
            )}
            <dt>Domains</dt>
            <dd>{connection.domains.join(', ')}</dd>
            <dt>Mode</dt>
            <dd>
              {connection.settings.mode === 'observe' ? 'Observes only: nothing is written yet' : 'Applies changes'}
            </dd>
            <dt>Last cycle</dt>
            <dd>
              {timeText(connection.lastCycle?.at ?? null)}
              {connection.lastCycle && ` (${connection.lastCycle.took} ms, ${connection.lastCycle.applied} applied)`}
            </dd>
          </dl>
          {role === 'admin' && <ConnectionActions connection={connection} changed={again} />}
          <BrakeNotice connection={connection} />
          <h2>Import accounts</h2>
          <ImportList connectionId={id} mayImport={role === 'admin'} imported={again} />
        </section>
      )}
    </Shown>
  )
}

function ConnectionActions({ connection, changed }: { connection: Connection; changed: () => void }) {
  const { busy, refusal, run } = useAction()
  const [jobId, setJobId] = useState<string | null>(null)
  const params = { id: connection.id }
  const job = useJob(jobId, () => {
    setJobId(null)
    changed()
  })
  const sync = () => run(async () => setJobId((await api.call('POST /connections/{id}/sync', { params })).job.id))
  const pause = () =>
    run(async () => {
      await api.call(connection.state === 'paused' ? 'POST /connections/{id}/resume' : 'POST /connections/{id}/pause', {
        params,
      })
      changed()
    })
  const apply = () =>
    run(async () => {
      await api.call('PATCH /connections/{id}', { params, body: { settings: { mode: 'apply' } } })
      changed()
    })
  return (
    <>
      <p class="actions">
        {connection.settings.mode === 'observe' && (
          <button type="button" class="primary" onClick={apply} disabled={busy}>
            Start applying
          </button>
        )}
        <button type="button" onClick={sync} disabled={busy || jobId !== null}>
          {jobId !== null ? 'Cycle under way…' : 'Sync now'}
        </button>
        <button type="button" onClick={pause} disabled={busy}>
          {connection.state === 'paused' ? 'Resume' : 'Pause'}
        </button>
        {connection.authorisedBy && (
          <button
            type="button"
            onClick={() => run(() => signInAtMicrosoft(connection.name, connection.cloud))}
            disabled={busy}
          >
            Sign in again
          </button>
        )}
      </p>
      {job?.state === 'failed' && <p class="failed">{job.detail}</p>}
      <RefusalNotice refusal={refusal} />
    </>
  )
}

function BrakeNotice({ connection }: { connection: Connection }) {
  const { brake } = connection
  if (!brake) return null
  return (
    <div class="notice waiting">
      <strong>The brake is engaged</strong>
      <p>
        {brake.operations} changes are held: from {brake.threshold} on an administrator has to approve.{' '}
        <a href={`/admin/connections/${encodeURIComponent(connection.id)}/plan`}>Look at the plan</a> and release it
        there.
      </p>
    </div>
  )
}
