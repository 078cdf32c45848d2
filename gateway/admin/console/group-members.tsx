import type { Group } from '@lockstep/shared/contract/group'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { More } from './more.tsx'
import { Empty, RefusalNotice, Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { usePages } from './use-pages.ts'

type Props = { group: Group; mayWrite: boolean; changed: () => void }

/** Who is in a group; somebody is found by name or email and added. */
export function GroupMembers({ group, mayWrite, changed }: Props) {
  const { busy, refusal, run } = useAction()
  const pages = usePages(
    (cursor, signal) =>
      api.call('GET /groups/{id}/members', {
        params: { id: group.id },
        query: { limit: 100, count: 'true', ...cursor },
        ...(signal && { signal }),
      }),
    [group.id],
  )
  const set = (userId: string, member: boolean) =>
    run(async () => {
      const route = member ? 'PUT /groups/{id}/members/{userId}' : 'DELETE /groups/{id}/members/{userId}'
      await api.call(route, { params: { id: group.id, userId } })
      pages.again()
      changed()
    })
  return (
    <>
      {mayWrite && <AddMember busy={busy} add={(userId) => set(userId, true)} />}
      <RefusalNotice refusal={refusal} />
      <Shown answer={pages.answer}>
        {() =>
          pages.items.length === 0 ? (
            <Empty>Nobody is in this group yet.</Empty>
          ) : (
            <table class="stack">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Email</th>
                  {mayWrite && (
                    <th scope="col">
                      <span class="hidden">What to do</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody>
                {pages.items.map((member) => (
                  <tr key={member.id}>
                    <td>
                      <a href={`/admin/users/${encodeURIComponent(member.id)}`}>{member.displayName}</a>
                    </td>
                    <td class="quiet">{member.email}</td>
                    {mayWrite && (
                      <td class="end">
                        <button
                          type="button"
                          class="small"
                          aria-label={`Take out ${member.displayName}`}
                          disabled={busy}
                          onClick={() => set(member.id, false)}
                        >
                          Take out
                        </button>
                      </td>
                    )}
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

const found = 8

function AddMember({ busy, add }: { busy: boolean; add: (userId: string) => void }) {
  const [search, setSearch] = useState('')
  const term = search.trim()
  const { answer } = useAnswer(
    async (signal) =>
      term === '' ? null : await api.call('GET /users', { query: { search: term, limit: found }, signal }),
    [term],
  )
  return (
    <div class="find">
      <input
        type="search"
        placeholder="Add somebody by name or email"
        aria-label="Add somebody by name or email"
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      {term !== '' && (
        <Shown answer={answer}>
          {(page) =>
            page && (
              <ul class="choices-list">
                {page.items.length === 0 && <li class="quiet">Nobody is called like this.</li>}
                {page.items.map((user) => (
                  <li key={user.id}>
                    <span>
                      {user.displayName} <span class="quiet">{user.email}</span>
                    </span>
                    <button
                      type="button"
                      class="small"
                      aria-label={`Add ${user.displayName}`}
                      disabled={busy}
                      onClick={() => {
                        add(user.id)
                        setSearch('')
                      }}
                    >
                      Add
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      )}
    </div>
  )
}
