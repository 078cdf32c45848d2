import type { Connection } from '@lockstep/shared/contract/connection'
import type { Group, RemoteGroup } from '@lockstep/shared/contract/group'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Confirm } from './confirm.tsx'
import { More } from './more.tsx'
import { Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { usePages } from './use-pages.ts'
import { groupKinds } from './words.ts'

type Props = { connection: Connection; group: Group; done: () => void; cancel: () => void }

/** Chooses the group of the tenant that is to follow, or a new one. Those that cannot be managed say why. */
export function BindGroup({ connection, group, done, cancel }: Props) {
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<RemoteGroup | null>(null)
  const { busy, refusal, run } = useAction()
  const term = search.trim()
  const params = { id: connection.id }
  const pages = usePages(
    (cursor, signal) =>
      api.call('GET /connections/{id}/remote-groups', {
        params,
        query: { limit: 20, ...(term !== '' && { search: term }), ...cursor },
        ...(signal && { signal }),
      }),
    [connection.id, term],
  )
  const bind = () =>
    run(async () => {
      await api.call('PUT /connections/{id}/groups/{groupId}', {
        params: { ...params, groupId: group.id },
        body: chosen === null ? {} : { accountId: chosen.id },
      })
      done()
    })
  return (
    <Confirm label="Bind" busy={busy} refusal={refusal} go={bind} cancel={cancel}>
      <p>{sentenceOf(group, chosen)}</p>
      {connection.settings.mode === 'observe' && (
        <p class="quiet">The connection only observes: nothing is sent until it is set to apply.</p>
      )}
      <fieldset class="radios">
        <legend>The group at Microsoft 365</legend>
        <label>
          <input type="radio" name="remote" checked={chosen === null} onChange={() => setChosen(null)} />
          <span>A new security group</span>
        </label>
        <input
          type="search"
          placeholder="Search the groups of the tenant"
          aria-label="Search the groups of the tenant"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <Shown answer={pages.answer}>
          {() =>
            pages.items.length === 0 ? (
              <p class="quiet">The tenant has no group {term === '' ? 'yet' : 'that begins like this'}.</p>
            ) : (
              pages.items.map((remote) => (
                <Choice
                  key={remote.id}
                  remote={remote}
                  isOurs={remote.groupId === group.id}
                  checked={chosen?.id === remote.id}
                  choose={() => setChosen(remote)}
                />
              ))
            )
          }
        </Shown>
        <More pages={pages} />
      </fieldset>
    </Confirm>
  )
}

type ChoiceProps = { remote: RemoteGroup; isOurs: boolean; checked: boolean; choose: () => void }

function Choice({ remote, isOurs, checked, choose }: ChoiceProps) {
  const taken = remote.groupId !== undefined && !isOurs
  const reason = remote.refusal ?? (taken ? 'It follows another group of this directory. Unbind that one first.' : null)
  return (
    <label data-remote={remote.id} class={reason === null ? undefined : 'refused'}>
      <input type="radio" name="remote" checked={checked} disabled={reason !== null} onChange={choose} />
      <span>
        {remote.displayName}{' '}
        <span class="quiet">
          {groupKinds[remote.kind]}, {remote.members === 1 ? '1 member' : `${remote.members} members`}
        </span>
        {reason !== null && <span class="quiet line">{reason}</span>}
      </span>
    </label>
  )
}

function sentenceOf(group: Group, chosen: RemoteGroup | null): string {
  const follows = 'From then on, whoever joins or leaves here joins or leaves there.'
  if (chosen === null)
    return `A security group “${group.displayName}” is made with the members that have accounts. ${follows}`
  const stay = chosen.members === 0 ? 'It is empty.' : 'Who is in it already stays in it.'
  return `“${chosen.displayName}” is taken over. ${stay} ${follows}`
}
