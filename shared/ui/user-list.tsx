import { useEffect, useRef } from 'preact/hooks'
import type { User } from '../contract/user.ts'
import { say } from '../messages/say.ts'
import { statusOfUser } from './binding-status.ts'
import { StatusIcon } from './status-badge.tsx'

export const userFilters = ['all', 'bound', 'unbound', 'drifted', 'failed'] as const
export type UserFilter = (typeof userFilters)[number]

export type UserListProps = {
  users: readonly User[]
  search: string
  filter: UserFilter
  /** How many there are in all, when the server said so. */
  total: number | null
  isLoading: boolean
  hasMore: boolean
  onSearch(text: string): void
  onFilter(filter: UserFilter): void
  onMore(): void
  onOpen(user: User): void
}

/** The searchable list of people. Keyboard: `/` searches, arrows move, Enter opens. */
export function UserList(props: UserListProps) {
  const search = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    const focusSearch = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
      if (event.key !== '/' || isTyping) return
      event.preventDefault()
      search.current?.focus()
    }
    addEventListener('keydown', focusSearch)
    return () => removeEventListener('keydown', focusSearch)
  }, [])
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const rows = [...(list.current?.querySelectorAll<HTMLButtonElement>('.ls-row') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLButtonElement)
    const next = at + step
    if (next < 0) search.current?.focus()
    else rows[next]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut; every row is a button of its own.
    <section class="ls-list" onKeyDown={move} aria-busy={props.isLoading}>
      <div class="ls-find">
        <input
          ref={search}
          type="search"
          aria-label={say('list.search')}
          placeholder={say('list.searchHint')}
          value={props.search}
          onInput={(event) => props.onSearch(event.currentTarget.value)}
        />
        <select
          aria-label={say('list.filter')}
          value={props.filter}
          onChange={(event) => {
            const chosen = userFilters.find((filter) => filter === event.currentTarget.value)
            if (chosen) props.onFilter(chosen)
          }}
        >
          {userFilters.map((filter) => (
            <option key={filter} value={filter}>
              {say(`list.filter.${filter}`)}
            </option>
          ))}
        </select>
      </div>
      <p class="ls-quiet ls-count" role="status">
        {countText(props)}
      </p>
      <ul ref={list}>
        {props.users.map((user) => (
          <li key={user.id}>
            <Row user={user} onOpen={props.onOpen} />
          </li>
        ))}
      </ul>
      {props.hasMore && (
        <button type="button" class="ls-button ls-wide" disabled={props.isLoading} onClick={props.onMore}>
          {say('list.more')}
        </button>
      )}
    </section>
  )
}

function Row({ user, onOpen }: { user: User; onOpen(user: User): void }) {
  const { tone, label } = statusOfUser(user)
  return (
    <button type="button" class="ls-row" data-user={user.id} onClick={() => onOpen(user)}>
      <StatusIcon tone={tone} />
      <span class="ls-name">{user.displayName}</span>
      <span class="ls-quiet ls-mail">{user.email}</span>
      <span class={`ls-state ls-${tone}`}>{label}</span>
    </button>
  )
}

function countText({ users, total, isLoading, search, filter }: UserListProps): string {
  if (users.length === 0) {
    if (isLoading) return say('list.loading')
    return search === '' && filter === 'all' ? say('list.empty') : say('list.none')
  }
  const count = total ?? users.length
  return count === 1 ? say('list.count.one') : say('list.count.many', { count: count.toLocaleString() })
}
