import { useState } from 'preact/hooks'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'

export type Page<T> = { items: T[]; next: string | null; total?: number | undefined }

/** A list page by page: the first comes by itself and anew when `deps` change, the others when they are asked for. */
export function usePages<T>(
  ask: (cursor: { cursor?: string }, signal?: AbortSignal) => Promise<Page<T>>,
  deps: readonly unknown[],
) {
  const { answer, again } = useAnswer((signal) => ask({}, signal), deps)
  const [more, setMore] = useState<{ behind: Page<T>; items: T[]; next: string | null } | null>(null)
  const { busy, refusal, run } = useAction()
  const first = answer.value
  const loaded = more !== null && more.behind === first ? more : { items: [], next: first?.next ?? null }
  const load = () =>
    run(async () => {
      if (first === undefined || loaded.next === null) return
      const page = await ask({ cursor: loaded.next })
      setMore({ behind: first, items: [...loaded.items, ...page.items], next: page.next })
    })
  const items = [...(first?.items ?? []), ...loaded.items]
  return { answer, again, items, total: first?.total, hasMore: loaded.next !== null, load, busy, refusal }
}
