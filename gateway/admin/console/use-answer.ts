import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Refusal, refusalOf } from './api.ts'

export type Answer<T> =
  | { state: 'waiting'; value: T | undefined }
  | { state: 'refused'; value: T | undefined; refusal: Refusal }
  | { state: 'here'; value: T }

/** Asks when something in `deps` changes; an answer that comes too late is dropped, the former value stays meanwhile. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]) {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'waiting', value: undefined })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const leaving = new AbortController()
    setAnswer((before) => ({ state: 'waiting', value: before.value }))
    ask(leaving.signal).then(
      (value) => leaving.signal.aborted || setAnswer({ state: 'here', value }),
      (error) =>
        leaving.signal.aborted ||
        setAnswer((before) => ({ state: 'refused', value: before.value, refusal: refusalOf(error) })),
    )
    return () => leaving.abort()
  }, [...deps, round])
  const again = useCallback(() => setRound((before) => before + 1), [])
  return { answer, again }
}
