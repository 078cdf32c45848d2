import type { Refusal } from './api.ts'
import { RefusalNotice } from './parts.tsx'

type Pages = {
  items: readonly unknown[]
  total: number | undefined
  hasMore: boolean
  load: () => void
  busy: boolean
  refusal: Refusal | null
}

/** What is shown of a list, and the button for the rest. */
export function More({ pages }: { pages: Pages }) {
  if (!pages.hasMore) return null
  return (
    <>
      <RefusalNotice refusal={pages.refusal} />
      <p class="quiet actions">
        {pages.items.length} {pages.total === undefined ? 'shown' : `of ${pages.total}`}
        <button type="button" onClick={pages.load} disabled={pages.busy}>
          {pages.busy ? 'Loading…' : 'Show more'}
        </button>
      </p>
    </>
  )
}
