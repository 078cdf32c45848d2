import { useEffect, useState } from 'preact/hooks'

/** What these ids stand for, as it becomes known; what is not there any more stays unknown. */
export function useKnown<T>(
  ids: readonly string[],
  ask: (id: string, signal: AbortSignal) => Promise<T>,
): ReadonlyMap<string, T> {
  const [known, setKnown] = useState<ReadonlyMap<string, T>>(new Map())
  const wanted = [...new Set(ids)]
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const asked = wanted.filter((id) => !known.has(id))
    void Promise.allSettled(asked.map(async (id) => [id, await ask(id, signal)] as const)).then((told) => {
      const found = told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      if (!signal.aborted && found.length > 0) setKnown((before) => new Map([...before, ...found]))
    })
    return () => leaving.abort()
  }, [wanted.join()])
  return known
}
