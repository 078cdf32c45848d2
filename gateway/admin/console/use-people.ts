import type { User } from '@lockstep/shared/contract/user'
import { useEffect, useState } from 'preact/hooks'
import { api } from './api.ts'

/** Who these are, as they become known; whoever was deleted here stays unknown. */
export function usePeople(ids: readonly string[]): ReadonlyMap<string, User> {
  const [people, setPeople] = useState<ReadonlyMap<string, User>>(new Map())
  const wanted = [...new Set(ids)]
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const unknown = wanted.filter((id) => !people.has(id))
    void Promise.allSettled(unknown.map((id) => api.call('GET /users/{id}', { params: { id }, signal }))).then(
      (told) => {
        if (signal.aborted || told.length === 0) return
        const found = told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
        setPeople((before) => new Map([...before, ...found.map((user) => [user.id, user] as const)]))
      },
    )
    return () => leaving.abort()
  }, [wanted.join()])
  return people
}
