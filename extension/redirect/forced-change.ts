/** The little of a document that we look at; no field's value is ever read. */
export type PageLike = {
  querySelector(selector: string): { getAttribute(name: string): string | null } | null
  querySelectorAll(selector: string): Iterable<{ textContent: string | null }>
}

const pageId = 'ConvergedChangePassword'

/**
 * What shows that this sign-in page demands a new password: the page's name in a meta tag, the same in its inline
 * configuration, or the fields themselves. Null when it is any other page. Markers as seen on the page, 2026-11.
 */
export function forcedChangeOn(page: PageLike): 'meta' | 'config' | 'fields' | null {
  const named = page.querySelector('meta[name="PageID" i]')?.getAttribute('content')
  if (named !== undefined && named !== null) return named === pageId ? 'meta' : null
  for (const script of page.querySelectorAll('script:not([src])')) {
    const found = /"pgid"\s*:\s*"(\w+)"/.exec(script.textContent ?? '')?.[1]
    if (found !== undefined) return found === pageId ? 'config' : null
  }
  const passwords = [...page.querySelectorAll('input[type="password"]')].length
  const isNew = page.querySelector('#newPassword, [name="newPassword" i], [name="newpasswd" i]') !== null
  return passwords >= 2 && isNew ? 'fields' : null
}
