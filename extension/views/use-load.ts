import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Failure, failureOf } from '../state/failure.ts'

export type Loaded<T> = { value: T | null; failure: Failure | null; isLoading: boolean; reload(): void }

/**
 * Loads when the key changes or on demand. The former value of the same key stays while the next is on its way; the
 * answer to a question that is no longer asked is dropped.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value: T | null; failure: Failure | null; isLoading: boolean }>({
    key,
    value: null,
    failure: null,
    isLoading: true,
  })
  const latest = useRef(load)
  latest.current = load
  const running = useRef<AbortController>()
  const reload = useCallback(() => {
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    setState((old) => ({ key, value: old.key === key ? old.value : null, failure: old.failure, isLoading: true }))
    latest.current(controller.signal).then(
      (value) => !controller.signal.aborted && setState({ key, value, failure: null, isLoading: false }),
      (error) =>
        !controller.signal.aborted &&
        setState((old) => ({
          key,
          value: old.key === key ? old.value : null,
          failure: failureOf(error),
          isLoading: false,
        })),
    )
  }, [key])
  useEffect(() => {
    reload()
    return () => running.current?.abort()
  }, [reload])
  return { ...state, reload }
}
