import type { GroupBinding } from '@lockstep/shared/contract/group'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { More } from './more.tsx'
import { Badge, Empty, RefusalNotice, Shown } from './parts.tsx'
import { go } from './route.ts'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { usePages } from './use-pages.ts'
import { standingOfGroup } from './words.ts'

/** The bindings of groups at all connections, by group. */
async function groupBindings(signal: AbortSignal): Promise<ReadonlyMap<string, GroupBinding[]>> {
  const { items: connections } = await api.call('GET /connections', { signal })
  const pages = await Promise.all(
    connections.map(({ id }) =>
      api.call('GET /connections/{id}/groups', { params: { id }, query: { limit: 500 }, signal }),
    ),
  )
  const found = new Map<string, GroupBinding[]>()
  for (const binding of pages.flatMap(({ items }) => items))
    found.set(binding.groupId, [...(found.get(binding.groupId) ?? []), binding])
  return found
}

export function GroupsView({ mayWrite }: { mayWrite: boolean }) {
  const [search, setSearch] = useState('')
  const [creating, setCreating] = useState(false)
  const { answer: bindings } = useAnswer(groupBindings, [])
  const term = search.trim()
  const pages = usePages(
    (cursor, signal) =>
      api.call('GET /groups', {
        query: { limit: 100, count: 'true', ...(term !== '' && { search: term }), ...cursor },
        ...(signal && { signal }),
      }),
    [term],
  )
  return (
    <section>
      <header class="head">
        <h1>Groups</h1>
        <input
          type="search"
          placeholder="Search by name"
          aria-label="Search by name"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        {mayWrite && (
          <button type="button" class="primary" data-action="create" onClick={() => setCreating(!creating)}>
            Create a group…
          </button>
        )}
      </header>
      {creating && <CreateGroup left={() => setCreating(false)} />}
      <Shown answer={pages.answer}>
        {() =>
          pages.items.length === 0 ? (
            <Empty>
              {term === ''
                ? 'There is no group yet. Create one, or import one of the tenant on the Groups page of its connection.'
                : 'No group begins like this.'}
            </Empty>
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col" class="number">
                    Members
                  </th>
                  <th scope="col">Microsoft 365</th>
                </tr>
              </thead>
              <tbody>
                {pages.items.map((group) => (
                  <tr key={group.id}>
                    <td>
                      <a href={`/admin/groups/${encodeURIComponent(group.id)}`}>{group.displayName}</a>
                      {group.description !== null && <span class="quiet line">{group.description}</span>}
                    </td>
                    <td class="number">{group.members}</td>
                    <td>
                      {(bindings.value?.get(group.id) ?? []).map((binding) => (
                        <Badge key={binding.connectionId} {...standingOfGroup(binding)} />
                      ))}
                      {bindings.value && !bindings.value.has(group.id) && <Badge tone="note" word="Not bound" />}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Shown>
      <More pages={pages} />
    </section>
  )
}

function CreateGroup({ left }: { left: () => void }) {
  const { busy, refusal, run } = useAction()
  const create = (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    void run(async () => {
      const description = String(given.get('description') ?? '').trim()
      const group = await api.call('POST /groups', {
        body: { displayName: String(given.get('displayName')), description: description === '' ? null : description },
      })
      go(`/admin/groups/${encodeURIComponent(group.id)}`)
    })
  }
  return (
    <form class="card narrow" onSubmit={create}>
      <div class="field">
        <label for="displayName">Name</label>
        <input id="displayName" name="displayName" required maxLength={256} autocomplete="off" />
      </div>
      <div class="field">
        <label for="description">What it is for</label>
        <input id="description" name="description" maxLength={1024} autocomplete="off" />
      </div>
      <RefusalNotice refusal={refusal} />
      <p class="actions">
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Creating…' : 'Create'}
        </button>
        <button type="button" onClick={left}>
          Cancel
        </button>
      </p>
    </form>
  )
}
