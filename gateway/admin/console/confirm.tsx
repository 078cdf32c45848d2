import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Refusal } from './api.ts'
import { RefusalNotice } from './parts.tsx'

type Props = {
  /** What the button says that does it. */
  label: string
  busy: boolean
  refusal: Refusal | null
  go: () => void
  cancel: () => void
  danger?: boolean
  disabled?: boolean
  /** So much is done at once that its count has to be typed. */
  count?: number | undefined
  children: ComponentChildren
}

/** What will happen, before it does. Takes the focus; Escape cancels. */
export function Confirm({ label, busy, refusal, go, cancel, danger, disabled, count, children }: Props) {
  const title = useRef<HTMLHeadingElement>(null)
  const [typed, setTyped] = useState('')
  // Before it is painted: the keys that somebody presses next belong here already.
  useLayoutEffect(() => title.current?.focus(), [])
  const ready = count === undefined || typed.trim() === String(count)
  return (
    <section
      class="what"
      aria-label="What will happen"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !busy) cancel()
      }}
    >
      <h3 ref={title} tabIndex={-1}>
        What will happen
      </h3>
      {children}
      {count !== undefined && (
        <label class="typed">
          Type {count} to confirm
          <input
            inputMode="numeric"
            autocomplete="off"
            value={typed}
            onInput={(e) => setTyped(e.currentTarget.value)}
          />
        </label>
      )}
      <RefusalNotice refusal={refusal} />
      <p class="actions">
        <button
          type="button"
          class={danger ? 'danger' : 'primary'}
          data-action="confirm"
          onClick={go}
          disabled={busy || disabled || !ready}
        >
          {busy ? 'Working…' : label}
        </button>
        <button type="button" onClick={cancel} disabled={busy}>
          Cancel
        </button>
      </p>
    </section>
  )
}
