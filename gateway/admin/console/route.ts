import { useEffect, useState } from 'preact/hooks'

const moved = 'lockstep-moved'

/** The path below /admin, in parts. */
export function useRoute(): string[] {
  const [path, setPath] = useState(location.pathname)
  useEffect(() => {
    const read = () => setPath(location.pathname)
    addEventListener('popstate', read)
    addEventListener(moved, read)
    return () => {
      removeEventListener('popstate', read)
      removeEventListener(moved, read)
    }
  }, [])
  return path
    .split('/')
    .slice(2)
    .filter((part) => part !== '')
    .map(decodeURIComponent)
}

export function go(path: string): void {
  history.pushState(null, '', path)
  dispatchEvent(new Event(moved))
  scrollTo(0, 0)
}

/** Follows links inside the console without loading the page anew. */
export function followLinks(root: HTMLElement): void {
  root.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !plain || !link.pathname.startsWith('/admin') || link.origin !== location.origin) return
    event.preventDefault()
    go(link.pathname)
  })
}
