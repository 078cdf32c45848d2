import type { User } from '@lockstep/shared/contract/user'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Badge, Empty, RefusalNotice, Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { standingOfUser } from './words.ts'

const filters = [
  ['', 'Everybody'],
  ['bound', 'Bound'],
  ['unbound', 'Not bound'],
  ['drifted', 'Drifted'],
  ['failed', 'Failed'],
] as const
type Filter = (typeof filters)[number][0]

export function UsersView() {
  const [search, setSearch] = useState('')
  const [filter, setFilter] = useState<Filter>('')
  const query = { ...(search.trim() !== '' && { search: search.trim() }), ...(filter !== '' && { binding: filter }) }
  const { answer } = useAnswer(
    (signal) => api.call('GET /users', { query: { ...query, limit: 100, count: 'true' }, signal }),
    [search, filter],
  )
  return (
    <section>
      <header class="head">
        <h1>People</h1>
        <input
          type="search"
          placeholder="Search by name or email"
          aria-label="Search by name or email"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <select aria-label="Show" value={filter} onChange={(event) => setFilter(event.currentTarget.value as Filter)}>
          {filters.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </header>
      <Shown answer={answer}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty>Nobody here. Connect a tenant and import its accounts, or create people by the API.</Empty>
          ) : (
            <UserTable key={search + filter} first={page.items} next={page.next} total={page.total} query={query} />
          )
        }
      </Shown>
    </section>
  )
}

type TableProps = { first: User[]; next: string | null; total: number | undefined; query: { search?: string } }

function UserTable({ first, next, total, query }: TableProps) {
  const [more, setMore] = useState<{ items: User[]; next: string | null }>({ items: [], next })
  const { busy, refusal, run } = useAction()
  const load = () =>
    run(async () => {
      const page = await api.call('GET /users', { query: { ...query, limit: 100, cursor: more.next ?? '' } })
      setMore({ items: [...more.items, ...page.items], next: page.next })
    })
  const users = [...first, ...more.items]
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Email</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id}>
              <td>
                <a href={`/admin/users/${encodeURIComponent(user.id)}`}>{user.displayName}</a>
              </td>
              <td class="quiet">{user.email}</td>
              <td>
                <Badge {...standingOfUser(user)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <RefusalNotice refusal={refusal} />
      <p class="quiet">
        {users.length} of {total ?? users.length}{' '}
        {more.next !== null && (
          <button type="button" onClick={load} disabled={busy}>
            Show more
          </button>
        )}
      </p>
    </>
  )
}
