import type { Client } from '@lockstep/shared/client/client'
import type { User } from '@lockstep/shared/contract/user'
import { type UserFilter, UserList } from '@lockstep/shared/ui/user-list'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Failure, failureOf } from '../state/failure.ts'

export type PeopleProps = { client: Client; onOpen(user: User): void; onFailure(failure: Failure): void }

const pageSize = 50
/** ms between the last letter and the question */
const typingPauseMs = 200

/** The list of people, asked for page by page; a newer question drops the answer to an older one. */
export function People({ client, onOpen, onFailure }: PeopleProps) {
  const [search, setSearch] = useState('')
  const [filter, setFilter] = useState<UserFilter>('all')
  const [users, setUsers] = useState<readonly User[]>([])
  const [next, setNext] = useState<string | null>(null)
  const [total, setTotal] = useState<number | null>(null)
  const [isLoading, setIsLoading] = useState(true)
  const question = useRef<AbortController>()

  const ask = async (cursor: string | null): Promise<void> => {
    question.current?.abort()
    const controller = new AbortController()
    question.current = controller
    const { signal } = controller
    setIsLoading(true)
    try {
      const answer = await client.call('GET /users', {
        query: {
          limit: pageSize,
          ...(search.trim() !== '' && { search: search.trim() }),
          ...(filter !== 'all' && { binding: filter }),
          ...(cursor === null ? { count: 'true' as const } : { cursor }),
        },
        signal,
      })
      if (signal.aborted) return
      setUsers(cursor === null ? answer.items : [...users, ...answer.items])
      setNext(answer.next)
      if (cursor === null) setTotal(answer.total ?? null)
      setIsLoading(false)
    } catch (error) {
      if (signal.aborted) return
      setIsLoading(false)
      onFailure(failureOf(error))
    }
  }
  // A new question begins when its words change, not its closure.
  useEffect(() => {
    const timer = setTimeout(() => void ask(null), search === '' ? 0 : typingPauseMs)
    return () => clearTimeout(timer)
  }, [search, filter, client])
  useEffect(() => () => question.current?.abort(), [])

  return (
    <UserList
      users={users}
      search={search}
      filter={filter}
      total={total}
      isLoading={isLoading}
      hasMore={next !== null}
      onSearch={setSearch}
      onFilter={setFilter}
      onMore={() => void ask(next)}
      onOpen={onOpen}
    />
  )
}
