import { useEffect } from 'preact/hooks'

const soonMs = 1_000

/** Looks again every second while something is about to change by itself. */
export function useSoon(moving: boolean, look: () => void): void {
  useEffect(() => {
    if (!moving) return
    const timer = setInterval(look, soonMs)
    return () => clearInterval(timer)
  }, [moving, look])
}
