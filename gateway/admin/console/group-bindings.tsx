import type { Connection } from '@lockstep/shared/contract/connection'
import type { Group, GroupBinding } from '@lockstep/shared/contract/group'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { BindGroup } from './bind-group.tsx'
import { Confirm } from './confirm.tsx'
import { Badge, Empty, Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import type { Page } from './use-pages.ts'
import { useSoon } from './use-soon.ts'
import { standingOfGroup, timeText } from './words.ts'

/** Where a group is followed at Microsoft 365, a connection at a time. */
export function GroupBindings({ group, mayWrite }: { group: Group; mayWrite: boolean }) {
  const { answer, again } = useAnswer(
    async (signal) => {
      const { items } = await api.call('GET /connections', { signal })
      return await Promise.all(
        items.map(async (connection) => ({ connection, binding: await bindingOf(connection.id, group.id, signal) })),
      )
    },
    [group.id, group.updatedAt],
  )
  useSoon(answer.value?.some(({ binding }) => binding?.state === 'pending') ?? false, again)
  return (
    <Shown answer={answer}>
      {(places) => (
        <>
          {places.length === 0 && <Empty>No tenant is connected yet.</Empty>}
          {places.map((place) => (
            <Place key={place.connection.id} {...place} group={group} mayWrite={mayWrite} changed={again} />
          ))}
        </>
      )}
    </Shown>
  )
}

async function bindingOf(connectionId: string, groupId: string, signal: AbortSignal): Promise<GroupBinding | null> {
  for (let cursor: { cursor?: string } | null = {}; cursor !== null; ) {
    const page: Page<GroupBinding> = await api.call('GET /connections/{id}/groups', {
      params: { id: connectionId },
      query: { limit: 500, ...cursor },
      signal,
    })
    const found = page.items.find((binding) => binding.groupId === groupId)
    if (found) return found
    cursor = page.next === null ? null : { cursor: page.next }
  }
  return null
}

type PlaceProps = {
  connection: Connection
  binding: GroupBinding | null
  group: Group
  mayWrite: boolean
  changed: () => void
}

function Place({ connection, binding, group, mayWrite, changed }: PlaceProps) {
  const [asked, setAsked] = useState<'bind' | 'unbind' | null>(null)
  const { busy, refusal, run } = useAction()
  const params = { id: connection.id, groupId: group.id }
  const done = () => {
    setAsked(null)
    changed()
  }
  const unbind = () =>
    run(async () => {
      await api.call('DELETE /connections/{id}/groups/{groupId}', { params })
      done()
    })
  return (
    <article class="card" data-connection={connection.id}>
      <header>
        <strong>{connection.name}</strong>
        {binding ? <Badge {...standingOfGroup(binding)} /> : <Badge tone="note" word="Not bound" />}
      </header>
      {binding && (
        <dl class="facts">
          <dt>Object id</dt>
          <dd>{binding.accountId === null ? '–' : <code>{binding.accountId}</code>}</dd>
          <dt>Last sync</dt>
          <dd>{timeText(binding.lastSyncAt)}</dd>
        </dl>
      )}
      {binding?.error && (
        <div class="notice failed">
          <strong>{binding.error.detail}</strong>
          <p>{binding.error.remedy}</p>
        </div>
      )}
      {mayWrite && asked === null && (
        <p class="actions">
          {(binding === null || binding.state === 'missing' || binding.state === 'failed') && (
            <button type="button" class="primary" data-action="bind" onClick={() => setAsked('bind')}>
              {binding === null ? 'Bind…' : 'Bind again…'}
            </button>
          )}
          {binding && (
            <button type="button" class="danger" data-action="unbind" onClick={() => setAsked('unbind')}>
              Unbind…
            </button>
          )}
        </p>
      )}
      {asked === 'bind' && (
        <BindGroup connection={connection} group={group} done={done} cancel={() => setAsked(null)} />
      )}
      {asked === 'unbind' && (
        <Confirm label="Unbind" danger busy={busy} refusal={refusal} go={unbind} cancel={() => setAsked(null)}>
          <p>
            The group at Microsoft 365 stays as it is, with everybody in it. Who joins or leaves here changes nothing
            there any more.
          </p>
        </Confirm>
      )}
    </article>
  )
}
